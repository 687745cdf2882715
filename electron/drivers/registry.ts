import type { RelationalDriver } from './relational.ts';
import { sqliteDriver } from './sqlite/index.ts';

/** Drivers by engine, as the profile names them. */
export const drivers: ReadonlyMap<string, RelationalDriver> = new Map([[sqliteDriver.engine, sqliteDriver]]);
