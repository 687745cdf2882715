import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Environment } from '../../platform/environment.ts';
import { spoolPrefix } from '../../platform/paths.ts';
import { type Connection, cell, helperLockTimeout, openReadOnly } from './database.ts';
import { dbFailure, ownFailure } from './errors.ts';
import { quote, quoteAll } from './names.ts';
import type { Ordered } from './ordered.ts';
import { splitScript } from './script.ts';

/** Columns of a query, without running it; fails with a DbFailure when it does not compile or is no query. */
export function queryColumns(db: Connection, sql: string): { readonly name: string; readonly declared: string }[] {
  try {
    return db
      .prepare(`SELECT * FROM (${withoutEnd(sql)})`)
      .columns()
      .map((column) => ({ name: column.name, declared: column.type ?? '' }));
  } catch (error) {
    throw dbFailure(error, { statement: sql });
  }
}

/**
 * The rows of a query, numbered and kept in a scratch file, so that its chunks stay the same after a crash. The file is
 * named by the query and the state of its source; one without its mark of completeness is made again.
 */
export async function spoolQuery(
  db: Connection,
  file: string,
  sql: string,
  sourceState: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<Ordered & { close(): void }> {
  const names = queryColumns(db, sql).map((column) => column.name);
  const mark = createHash('sha256')
    .update(JSON.stringify([spoolVersion, sql, sourceState, names]))
    .digest('hex');
  const path = join(env.paths.scratch, `${spoolPrefix}${mark.slice(0, 24)}.db`);
  if (!isComplete(path, mark, await env.fs.exists(path))) {
    await env.fs.remove(path);
    await env.fs.remove(`${path}-journal`);
    // Its rows are the source's; made here, so that nobody else may read them.
    await env.fs.append(path, '', 0o600);
    env.failpoints.hit('spool.commit.before');
    await env.helpers.run('sqlite.spool', { file, sql: withoutEnd(sql), to: path, mark }, signal ? { signal } : {});
    env.failpoints.hit('spool.commit.after');
  }
  const spool = openReadOnly(path);
  return {
    db: spool,
    table: 'spool',
    columns: names,
    address: ['overland_ordinal'],
    byRowid: true,
    close: () => spool.close(),
  };
}

const spoolVersion = 1;

function isComplete(path: string, mark: string, exists: boolean): boolean {
  if (!exists) return false;
  try {
    const db = openReadOnly(path);
    try {
      return cell(db, 'SELECT mark FROM complete') === mark;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

/** Runs in a helper: one statement inside SQLite, so that no value passes through JavaScript. */
export function writeSpool(input: { file: string; sql: string; to: string; mark: string }): {
  rows: number;
  columns: string[];
} {
  // ATTACH makes no file where the connection may not, and this one must never make the source.
  const spool = new Database(input.to);
  spool.exec('PRAGMA journal_mode = OFF; CREATE TABLE complete (mark TEXT)');
  spool.close();
  const db = new Database(input.file, { fileMustExist: true, timeout: helperLockTimeout });
  try {
    const columns = queryColumns(db, input.sql).map((column) => column.name);
    db.prepare('ATTACH ? AS overland_spool').run(input.to);
    db.pragma('overland_spool.synchronous = OFF');
    db.pragma('overland_spool.journal_mode = OFF');
    // No declared types, so that every value keeps its storage class.
    db.exec(`CREATE TABLE overland_spool.spool (overland_ordinal INTEGER PRIMARY KEY, ${quoteAll(columns)})`);
    const { changes } = db
      .prepare(
        `INSERT INTO overland_spool.spool (${quoteAll(columns)}) SELECT ${columns.map(quote).join(', ')} FROM (${input.sql})`,
      )
      .run();
    db.prepare('INSERT INTO overland_spool.complete VALUES (?)').run(input.mark);
    return { rows: changes, columns };
  } finally {
    db.close();
  }
}

/** The one statement of a query file, fit to stand in brackets: without its semicolon, with a line end after a comment. */
function withoutEnd(sql: string): string {
  const [only, ...more] = splitScript(sql);
  if (!only || more.length > 0) {
    throw ownFailure(
      'QUERY',
      'permanent',
      `A query must be exactly one statement; this one has ${more.length + (only ? 1 : 0)}.`,
      {
        statement: sql,
      },
    );
  }
  return `${only.text.replace(/;$/, '')}\n`;
}

/** Rows of a query, at most `limit`; for rules. Runs in a helper. */
export function runQuery(input: { file: string; sql: string; limit: number }) {
  const db = openReadOnly(input.file, helperLockTimeout);
  try {
    const statement = db.prepare(input.sql);
    if (!statement.reader || !statement.readonly) throw new Error('The statement is not a query that only reads.');
    const columns = statement.columns().map((column) => column.name);
    const rows = rowsLimited(statement.raw(true).iterate() as IterableIterator<never>, input.limit + 1);
    return { columns, rows: rows.slice(0, input.limit), more: rows.length > input.limit };
  } catch (error) {
    throw dbFailure(error, { statement: input.sql });
  } finally {
    db.close();
  }
}

function rowsLimited<T>(rows: IterableIterator<T>, limit: number): T[] {
  const taken: T[] = [];
  for (const row of rows) {
    taken.push(row);
    if (taken.length >= limit) break;
  }
  return taken;
}
