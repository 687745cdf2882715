import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/**
 * What the new file holds, table by table: rows and a digest of them that two undisturbed runs share. A copy is read, since a
 * process that was killed may have left a journal, which only a writer takes back.
 */
export function contentOf(path: string): Record<string, { rows: number; digest: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'overland-content-'));
  const copy = join(folder, 'copy.db');
  for (const tail of ['', '-journal', '-wal']) if (existsSync(path + tail)) copyFileSync(path + tail, copy + tail);
  const database = new Database(copy, { fileMustExist: true });
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
    rmSync(folder, { recursive: true, force: true });
  }
}
