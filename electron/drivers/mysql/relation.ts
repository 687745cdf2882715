import type { MysqlConnection } from './connection.ts';
import { among, literal, quote } from './names.ts';
import type { Server } from './open.ts';
import { type ColumnType, columnType, ordered, selected } from './types.ts';

export type Column = ColumnType & {
  readonly name: string;
  readonly declaredType: string;
  readonly nullable: boolean;
  /** An expression of SQL. */
  readonly defaultText: string | null;
  readonly generatedAs: { readonly expression: string; readonly stored: boolean } | null;
  readonly autoIncrement: boolean;
  readonly onUpdate: string | null;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly comment: string | null;
};

export type Relation = {
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** InnoDB, Aria, MyISAM ...; null for a view. */
  readonly engine: string | null;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** Columns in whose order the rows are read: the primary key, else a unique key without NULL; empty when there is none. */
  readonly address: readonly string[];
};

/** A table or view of the session's database; null when there is none of this name. */
export async function relation(connection: MysqlConnection, server: Server, table: string): Promise<Relation | null> {
  const [found] = await connection.rows(
    `SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY TABLE_NAME = BINARY ? DESC LIMIT 1`,
    [table, table],
  );
  if (!found) return null;
  const name = String(found[0]);
  const columns = (await columnsOf(connection, server, [name])).get(name) ?? [];
  const keys = await connection.rows(
    `SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0
     ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
    [name],
  );
  const uniques = new Map<string, string[]>();
  const unfit = new Set<string>();
  for (const [index, column, prefix] of keys) {
    const key = String(index);
    uniques.set(key, [...(uniques.get(key) ?? []), String(column)]);
    const known = columns.find((one) => one.name === column);
    // A prefix, an expression or a NULL names no row.
    if (prefix !== null || !known || known.nullable) unfit.add(key);
  }
  return {
    name,
    kind: found[1] === 'VIEW' || found[1] === 'SYSTEM VIEW' ? 'view' : 'table',
    engine: found[2] === null ? null : String(found[2]),
    columns,
    primaryKey: uniques.get('PRIMARY') ?? [],
    address: [...uniques].find(([key]) => !unfit.has(key))?.[1] ?? [],
  };
}

/** Columns of some tables or of all, by table, in their order. */
export async function columnsOf(
  connection: MysqlConnection,
  server: Server,
  tables: readonly string[] | null,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const json = await jsonColumns(connection, server, tables);
  const rows = await connection.rows(
    `SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION,
       CHARACTER_SET_NAME, COLLATION_NAME, COLUMN_COMMENT
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()${among('TABLE_NAME', tables)}
     ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const columns = new Map<string, Column[]>();
  for (const row of rows) {
    const [of, name, declared, nullable, given, extra, expression, charset, collation, comment] = row.map((one) =>
      one === null ? null : String(one),
    );
    const type = columnType(declared ?? '', json.has(`${of}\0${name}`));
    const known = columns.get(of ?? '') ?? [];
    columns.set(of ?? '', known);
    known.push({
      ...type,
      name: name ?? '',
      declaredType: declared ?? '',
      nullable: nullable === 'YES',
      defaultText: defaultOf(given ?? null, extra ?? '', type, server),
      generatedAs:
        expression && /GENERATED|PERSISTENT/i.test(extra ?? '') && !/DEFAULT_GENERATED/i.test(extra ?? '')
          ? { expression, stored: /STORED|PERSISTENT/i.test(extra ?? '') }
          : null,
      autoIncrement: /auto_increment/i.test(extra ?? ''),
      onUpdate: /on update (.+)$/i.exec(extra ?? '')?.[1] ?? null,
      charset: charset ?? null,
      collation: collation ?? null,
      comment: comment || null,
    });
  }
  return columns;
}

/** MariaDB's JSON is LONGTEXT with a check. */
async function jsonColumns(
  connection: MysqlConnection,
  server: Server,
  tables: readonly string[] | null,
): Promise<ReadonlySet<string>> {
  if (!server.maria) return new Set();
  const rows = await connection.rows(
    `SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE LIKE 'json_valid(%'${among('TABLE_NAME', tables)}`,
  );
  return new Set(
    rows.flatMap(([table, clause]) => {
      const column = /^json_valid\(`((?:[^`]|``)+)`\)$/i.exec(String(clause))?.[1];
      return column === undefined ? [] : [`${table}\0${column.replaceAll('``', '`')}`];
    }),
  );
}

/** MariaDB gives the expression, MySQL the value, with a word in EXTRA where it is an expression. */
function defaultOf(given: string | null, extra: string, type: ColumnType, server: Server): string | null {
  if (given === null) return null;
  if (server.maria) return given === 'NULL' ? null : given;
  if (/DEFAULT_GENERATED/i.test(extra)) return given;
  const plain = ['int', 'decimal', 'float', 'double', 'year'].includes(type.kind) || /^(b'|0x)/.test(given);
  return plain ? given : literal(given);
}

/** Columns to select so that all values arrive exact. */
export function selectList(columns: readonly Column[]): string {
  return columns.map((column) => selected(column.kind, quote(column.name))).join(', ');
}

/** Columns to order by, as SQL. */
export function addressList(found: Relation): string[] {
  return found.address.map((name) =>
    ordered(found.columns.find((one) => one.name === name)?.kind ?? 'text', quote(name)),
  );
}
