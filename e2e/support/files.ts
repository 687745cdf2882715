import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import Database from 'better-sqlite3';

/** SHA-256 of a file as hex; null when there is none. */
export async function sha256(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

const tables = {
  generic_tasks: '*',
  legacy_task_mapping: 'old_id, old_type, new_id, migration',
  // Ids are given by the target in order of arrival, and one attribute is the time of the run.
  task_attributes: "task_id, attribute_name, iif(attribute_name = 'migrated_at', '', attribute_value)",
  task_artifacts: '*',
  task_dependencies: 'dependent_task_id, prerequisite_task_id, dependency_type',
} as const;

/** What the new file holds, table by table: rows and a digest of them that two undisturbed runs share. */
export function contentOf(path: string): Record<string, { rows: number; digest: string }> {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return Object.fromEntries(
      Object.entries(tables).map(([table, columns]) => {
        const hash = createHash('sha256');
        let rows = 0;
        for (const row of database.prepare(`select ${columns} from ${table} order by 1, 2, 3`).raw().iterate()) {
          hash.update(JSON.stringify(row));
          rows += 1;
        }
        return [table, { rows, digest: hash.digest('hex') }];
      }),
    );
  } finally {
    database.close();
  }
}
