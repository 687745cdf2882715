import { isOurs } from '../shared/ours.ts';
import { foreignKeysOf } from './catalog.ts';
import type { MysqlConnection } from './connection.ts';
import { quote } from './names.ts';

export type BrokenKey = { readonly id: string; readonly table: string; readonly words: string };

/**
 * Foreign keys with rows whose parent is missing, in tables of the application: the server checks them only while it
 * writes. One query for each foreign key, which ends at the first such row.
 */
export async function brokenForeignKeys(connection: MysqlConnection): Promise<BrokenKey[]> {
  const broken: BrokenKey[] = [];
  for (const [table, keys] of await foreignKeysOf(connection)) {
    if (isOurs(table)) continue;
    for (const key of keys) {
      const parent = key.table.split('.').map(quote).join('.');
      const pairs = key.columns.map((name, index) => [`c.${quote(name)}`, `p.${quote(key.references[index] ?? '')}`]);
      const given = pairs.map(([child]) => `${child} IS NOT NULL`).join(' AND ');
      const match = pairs.map(([child, column]) => `${child} = ${column}`).join(' AND ');
      const found = await connection.rows(
        `SELECT 1 FROM ${quote(table)} c WHERE ${given} AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE ${match}) LIMIT 1`,
      );
      if (found.length === 0) continue;
      broken.push({
        id: `${table}/${key.name ?? key.columns.join()}`,
        table,
        words: `${table} (${key.columns.join(', ')}) refers to ${key.table}`,
      });
    }
  }
  return broken;
}
