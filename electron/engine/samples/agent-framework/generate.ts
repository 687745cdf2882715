import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { FileSystem } from '../../../platform/file-system.ts';
import { type Checkpoint, makeCheckpoints } from './checkpoints.ts';
import {
  checkpointColumns,
  checkpointsTable,
  checkpointValues,
  frameworkTracking,
  insertStatement,
  type SampleEngine,
} from './legacy-sql.ts';

export type CheckpointOptions = {
  readonly threads: number;
  readonly seed: number;
  /** The framework's own migrator has been at work. `upOfFirst` is the script that it ran. */
  readonly migrated: { readonly upOfFirst: string } | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (threads: number) => void;
};

/** Writes `agent.db` with its table and rows; gives the number of checkpoints. `file` must not exist. */
export async function generateCheckpointFile(file: string, options: CheckpointOptions): Promise<number> {
  const database = new Database(file);
  try {
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;');
    database.exec(checkpointsTable('sqlite'));
    database.exec('BEGIN');
    const marks = checkpointColumns.map(() => '?').join(', ');
    const put = database.prepare(`INSERT INTO checkpoints (${checkpointColumns.join(', ')}) VALUES (${marks})`);
    let count = 0;
    for await (const rows of batches(options)) {
      for (const row of rows) put.run(checkpointValues(row));
      count += rows.length;
    }
    database.exec('COMMIT');
    if (options.migrated) database.exec(`${options.migrated.upOfFirst}\n${frameworkTracking('sqlite')}`);
    return count;
  } finally {
    database.close();
  }
}

/** Writes the same as a script for the server's own client. */
export async function generateCheckpointScript(
  file: string,
  engine: Exclude<SampleEngine, 'sqlite'>,
  options: CheckpointOptions,
  fs: Pick<FileSystem, 'append'>,
): Promise<number> {
  const encoding =
    engine === 'mysql' ? "SET NAMES utf8mb4;\nSET time_zone = '+00:00';\n" : 'SET client_encoding = UTF8;\n';
  await fs.append(file, `${encoding}${checkpointsTable(engine)}\nBEGIN;\n`, 0o644);
  let count = 0;
  for await (const rows of batches(options)) {
    await fs.append(file, insertStatement(engine, rows), 0o644);
    count += rows.length;
  }
  await fs.append(file, 'COMMIT;\n', 0o644);
  if (options.migrated) await fs.append(file, `${options.migrated.upOfFirst}\n${frameworkTracking(engine)}\n`, 0o644);
  return count;
}

/** Batches of 200 rows; the event loop is let in after each. */
async function* batches({
  threads,
  seed,
  signal,
  onProgress,
}: CheckpointOptions): AsyncIterable<readonly Checkpoint[]> {
  let batch: Checkpoint[] = [];
  let thread = '';
  let done = 0;
  for (const row of makeCheckpoints(threads, seed)) {
    if (row.threadId !== thread) done += 1;
    thread = row.threadId;
    batch.push(row);
    if (batch.length < 200) continue;
    yield batch;
    batch = [];
    onProgress?.(done);
    await nextTurn();
    signal?.throwIfAborted();
  }
  if (batch.length > 0) yield batch;
}
