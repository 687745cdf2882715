import Database from 'better-sqlite3';
import type { Value } from '#shared/model/value.ts';
import type { Clock } from '../../platform/environment.ts';
import { isBusy } from './errors.ts';

export type Connection = Database.Database;
export type RawRow = (null | bigint | number | string | Uint8Array)[];

/** How long one call may wait for a lock while the event loop stands still; longer waits are ours, in `patiently`. */
const lockTimeout = 120;
/** The same in a helper process, which has nobody else to answer. */
export const helperLockTimeout = 5000;
/** Pages kept in memory, in KiB: of what is written, and of what is read in order. More gained nothing over the system's own cache. */
const writeCache = 32_000;
const readCache = 4_000;

/** Reads only. Integers are bigint. */
export function openReadOnly(file: string, timeout: number = lockTimeout): Connection {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout });
  db.defaultSafeIntegers(true);
  db.pragma(`cache_size = -${readCache}`);
  return db;
}

/**
 * Opens a file to write, creating it when it is missing. A commit is on the disk when it returns (synchronous FULL). The
 * journal mode stays as found; a file of ours gets SQLite's rollback journal, which leaves nothing beside the file.
 */
export function openWritable(file: string): Connection {
  return openToWrite(file, 'FULL');
}

/** A scratch file: as `openWritable`, but a commit does not wait for the disk, since nothing of it outlives its phase. */
export function openScratch(file: string): Connection {
  return openToWrite(file, 'OFF');
}

function openToWrite(file: string, synchronous: 'FULL' | 'OFF'): Connection {
  const db = new Database(file, { timeout: lockTimeout });
  db.defaultSafeIntegers(true);
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma(`cache_size = -${writeCache}`);
  return db;
}

/** Stands for a file that does not exist yet. */
export function openNothing(): Connection {
  const db = new Database(':memory:');
  db.defaultSafeIntegers(true);
  return db;
}

/** Rows as arrays. Bind values must be in stored form. */
export function rowsOf(db: Connection, sql: string, values: readonly Value[] = []): RawRow[] {
  const statement = db.prepare(sql);
  return statement.raw(true).all(...values) as RawRow[];
}

/** First column of the first row. */
export function cell(db: Connection, sql: string, values: readonly Value[] = []): RawRow[number] | undefined {
  return rowsOf(db, sql, values)[0]?.[0];
}

/** Tries again while another process holds the file, without holding the event loop. */
export async function patiently<T>(
  act: () => T,
  clock: Clock,
  options: { readonly forMs: number; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const end = clock.monotonic() + options.forMs;
  for (let wait = 10; ; wait = Math.min(wait * 2, 200)) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() >= end) throw error;
      await clock.sleep(wait, options.signal);
    }
  }
}
