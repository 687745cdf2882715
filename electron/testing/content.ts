import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';

/** Null when there is no such file. */
export function sha256(file: string): string | null {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : null;
}

/** Every file below a folder with its hash: two equal answers mean that nothing changed, appeared or went. */
export function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(folder, file), sha256(file) as string]),
  );
}

/** Rows sorted as text, one digest a table: two targets are the same when the texts are. */
export function contentOf(file: string): string {
  const db = new Database(file, { readonly: true });
  try {
    db.defaultSafeIntegers(true);
    const tables = db
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'overland_%' ORDER BY name",
      )
      .pluck()
      .all() as string[];
    return tables.map((table) => `${table} ${digestOf(db, table)}`).join('\n');
  } finally {
    db.close();
  }
}

function digestOf(db: Database.Database, table: string): string {
  const columns = (db.pragma(`table_info("${table}")`) as { name: string; type: string; pk: bigint }[])
    .filter((column) => !(column.pk === 1n && column.type.toUpperCase() === 'INTEGER'))
    .map((column) => column.name)
    .filter((name) => !(table === 'task_attributes' && (name === 'created_at' || name === 'updated_at')));
  const where = table === 'task_attributes' ? "WHERE attribute_name <> 'migrated_at'" : '';
  const rows = db
    .prepare(`SELECT ${columns.map((name) => `quote("${name}")`).join(" || ',' || ")} FROM "${table}" ${where}`)
    .pluck()
    .all() as string[];
  return `${rows.length} ${createHash('sha256').update(rows.sort().join('\n')).digest('hex')}`;
}
