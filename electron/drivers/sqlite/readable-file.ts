import { basename, join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import { cell, openReadOnly, patiently } from './database.ts';
import { isBusy } from './errors.ts';
import { type FileLook, lookAt } from './file-look.ts';
import { partSuffixes, partsOf } from './file-parts.ts';
import { connectionError, refuseUnfit } from './unfit-file.ts';

/**
 * A file that can be opened read-only without a trace: the file itself, or a copy in scratch where opening it would leave
 * `-shm` and `-wal` beside it or would have to roll back somebody's write.
 */
export async function readableFile(
  path: string,
  connection: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<{ readonly file: string; readonly by: 'file' | 'copy'; readonly look: FileLook; remove(): Promise<void> }> {
  const look = await lookAt(path, env);
  refuseUnfit(look, path, connection, 'read');
  if (!look.wal && !(look.hotJournal && (await needsRollback(path, env, signal)))) {
    return { file: path, by: 'file', look, remove: async () => undefined };
  }
  const folder = join(env.paths.scratch, `read-${env.random.id(10)}`);
  await env.fs.makeFolder(folder);
  try {
    const file = await copyQuiet(path, folder, connection, env, signal);
    // A reader may neither roll back nor checkpoint, so the copy is brought to rest first.
    await env.helpers.run('sqlite.settle', { file }, signal ? { signal } : {}).catch((error: unknown) => {
      if (signal?.aborted) throw error;
    });
    return { file, by: 'copy', look, remove: () => env.fs.remove(folder) };
  } catch (error) {
    await env.fs.remove(folder);
    throw error;
  }
}

/** A journal belongs to a writer at work, or to one that is gone; SQLite tells by the locks. */
async function needsRollback(path: string, env: Environment, signal?: AbortSignal): Promise<boolean> {
  try {
    await patiently(
      () => {
        const db = openReadOnly(path);
        try {
          cell(db, 'SELECT count(*) FROM sqlite_schema');
        } finally {
          db.close();
        }
      },
      env.clock,
      { forMs: 3000, signal },
    );
    return false;
  } catch (error) {
    if (signal?.aborted) throw error;
    return !isBusy(error);
  }
}

const copyAttempts = 3;

/** Copies all parts; copies again when somebody wrote meanwhile, and gives up after a few times. */
async function copyQuiet(
  path: string,
  folder: string,
  connection: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string> {
  const to = join(folder, basename(path));
  const before = await partsOf(path, env);
  const needed = before.reduce((sum, part) => sum + part.bytes, 0);
  const free = await env.fs.freeBytes(folder);
  if (free !== null && free < needed) {
    throw new OverlandError('SPACE', `A private copy of ${path} does not fit into the scratch folder.`, {
      where: folder,
      neededBytes: needed,
      freeBytes: free,
      advice: 'Free space there, or move the data folder with OVERLAND_HOME.',
    });
  }
  let last = before;
  for (let attempt = 1; attempt <= copyAttempts; attempt += 1) {
    for (const suffix of partSuffixes) await env.fs.remove(to + suffix);
    for (const part of last) await env.fs.copy(path + part.suffix, to + part.suffix, signal ? { signal } : {});
    const after = await partsOf(path, env);
    if (JSON.stringify(after) === JSON.stringify(last)) return to;
    last = after;
    await env.clock.sleep(200 * attempt, signal);
  }
  throw connectionError(
    connection,
    path,
    'The file was being written all the time while a copy for reading was made.',
    'Stop the application that writes it, then try again. Nothing was changed.',
  );
}
