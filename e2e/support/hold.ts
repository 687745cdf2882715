import { setImmediate as turn } from 'node:timers/promises';
import Database from 'better-sqlite3';

/** Another program in the middle of a write: nobody else writes to the file until it lets go. */
export type Hold = { release(): void };

const patienceMs = 120_000;

/** Finds a row of the sample's target as soon as the first chunk of the step `subtasks` is committed. */
export const firstSubtask = "select 1 from legacy_task_mapping where old_type = 'subtask' limit 1";

/**
 * Takes the file as a writer that does not end, once a query finds a row in it: the run which fills it stays where it is, however
 * fast the machine and however late the window. Fails after 120 s.
 */
export async function hold(path: string, once = 'select 1'): Promise<Hold> {
  const late = performance.now() + patienceMs;
  // A run takes its next chunk within a millisecond of the last one: between the two there is no time to sleep.
  for (; performance.now() < late; await turn()) {
    const taken = take(path, once);
    if (taken) return taken;
  }
  throw new Error(`${path} could not be taken with a row of ${once} within ${patienceMs / 1000} s.`);
}

function take(path: string, once: string): Hold | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { timeout: 0, fileMustExist: true });
    database.exec('begin immediate');
    if (database.prepare(once).get()) {
      const taken = database;
      database = null;
      return { release: () => void taken.close() };
    }
  } catch {
    // The file or the table is not there yet, or the run is in the middle of a chunk.
  } finally {
    database?.close();
  }
  return null;
}
