import type { Catalog, ForeignKey, ForeignKeyAction, IndexInfo, TableInfo } from '../relational.ts';
import { isOurs } from '../shared/ours.ts';
import type { MysqlConnection } from './connection.ts';
import { among, quote } from './names.ts';
import type { Server } from './open.ts';
import { otherObjects } from './other-objects.ts';
import { type Column, columnsOf } from './relation.ts';

type TableFacts = {
  readonly name: string;
  readonly engine: string;
  readonly bytes: number | null;
  readonly options: string;
  readonly comment: string;
  readonly versioned: boolean;
};

/** Tables of the application, in the order of their names; of these only, where some are named as the server writes them. */
export async function tableFacts(
  connection: MysqlConnection,
  names: readonly string[] | null = null,
): Promise<TableFacts[]> {
  const rows = await connection.rows(
    `SELECT TABLE_NAME, ENGINE, DATA_LENGTH + INDEX_LENGTH, CREATE_OPTIONS, TABLE_COMMENT, TABLE_TYPE
     FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')${among('TABLE_NAME', names)} ORDER BY BINARY TABLE_NAME`,
  );
  return rows
    .map(([name, engine, bytes, options, comment, type]) => ({
      name: String(name),
      engine: String(engine ?? ''),
      bytes: bytes === null ? null : Number(bytes),
      options: String(options ?? ''),
      comment: String(comment ?? ''),
      versioned: type === 'SYSTEM VERSIONED',
    }))
    .filter(({ name }) => !isOurs(name));
}

export async function readCatalog(
  connection: MysqlConnection,
  server: Server,
  only: readonly string[] | null,
): Promise<Catalog> {
  const wanted = only && new Set(only.map((name) => name.toLowerCase()));
  const isWanted = (name: string): boolean => !wanted || wanted.has(name.toLowerCase());
  // The server opens each table that it is asked about; only the names are to be had without.
  const names = wanted && (await tableNames(connection)).filter(isWanted);
  const others = (await otherObjects(connection, server, { isWanted })).filter((one) => isWanted(one.name));
  if (names?.length === 0) return { tables: [], others };
  const columns = await columnsOf(connection, server, names);
  const indexes = await indexesOf(connection, server, names);
  const keys = await foreignKeysOf(connection, names);
  const checks = await checksOf(connection, server, names);
  const tables: TableInfo[] = [];
  for (const facts of await tableFacts(connection, names)) {
    const own = indexes.get(facts.name) ?? [];
    const secondary = own.filter((index) => index.name !== 'PRIMARY');
    tables.push({
      name: facts.name,
      columns: (columns.get(facts.name) ?? []).map(columnInfo),
      primaryKey: (own.find((index) => index.name === 'PRIMARY')?.parts ?? []).map((part) => part.column ?? ''),
      uniques: secondary
        .filter((index) => index.unique && index.parts.every((part) => part.column !== null && part.length === null))
        .map((index) => index.parts.map((part) => part.column as string)),
      foreignKeys: keys.get(facts.name) ?? [],
      rows: Number(await connection.cell(`SELECT count(*) FROM ${quote(facts.name)}`)),
      sql: await structureOf(connection, facts.name),
      details: {
        checks: (checks.get(facts.name) ?? []).filter(({ expression }) => !/^json_valid\(`[^`]+`\)$/i.test(expression)),
        indexes: secondary,
        comment: facts.comment || null,
        bytes: facts.bytes,
        notCarried: notCarried(facts),
      },
    });
  }
  return { tables, others };
}

async function tableNames(connection: MysqlConnection): Promise<string[]> {
  const rows = await connection.rows(
    'SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  );
  return rows.map(([name]) => String(name));
}

/** CREATE TABLE without what is no structure: the next number, and the name of the database. */
export async function structureOf(connection: MysqlConnection, table: string): Promise<string> {
  const [row] = await connection.rows(`SHOW CREATE TABLE ${quote(table)}`);
  return `${withoutCounter(String(row?.[1] ?? ''))};`;
}

/** The next number of a table that numbers its rows; null when it does not. */
export async function nextNumber(connection: MysqlConnection, table: string): Promise<string | null> {
  const [row] = await connection.rows(`SHOW CREATE TABLE ${quote(table)}`);
  const sql = String(row?.[1] ?? '');
  return / AUTO_INCREMENT=(\d+)/.exec(sql.slice(sql.lastIndexOf('\n)')))?.[1] ?? null;
}

export function withoutCounter(sql: string): string {
  const end = sql.lastIndexOf('\n)');
  return end < 0 ? sql : sql.slice(0, end) + sql.slice(end).replace(/ AUTO_INCREMENT=\d+/, '');
}

function columnInfo(column: Column): TableInfo['columns'][number] {
  return {
    name: column.name,
    declaredType: column.kind === 'json' ? 'json' : column.declaredType,
    type: column.type,
    nullable: column.nullable,
    defaultText: column.defaultText,
    generated: column.generatedAs !== null,
    details: {
      generatedAs: column.generatedAs,
      identity: column.autoIncrement ? 'auto' : null,
      onUpdate: column.onUpdate,
      collation: column.collation,
      comment: column.comment,
      labels: column.labels,
    },
  };
}

function notCarried(facts: TableFacts): string[] {
  return [
    ...(facts.engine === 'InnoDB' ? [] : [`storage engine ${facts.engine}`]),
    ...(/partitioned/i.test(facts.options) ? ['partitions'] : []),
    ...(facts.versioned ? ['system versioning: only the current rows are read'] : []),
    ...(/row_format=(\w+)/i.test(facts.options) ? [facts.options.match(/row_format=\w+/i)?.[0] ?? ''] : []),
    ...(/ENCRYPT/i.test(facts.options) ? ['encryption of the table'] : []),
  ];
}

async function indexesOf(
  connection: MysqlConnection,
  server: Server,
  names: readonly string[] | null,
): Promise<Map<string, IndexInfo[]>> {
  // MySQL 8.0.13 and later have indexes over expressions, MariaDB has none.
  const expression = !server.maria && server.number >= 80_013 ? 'EXPRESSION' : 'NULL';
  const rows = await connection.rows(
    `SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, COLLATION, INDEX_TYPE, ${expression}
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()${among('TABLE_NAME', names)} ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
  );
  const indexes = new Map<string, Map<string, { info: IndexInfo; parts: IndexInfo['parts'][number][] }>>();
  for (const [table, name, nonUnique, column, length, collation, type, text] of rows) {
    const own = indexes.get(String(table)) ?? new Map();
    indexes.set(String(table), own);
    const unique = Number(nonUnique) === 0;
    const parts = own.get(String(name))?.parts ?? [];
    parts.push({
      column: column === null ? null : String(column),
      expression: text === null || text === undefined ? null : String(text),
      descending: collation === 'D',
      length: length === null ? null : Number(length),
    });
    const info = {
      name: String(name),
      parts,
      unique,
      where: null,
      method: String(type ?? 'BTREE').toLowerCase(),
      constraint: unique,
    };
    own.set(String(name), { info, parts });
  }
  return new Map([...indexes].map(([table, own]) => [table, [...own.values()].map((one) => one.info)]));
}

const actions: Readonly<Record<string, ForeignKeyAction>> = {
  'NO ACTION': 'no_action',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'set_null',
  'SET DEFAULT': 'set_default',
};

export async function foreignKeysOf(
  connection: MysqlConnection,
  names: readonly string[] | null = null,
): Promise<Map<string, ForeignKey[]>> {
  const rows = await connection.rows(
    `SELECT u.TABLE_NAME, u.CONSTRAINT_NAME, u.COLUMN_NAME, u.REFERENCED_TABLE_SCHEMA = u.TABLE_SCHEMA,
       u.REFERENCED_TABLE_SCHEMA, u.REFERENCED_TABLE_NAME, u.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE
     FROM information_schema.KEY_COLUMN_USAGE u JOIN information_schema.REFERENTIAL_CONSTRAINTS r
       ON r.CONSTRAINT_SCHEMA = u.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = u.CONSTRAINT_NAME AND r.TABLE_NAME = u.TABLE_NAME
     WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_NAME IS NOT NULL${among('u.TABLE_NAME', names)}
     ORDER BY u.TABLE_NAME, u.CONSTRAINT_NAME, u.ORDINAL_POSITION`,
  );
  const keys = new Map<string, Map<string, ForeignKey & { columns: string[]; references: string[] }>>();
  for (const [table, name, column, here, schema, parent, references, onDelete, onUpdate] of rows) {
    const own = keys.get(String(table)) ?? new Map();
    keys.set(String(table), own);
    const key = own.get(String(name)) ?? {
      columns: [],
      table: here === 1n ? String(parent) : `${schema}.${parent}`,
      references: [],
      name: String(name),
      onDelete: actions[String(onDelete)] ?? 'no_action',
      onUpdate: actions[String(onUpdate)] ?? 'no_action',
      deferrable: false,
    };
    own.set(String(name), key);
    key.columns.push(String(column));
    key.references.push(String(references));
  }
  return new Map([...keys].map(([table, own]) => [table, [...own.values()]]));
}

async function checksOf(connection: MysqlConnection, server: Server, names: readonly string[] | null) {
  const checks = new Map<string, { name: string | null; expression: string }[]>();
  if (!server.maria && server.number < 80_016) return checks;
  const rows = await connection.rows(
    server.maria
      ? `SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE, LEVEL FROM information_schema.CHECK_CONSTRAINTS
         WHERE CONSTRAINT_SCHEMA = DATABASE()${among('TABLE_NAME', names)} ORDER BY TABLE_NAME, CONSTRAINT_NAME`
      : `SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE, 'Table' FROM information_schema.CHECK_CONSTRAINTS c
         JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA
           AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK'
         WHERE c.CONSTRAINT_SCHEMA = DATABASE()${among('t.TABLE_NAME', names)} ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME`,
  );
  for (const [table, name, expression, level] of rows) {
    const own = checks.get(String(table)) ?? [];
    checks.set(String(table), own);
    // A check of a column is named after the column; it is no name of a constraint.
    own.push({ name: level === 'Column' ? null : String(name), expression: String(expression) });
  }
  return checks;
}
