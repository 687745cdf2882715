import type { Catalog, ColumnInfo, ForeignKey, ForeignKeyAction, TableDetails, TableInfo } from '../relational.ts';
import { isOurs } from '../shared/ours.ts';
import { type CreateText, readCreateText } from './create-text.ts';
import { type Connection, cell, rowsOf } from './database.ts';
import { indexesOf } from './indexes.ts';
import { quote } from './names.ts';
import { type Affinity, affinityOf, canonicalType } from './types.ts';

/** What kind of thing a name is, and by what its rows are addressed. */
export type Relation = {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly strict: boolean;
  readonly columns: readonly RelationColumn[];
  readonly primaryKey: readonly string[];
  /** Name of the rowid as SQL: the column that is it, else one that no column hides; null where there is none. */
  readonly rowid: string | null;
};
export type RelationColumn = {
  readonly name: string;
  readonly declaredType: string;
  readonly affinity: Affinity;
  readonly notNull: boolean;
  readonly defaultText: string | null;
  readonly generated: boolean;
};

/** Null when there is no such table or view. Names are compared as SQLite does, without case. */
export function relation(db: Connection, name: string): Relation | null {
  const found = rowsOf(
    db,
    `SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE`,
    [name],
  )[0];
  if (!found) return null;
  const [real, type, withoutRowid, strict] = found as [string, string, bigint, bigint];
  const columns: RelationColumn[] = [];
  const key: [bigint, string][] = [];
  // hidden: 1 is a hidden column of a virtual table, 2 and 3 are generated columns.
  for (const row of rowsOf(db, 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', [
    real,
  ])) {
    const [column, declaredType, notNull, defaultText, pk, hidden] = row as [
      string,
      string,
      bigint,
      string | null,
      bigint,
      bigint,
    ];
    if (hidden === 1n) continue;
    columns.push({
      name: column,
      declaredType,
      affinity: affinityOf(declaredType, strict === 1n),
      notNull: notNull === 1n,
      defaultText,
      generated: hidden !== 0n,
    });
    if (pk > 0n) key.push([pk, column]);
  }
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  const plain = type === 'table' || type === 'shadow';
  return {
    name: real,
    kind: plain ? 'table' : type === 'virtual' ? 'virtual' : 'view',
    strict: strict === 1n,
    columns,
    primaryKey: key.sort((a, b) => Number(a[0] - b[0])).map(([, column]) => column),
    rowid:
      plain && withoutRowid === 0n
        ? (aliasOf(db, real, columns, key) ?? ['rowid', '_rowid_', 'oid'].find((one) => !taken.has(one)) ?? null)
        : null,
  };
}

/** The column that is the rowid, as SQL. `INTEGER PRIMARY KEY DESC` looks like one and is not: it has an index. */
function aliasOf(
  db: Connection,
  table: string,
  columns: readonly RelationColumn[],
  key: readonly (readonly [bigint, string])[],
): string | null {
  const column = key.length === 1 ? columns.find((one) => one.name === key[0]?.[1]) : undefined;
  if (column?.declaredType.toUpperCase() !== 'INTEGER') return null;
  const indexed = rowsOf(db, `SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'`, [table]).length > 0;
  return indexed ? null : quote(column.name);
}

/** Tables of the application, without SQLite's and ours. */
export function tableNames(db: Connection): string[] {
  return rowsOf(
    db,
    `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') ORDER BY name`,
  )
    .map((row) => row[0] as string)
    .filter((name) => !name.toLowerCase().startsWith('sqlite_') && !isOurs(name));
}

export function readCatalog(db: Connection, only: readonly string[] | null): Catalog {
  const wanted = only && new Set(only.map((name) => name.toLowerCase()));
  const tables = tableNames(db)
    .filter((name) => !wanted || wanted.has(name.toLowerCase()))
    .map((name) => tableInfo(db, name));
  const others = rowsOf(
    db,
    `SELECT type, name, sql FROM sqlite_schema WHERE type = 'view'
       OR (type = 'trigger' AND tbl_name IN (SELECT name FROM sqlite_schema WHERE type = 'view')) ORDER BY type, name`,
  ).map(([kind, name, sql]) => ({ kind: kind as string, name: name as string, sql: normaliseSql(sql as string) }));
  return { tables, others: wanted ? others.filter((one) => wanted.has(one.name.toLowerCase())) : others };
}

function tableInfo(db: Connection, table: string): TableInfo {
  const found = relation(db, table);
  if (!found) throw new Error(`There is no table '${table}'`);
  const inKey = new Set(found.primaryKey);
  // An INTEGER PRIMARY KEY is the rowid: NULL becomes the next number. Any other key column of a rowid table takes NULL.
  const rowidAlias =
    found.rowid !== null &&
    found.primaryKey.length === 1 &&
    found.columns.some((column) => inKey.has(column.name) && column.declaredType.toUpperCase() === 'INTEGER');
  const text = createText(db, found.name);
  const columns = found.columns.map((column): ColumnInfo => {
    const name = column.name.toLowerCase();
    return {
      name: column.name,
      declaredType: column.declaredType,
      type: canonicalType(column.declaredType),
      nullable: !column.notNull && !(inKey.has(column.name) && (rowidAlias || found.rowid === null)),
      defaultText: column.defaultText,
      generated: column.generated,
      details: {
        generatedAs: text.generated.get(name) ?? null,
        identity: rowidAlias && inKey.has(column.name) ? 'auto' : null,
        onUpdate: null,
        collation: text.collations.get(name) ?? null,
        comment: null,
        labels: null,
      },
    };
  });
  return {
    name: found.name,
    columns,
    primaryKey: found.primaryKey,
    uniques: uniques(db, found.name),
    foreignKeys: foreignKeys(db, found.name, text),
    rows: Number(cell(db, `SELECT count(*) FROM ${quote(found.name)}`) ?? 0n),
    sql: structureOf(db, found.name),
    details: tableDetails(db, found, text),
  };
}

function createText(db: Connection, table: string): CreateText {
  return readCreateText(
    String(cell(db, `SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`, [table]) ?? ''),
  );
}

function tableDetails(db: Connection, found: Relation, text: CreateText): TableDetails {
  const notCarried: string[] = [];
  if (found.kind === 'virtual') notCarried.push('virtual table');
  if (text.withoutRowid) notCarried.push('WITHOUT ROWID');
  if (text.strict) notCarried.push('STRICT');
  const triggers = rowsOf(
    db,
    `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name`,
    [found.name],
  );
  for (const [name, sql] of triggers) notCarried.push(`trigger ${name}: ${normaliseSql(sql as string)}`);
  return { checks: text.checks, indexes: indexesOf(db, found.name), comment: null, bytes: null, notCarried };
}

/** CREATE statements of a table and of its indexes and triggers, one per line block, in an order that does not change. */
export function structureOf(db: Connection, table: string): string {
  return rowsOf(
    db,
    `SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL
       ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name`,
    [table],
  )
    .map(([sql]) => `${normaliseSql(sql as string)};`)
    .join('\n');
}

function uniques(db: Connection, table: string): string[][] {
  const indexes = rowsOf(
    db,
    `SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND partial = 0 AND origin <> 'pk' ORDER BY name`,
    [table],
  );
  return indexes
    .map(([name]) =>
      rowsOf(db, 'SELECT name FROM pragma_index_info(?) ORDER BY seqno', [name as string]).map((row) => row[0]),
    )
    .filter((columns): columns is string[] => columns.every((column) => column !== null));
}

/** SQLite numbers them from the last one of its text; names and INITIALLY DEFERRED stand only there. */
export function foreignKeys(db: Connection, table: string, text = createText(db, table)): ForeignKey[] {
  const keys = new Map<bigint, ForeignKey & { columns: string[]; references: string[] }>();
  const rows = rowsOf(
    db,
    'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    [table],
  );
  const count = new Set(rows.map(([id]) => id)).size;
  const known = text.foreignKeys.length === count;
  for (const row of rows) {
    const [id, parent, from, to, onUpdate, onDelete] = row as [bigint, string, string, string | null, string, string];
    const said = known ? text.foreignKeys[count - 1 - Number(id)] : undefined;
    const key = keys.get(id) ?? {
      columns: [],
      table: parent,
      references: [],
      name: said?.name ?? null,
      onDelete: actionOf(onDelete),
      onUpdate: actionOf(onUpdate),
      deferrable: said?.deferrable ?? false,
    };
    keys.set(id, key);
    key.columns.push(from);
    const referenced = to ?? relation(db, parent)?.primaryKey[key.columns.length - 1];
    if (referenced) key.references.push(referenced);
  }
  return [...keys.values()];
}

function actionOf(text: string): ForeignKeyAction {
  return text.toLowerCase().replace(' ', '_') as ForeignKeyAction;
}

/** White space outside of quotes is one blank, so that layout is no difference. */
export function normaliseSql(sql: string): string {
  return sql
    .replace(
      /('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])|(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+/g,
      (_all, quoted) => quoted ?? ' ',
    )
    .trim();
}
