import { mysqlDialect } from '../../drivers/mysql/dialect.ts';
import { postgresDialect } from '../../drivers/postgres/dialect.ts';
import type { Dialect, Engine } from '../../drivers/relational.ts';
import { sqliteDialect } from '../../drivers/sqlite/dialect.ts';

/** Pure text: opens nothing and loads no driver. */
export const dialects: ReadonlyMap<Engine, Dialect> = new Map(
  [sqliteDialect, postgresDialect, mysqlDialect].map((dialect) => [dialect.engine, dialect] as const),
);

export function dialectOf(engine: Engine): Dialect {
  const dialect = dialects.get(engine);
  if (!dialect) throw new Error(`There is no dialect for '${engine}'`);
  return dialect;
}
