import type { ForeignKey, ForeignKeyAction, IndexInfo } from '../catalog.ts';
import type { ColumnDesign, Dialect, TableDesign } from '../dialect.ts';
import { mysqlDeclare, mysqlFacts } from './declare.ts';
import { literal, quote, quoteAll } from './names.ts';

export const mysqlDialect: Dialect = {
  engine: 'mysql',
  inlineForeignKeys: false,
  nameLimit: { most: 64, unit: 'characters' },
  quote,
  literal,
  facts: mysqlFacts,
  declare: mysqlDeclare,
  createTable: (table) => [createTable(table)],
  dropTable: (table) => `DROP TABLE ${quote(table)}`,
  createIndex,
  dropIndex: (table, index) => `DROP INDEX ${quote(index.name)} ON ${quote(table)}`,
  addForeignKey,
  dropForeignKey: (table, name) => `ALTER TABLE ${quote(table)} DROP FOREIGN KEY ${quote(name)}`,
  // InnoDB takes the highest number of the rows when the one given is below it.
  setIdentity: (table) => `ALTER TABLE ${quote(table)} AUTO_INCREMENT = 1`,
  analyze: (table) => `ANALYZE TABLE ${quote(table)}`,
};

/** Text is compared byte by byte, as SQLite and PostgreSQL do; a column of MySQL brings its own collation. */
const tableOptions = 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

function createTable(table: TableDesign): string {
  const lines = table.columns.map(columnText);
  if (table.primaryKey.length > 0) lines.push(`PRIMARY KEY (${quoteAll(table.primaryKey)})`);
  const numbered = table.columns.find((column) => column.identity);
  // A column that is numbered must be the first of a key.
  if (numbered && table.primaryKey[0] !== numbered.name) lines.push(`KEY (${quote(numbered.name)})`);
  for (const { name, expression } of table.checks) {
    lines.push(`${name === null ? '' : `CONSTRAINT ${quote(name)} `}CHECK (${expression})`);
  }
  const comment = table.comment ? ` COMMENT=${literal(table.comment)}` : '';
  return `CREATE TABLE ${quote(table.name)} (\n  ${lines.join(',\n  ')}\n) ${tableOptions}${comment}`;
}

function columnText(column: ColumnDesign): string {
  // A CHECK of the column itself comes last.
  const [, type = column.declaredType, check = ''] = /^(.*?)( CHECK \(.*\))?$/s.exec(column.declaredType) ?? [];
  const parts = [quote(column.name), type];
  if (column.collation) parts.push(`COLLATE ${column.collation}`);
  if (column.generatedAs) {
    parts.push(
      `GENERATED ALWAYS AS (${column.generatedAs.expression}) ${column.generatedAs.stored ? 'STORED' : 'VIRTUAL'}`,
    );
    // MariaDB takes no NOT NULL on a column that is generated.
  } else {
    // NULL is written too: a TIMESTAMP without it would be NOT NULL on servers with the old default.
    parts.push(column.nullable ? 'NULL' : 'NOT NULL');
    if (column.defaultText !== null) parts.push(`DEFAULT ${defaultText(column.defaultText)}`);
    if (column.onUpdate) parts.push(`ON UPDATE ${column.onUpdate}`);
    if (column.identity) parts.push('AUTO_INCREMENT');
  }
  if (column.comment) parts.push(`COMMENT ${literal(column.comment)}`);
  return parts.join(' ') + check;
}

/** Times of now and literals stand bare, anything else in parentheses, as MySQL wants it. */
function defaultText(text: string): string {
  return /^(?:current_timestamp|now|null\b|[+-]?[\d.]+(?:e[+-]?\d+)?$|'(?:[^'\\]|''|\\.)*'$|\()/is.test(text)
    ? text
    : `(${text})`;
}

function createIndex(table: string, index: IndexInfo): string {
  const parts = index.parts.map((part) => {
    const length = part.length === null ? '' : `(${part.length})`;
    const what = part.column === null ? `(${part.expression})` : `${quote(part.column)}${length}`;
    return `${what}${part.descending ? ' DESC' : ''}`;
  });
  const kind = index.unique
    ? 'UNIQUE '
    : /^(?:fulltext|spatial)$/.test(index.method)
      ? `${index.method.toUpperCase()} `
      : '';
  return `CREATE ${kind}INDEX ${quote(index.name)} ON ${quote(table)} (${parts.join(', ')})`;
}

function addForeignKey(table: string, key: ForeignKey): string {
  const parts = [`ALTER TABLE ${quote(table)} ADD`];
  if (key.name) parts.push(`CONSTRAINT ${quote(key.name)}`);
  parts.push(`FOREIGN KEY (${quoteAll(key.columns)}) REFERENCES ${quote(key.table)} (${quoteAll(key.references)})`);
  const onDelete = actionText(key.onDelete);
  const onUpdate = actionText(key.onUpdate);
  if (onDelete) parts.push(`ON DELETE ${onDelete}`);
  if (onUpdate) parts.push(`ON UPDATE ${onUpdate}`);
  return parts.join(' ');
}

/** InnoDB knows no SET DEFAULT. */
function actionText(action: ForeignKeyAction | undefined): string | null {
  return action === undefined || action === 'no_action' || action === 'set_default'
    ? null
    : action.replace('_', ' ').toUpperCase();
}
