import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Row } from '#shared/model/value.ts';
import { decodeValue, encodeValue } from '../../engine/values/encode.ts';
import type { Environment } from '../../platform/environment.ts';
import { spoolPrefix } from '../../platform/paths.ts';
import type { Bounds, ReadReject, RowBatch } from '../relational.ts';
import { Pace } from '../shared/pace.ts';
import { addressOf, addressText } from './ordered.ts';

/** Rows of a query, numbered and kept in a scratch file, so that its chunks stay the same after a crash. */
export type Spool = {
  readonly rows: number;
  bounds(target: { readonly rows: number; readonly bytes: number }): Generator<Bounds>;
  halves(bounds: Bounds, hint: number | null): readonly [Bounds, Bounds] | null;
  read(bounds: Bounds, pick: readonly number[], key: readonly number[], signal?: AbortSignal): AsyncGenerator<RowBatch>;
  close(): void;
};

const spoolVersion = 1;
const pageRows = 512;

/**
 * The file is named by the query and the state of its source; one without its mark of completeness is made again from
 * `rows`.
 */
export async function spoolRows(
  what: { readonly sql: string; readonly state: string },
  rows: () => AsyncIterable<RowBatch>,
  env: Environment,
  signal?: AbortSignal,
): Promise<Spool> {
  const mark = createHash('sha256')
    .update(JSON.stringify([spoolVersion, what.sql, what.state]))
    .digest('hex');
  const file = join(env.paths.scratch, `${spoolPrefix}${mark.slice(0, 24)}.db`);
  if (!(await env.fs.exists(file)) || !isComplete(file, mark)) {
    await env.fs.remove(file);
    await env.fs.makeFolder(env.paths.scratch);
    // Its rows are the source's; made here, so that nobody else may read them.
    await env.fs.append(file, '', 0o600);
    env.failpoints.hit('spool.commit.before');
    await fill(file, mark, rows(), signal);
    env.failpoints.hit('spool.commit.after');
  }
  const db = new Database(file, { readonly: true, fileMustExist: true });
  const count = Number(db.prepare('SELECT count(*) FROM spool').pluck().get());
  return createSpool(db, count);
}

async function fill(file: string, mark: string, batches: AsyncIterable<RowBatch>, signal?: AbortSignal): Promise<void> {
  const db = new Database(file);
  const pace = new Pace(signal);
  try {
    db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE complete (mark TEXT);
      CREATE TABLE spool (ordinal INTEGER PRIMARY KEY, bytes INTEGER, bad TEXT, row TEXT)`);
    const insert = db.prepare('INSERT INTO spool (bytes, bad, row) VALUES (?, ?, ?)');
    const write = (row: Row, bad: string | null): void => {
      const text = JSON.stringify(row.map(encodeValue));
      insert.run(text.length, bad, text);
    };
    db.exec('BEGIN');
    for await (const { rows, rejects } of batches) {
      let next = 0;
      for (let at = 0; at <= rows.length; at += 1) {
        for (; rejects[next]?.at === at; next += 1) {
          const { row, ...bad } = rejects[next] as ReadReject;
          write(row, JSON.stringify(bad));
        }
        if (at < rows.length) write(rows[at] as Row, null);
      }
      if (pace.due()) await pace.rest();
    }
    db.prepare('INSERT INTO complete VALUES (?)').run(mark);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

function isComplete(file: string, mark: string): boolean {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return db.prepare('SELECT mark FROM complete').pluck().get() === mark;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

function createSpool(db: Database.Database, rows: number): Spool {
  const sizes = db.prepare('SELECT ordinal, bytes FROM spool WHERE ordinal > ? ORDER BY ordinal LIMIT 4096').raw(true);
  const page = db
    .prepare('SELECT ordinal, bytes, bad, row FROM spool WHERE ordinal > ? AND ordinal <= ? ORDER BY ordinal LIMIT ?')
    .raw(true);
  const text = (ordinal: number): string => addressText([BigInt(ordinal)]);
  const ordinal = (side: string | null, open: number): number => (side === null ? open : Number(addressOf(side)[0]));
  return {
    rows,
    *bounds(target) {
      let from: number | null = null;
      let records = 0;
      let bytes = 0;
      let last = 0;
      for (;;) {
        const found = sizes.all(last) as [number, number][];
        if (found.length === 0) break;
        for (const [at, size] of found) {
          if (records > 0 && (records >= target.rows || bytes + size > target.bytes)) {
            yield { from: from === null ? null : text(from), to: text(last), inclusive: 'to', records };
            from = last;
            records = 0;
            bytes = 0;
          }
          records += 1;
          bytes += size;
          last = at;
        }
      }
      if (records > 0) yield { from: from === null ? null : text(from), to: text(last), inclusive: 'to', records };
    },
    halves(bounds, hint) {
      const from = ordinal(bounds.from, 0);
      const records = ordinal(bounds.to, rows) - from;
      if (records < 2) return null;
      const first = hint === null ? Math.floor(records / 2) : Math.min(Math.max(hint, 1), records - 1);
      const middle = text(from + first);
      return [
        { from: bounds.from, to: middle, inclusive: 'to', records: first },
        { from: middle, to: bounds.to, inclusive: 'to', records: records - first },
      ];
    },
    async *read(bounds, pick, key, signal) {
      const pace = new Pace(signal);
      const to = ordinal(bounds.to, rows);
      let from = ordinal(bounds.from, 0);
      while (from < to) {
        const found = page.all(from, to, pageRows) as [number, number, string | null, string][];
        if (found.length === 0) return;
        const batch = { rows: [] as Row[], bytes: 0, rejects: [] as ReadReject[] };
        for (const [, size, bad, encoded] of found) {
          const full = (JSON.parse(encoded) as unknown[]).map(decodeValue);
          const row = pick.map((at) => full[at] ?? null);
          batch.bytes += size;
          if (bad === null) batch.rows.push(row);
          else {
            const named = { ...(JSON.parse(bad) as ReadReject), key: key.map((at) => String(full[at])).join(', ') };
            batch.rejects.push({ ...named, row, at: batch.rows.length });
          }
        }
        yield batch;
        from = found.at(-1)?.[0] ?? to;
        if (pace.due()) await pace.rest();
      }
    },
    close: () => db.close(),
  };
}
