import type { ForeignKey, ForeignKeyAction, IndexInfo } from '../catalog.ts';
import type { ColumnDesign, Dialect, TableDesign } from '../dialect.ts';
import { sqliteDeclare, sqliteFacts } from './declare.ts';
import { literal, quote, quoteAll } from './names.ts';

export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  inlineForeignKeys: true,
  nameLimit: null,
  quote,
  literal,
  facts: sqliteFacts,
  declare: sqliteDeclare,
  createTable: (table) => [createTable(table)],
  dropTable: (table) => `DROP TABLE ${quote(table)}`,
  createIndex,
  dropIndex: (_table, index) => `DROP INDEX ${quote(index.name)}`,
  addForeignKey: () => null,
  dropForeignKey: () => null,
  // The highest number is taken from the rows; with AUTOINCREMENT every insert moves the counter.
  setIdentity: () => null,
  analyze: (table) => `ANALYZE ${quote(table)}`,
};

function createTable(table: TableDesign): string {
  const numbered = rowidColumn(table);
  const lines = table.columns.map((column) => columnText(column, column.name === numbered));
  if (numbered === null && table.primaryKey.length > 0) lines.push(`PRIMARY KEY (${quoteAll(table.primaryKey)})`);
  for (const check of table.checks) lines.push(`${named(check.name)}CHECK (${check.expression})`);
  for (const key of table.foreignKeys) lines.push(foreignKeyText(key));
  return `CREATE TABLE ${quote(table.name)} (\n  ${lines.join(',\n  ')}\n)`;
}

/** The key column that is the rowid. */
function rowidColumn(table: TableDesign): string | null {
  const [name, ...more] = table.primaryKey;
  if (name === undefined || more.length > 0) return null;
  const column = table.columns.find((one) => one.name === name);
  return column?.declaredType.toUpperCase() === 'INTEGER' ? name : null;
}

function columnText(column: ColumnDesign, isRowid: boolean): string {
  const parts = [quote(column.name)];
  if (column.declaredType !== '') parts.push(column.declaredType);
  if (isRowid) parts.push(column.identity ? 'PRIMARY KEY AUTOINCREMENT' : 'PRIMARY KEY');
  if (column.collation) parts.push(`COLLATE ${column.collation}`);
  if (!column.nullable && !isRowid) parts.push('NOT NULL');
  if (column.generatedAs) {
    parts.push(
      `GENERATED ALWAYS AS (${column.generatedAs.expression}) ${column.generatedAs.stored ? 'STORED' : 'VIRTUAL'}`,
    );
  } else if (column.defaultText !== null) parts.push(`DEFAULT ${defaultText(column.defaultText)}`);
  return parts.join(' ');
}

/** Anything but a literal stands in parentheses. */
function defaultText(text: string): string {
  const plain =
    /^(?:[+-]?[\d.]+(?:e[+-]?\d+)?|x?'(?:[^']|'')*'|null|true|false|current_(?:date|time|timestamp)|\(.*\))$/is;
  return plain.test(text.trim()) ? text : `(${text})`;
}

function foreignKeyText(key: ForeignKey): string {
  const parts = [
    `${named(key.name ?? null)}FOREIGN KEY (${quoteAll(key.columns)}) REFERENCES ${quote(key.table)} (${quoteAll(key.references)})`,
  ];
  const onDelete = actionText(key.onDelete);
  const onUpdate = actionText(key.onUpdate);
  if (onDelete) parts.push(`ON DELETE ${onDelete}`);
  if (onUpdate) parts.push(`ON UPDATE ${onUpdate}`);
  if (key.deferrable) parts.push('DEFERRABLE INITIALLY DEFERRED');
  return parts.join(' ');
}

function createIndex(table: string, index: IndexInfo): string {
  const parts = index.parts.map(
    (part) => `${part.column === null ? part.expression : quote(part.column)}${part.descending ? ' DESC' : ''}`,
  );
  const where = index.where === null ? '' : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quote(index.name)} ON ${quote(table)} (${parts.join(', ')})${where}`;
}

function named(name: string | null): string {
  return name === null ? '' : `CONSTRAINT ${quote(name)} `;
}

function actionText(action: ForeignKeyAction | undefined): string | null {
  return action === undefined || action === 'no_action' ? null : action.replace('_', ' ').toUpperCase();
}
