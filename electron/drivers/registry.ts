import type { Driver } from './driver.ts';
import { folderDriver } from './folder/index.ts';
import { mysqlDriver } from './mysql/index.ts';
import { postgresDriver } from './postgres/index.ts';
import { isRelational, type RelationalDriver } from './relational.ts';
import { sqliteDriver } from './sqlite/index.ts';

/** Drivers by engine, as the profile names them. */
export const drivers: ReadonlyMap<string, Driver> = new Map(
  ([sqliteDriver, postgresDriver, mysqlDriver, folderDriver] satisfies readonly Driver[]).map((driver) => [
    driver.engine,
    driver,
  ]),
);

/** The driver of a database engine, for what only a database has. */
export function relationalDriver(engine: string): RelationalDriver {
  const driver = drivers.get(engine);
  if (!driver || !isRelational(driver)) throw new Error(`No relational driver for ${engine}.`);
  return driver;
}
