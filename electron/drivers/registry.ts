import { mysqlDriver } from './mysql/index.ts';
import { postgresDriver } from './postgres/index.ts';
import type { RelationalDriver } from './relational.ts';
import { sqliteDriver } from './sqlite/index.ts';

/** Drivers by engine, as the profile names them. */
export const drivers: ReadonlyMap<string, RelationalDriver> = new Map(
  [sqliteDriver, postgresDriver, mysqlDriver].map((driver) => [driver.engine, driver]),
);
