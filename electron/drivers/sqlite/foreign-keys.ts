import { isOurs } from '../shared/ours.ts';
import { foreignKeys, relation } from './catalog.ts';
import { type Connection, cell, rowsOf } from './database.ts';
import { codeOf } from './errors.ts';
import { quote } from './names.ts';
import type { Stored } from './types.ts';

export type BrokenKey = { readonly id: string; readonly table: string; readonly words: string };

/** At most this many are listed; more say nothing new. */
const mostListed = 10_000;

/** Rows whose parent is missing, in tables of the application. */
export function brokenForeignKeys(db: Connection): BrokenKey[] {
  const found = rowsOf(db, `SELECT "table", rowid, parent, fkid FROM pragma_foreign_key_check LIMIT ${mostListed}`) as [
    string,
    bigint | null,
    string,
    bigint,
  ][];
  return found
    .filter(([table]) => !isOurs(table))
    .map(([table, rowid, parent, fkid]) => ({
      id: `${table}/${rowid}/${fkid}`,
      table,
      words: `${table}${rowid === null ? '' : ` row ${rowid}`} refers to ${parent}`,
    }));
}

/** SQLite only says that some foreign key failed; looks which parent of this row is missing. */
export function missingParent(
  db: Connection,
  error: unknown,
  table: string,
  columns: readonly string[],
  row: readonly Stored[],
): { readonly column: string; readonly message: string } | null {
  if (codeOf(error) !== 'SQLITE_CONSTRAINT_FOREIGNKEY') return null;
  for (const key of foreignKeys(db, table)) {
    const values = key.columns.map((name) => row[columns.indexOf(name)] ?? null);
    if (values.includes(null) || !relation(db, key.table)) continue;
    const where = key.references.map((name) => `${quote(name)} = ?`).join(' AND ');
    if (cell(db, `SELECT 1 FROM ${quote(key.table)} WHERE ${where} LIMIT 1`, values) !== undefined) continue;
    const column = key.columns.join(', ');
    return {
      column,
      message: `FOREIGN KEY constraint failed: ${table}.${column} = ${values.map(String).join(', ')} is not in ${key.table}`,
    };
  }
  return null;
}
