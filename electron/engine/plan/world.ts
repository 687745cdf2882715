import type { TableInfo } from '../../drivers/relational.ts';

/** What a step may expect to find: the catalogs as read, changed by what earlier steps will have made. */
export type World = {
  /** Tables by connection name. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, WorldTable>>;
  /** Named results of earlier steps, for steps that build on them. */
  readonly results: ReadonlyMap<string, unknown>;
};

export type WorldTable = {
  readonly info: TableInfo;
  /** Step that makes it; null when it is there already. */
  readonly madeBy: string | null;
  /** Expected rows when the step begins; null when not known. */
  readonly rows: number | null;
};

export const emptyWorld: World = { tables: new Map(), results: new Map() };

/** Names of the tables that a connection will have. */
export function worldTables(world: World, connection: string): readonly string[] {
  return [...(world.tables.get(connection)?.keys() ?? [])];
}

/** The world with some tables of a connection replaced or added; null removes a table. */
export function withTables(world: World, connection: string, changes: ReadonlyMap<string, WorldTable | null>): World {
  const tables = new Map(world.tables);
  const own = new Map(tables.get(connection) ?? []);
  for (const [name, table] of changes) {
    if (table) own.set(name, table);
    else own.delete(name);
  }
  tables.set(connection, own);
  return { ...world, tables };
}
