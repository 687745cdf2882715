import Database from 'better-sqlite3';
import type { HelperTaskHandlers } from '../../platform/helper/protocol.ts';
import { tableNames } from './catalog.ts';
import { type Connection, cell, helperLockTimeout, openReadOnly, openWritable, rowsOf } from './database.ts';
import { dbFailure, isBusy } from './errors.ts';
import { contentDigest, exactFingerprint } from './fingerprint.ts';
import { runQuery, writeSpool } from './spool.ts';

/** Most messages of `integrity_check` that are worth reading. */
const mostMessages = 20;

/** What a helper process does with SQLite files: everything that may take long inside one call. */
export const sqliteTasks: HelperTaskHandlers = {
  'sqlite.integrity': ({ file }) =>
    withReader(file, (db) => {
      const messages = rowsOf(db, `PRAGMA integrity_check(${mostMessages})`).map((row) => String(row[0]));
      const ok = messages.length === 1 && messages[0] === 'ok';
      return { ok, messages: [...(ok ? [] : messages), ...orphanMessages(db)] };
    }),
  'sqlite.backup': async ({ from, to }, report) => {
    const db = openReadOnly(from, helperLockTimeout);
    try {
      const { totalPages } = await db.backup(to, {
        progress: ({ totalPages: total, remainingPages: left }) => {
          report({ done: total - left, total, unit: 'pages' });
          // All the rest in one go: between two goes another process may write, and the copy would start again.
          return 0x7fffffff;
        },
      });
      return { pages: totalPages };
    } catch (error) {
      throw dbFailure(error);
    } finally {
      db.close();
    }
  },
  'sqlite.digest': ({ file, tables }, report) =>
    withReader(file, async (db) => {
      const found = [];
      for (const name of tables ?? tableNames(db)) {
        const digest = await contentDigest(db, name, undefined, (done) => report({ done, total: null, unit: 'rows' }));
        found.push({ name, rows: Number(digest.split(':')[0]), digest });
      }
      return { tables: found };
    }),
  'sqlite.fingerprint': ({ file, tables }, report) =>
    withReader(file, async (db) => {
      const { value, parts } = await exactFingerprint(db, tables, undefined, (done) =>
        report({ done, total: null, unit: 'rows' }),
      );
      return { value, parts: [...parts] };
    }),
  'sqlite.hold': ({ file, waitMs }, report) => {
    const db = new Database(file, { fileMustExist: true, timeout: waitMs });
    try {
      // Keeps the index of a -wal in memory instead of a -shm file, and shuts everybody else out.
      db.pragma('locking_mode = EXCLUSIVE');
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      const reason = isBusy(error) ? 'another process has it open' : dbFailure(error).message;
      return { held: false, reason };
    }
    report({ done: 1, total: 1, unit: 'bytes' });
    // Held until the process is killed. Closing the connection instead would write the -wal into the main file.
    return new Promise(() => {
      setInterval(() => db.inTransaction, 60_000);
    });
  },
  'sqlite.settle': ({ file }) => {
    const db = openWritable(file);
    try {
      return { pages: Number(cell(db, 'PRAGMA page_count') ?? 0n) };
    } catch (error) {
      throw dbFailure(error);
    } finally {
      db.close();
    }
  },
  'sqlite.query': (input) => runQuery(input),
  'sqlite.spool': (input) => writeSpool(input),
};

async function withReader<T>(file: string, act: (db: Connection) => T | Promise<T>): Promise<T> {
  const db = openReadOnly(file, helperLockTimeout);
  try {
    return await act(db);
  } catch (error) {
    throw dbFailure(error);
  } finally {
    db.close();
  }
}

function orphanMessages(db: Connection): string[] {
  try {
    return rowsOf(db, `SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY 1`).map(
      ([table, count]) => `${count} rows of ${table} have no parent`,
    );
  } catch (error) {
    return [`foreign keys could not be checked: ${dbFailure(error).message}`];
  }
}
