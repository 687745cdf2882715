import type { Counts } from '#shared/model/run.ts';
import type { Row, Value } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Chunk, Fence, LoadResult, OutputSpec, RelationalTransaction, TransactionPurpose } from '../relational.ts';
import { ChunkClaim } from '../shared/chunk-claim.ts';
import { comparedColumns } from '../shared/kept-text.ts';
import { Pace } from '../shared/pace.ts';
import { type Connection, cell, patiently, type RawRow, rowsOf } from './database.ts';
import { dbFailure, ownFailure } from './errors.ts';
import { brokenForeignKeys } from './foreign-keys.ts';
import { imageColumns, keeper, undoKept } from './keep.ts';
import { quote, quoteAll } from './names.ts';
import { RowWriter } from './row-writer.ts';
import { runScript } from './script.ts';
import { type Stored, storedForm } from './types.ts';

/** How long begin and commit wait for another process. */
const lockWaitMs = 5000;

export type TransactionHost = {
  readonly db: Connection;
  readonly env: Environment;
  readonly purpose: TransactionPurpose;
  /** Lets the next transaction begin. */
  readonly leave: () => void;
  readonly signal: AbortSignal;
};

/** Begins with the write lock, waiting for other processes without holding the event loop. */
export async function beginTransaction(host: TransactionHost): Promise<RelationalTransaction> {
  const { db, env, purpose, signal } = host;
  try {
    // No effect inside a transaction, so it is set before.
    db.pragma(`foreign_keys = ${purpose === 'rows' ? 'ON' : 'OFF'}`);
    await patiently(() => db.exec('BEGIN IMMEDIATE'), env.clock, { forMs: lockWaitMs, signal });
    const broken = purpose === 'structure' ? brokenForeignKeys(db) : [];
    return new SqliteTransaction(host, new Set(broken.map((one) => one.id)));
  } catch (error) {
    host.leave();
    throw dbFailure(error);
  }
}

class SqliteTransaction implements RelationalTransaction {
  readonly #host: TransactionHost;
  readonly #db: Connection;
  /** Foreign keys that were broken before a structure change; not its fault. */
  readonly #brokenBefore: ReadonlySet<string>;
  /** Made at the first batch of an output: a chunk comes in many. */
  readonly #writers = new Map<OutputSpec, RowWriter>();
  readonly #claim: ChunkClaim;
  #open = true;

  constructor(host: TransactionHost, brokenBefore: ReadonlySet<string>) {
    this.#host = host;
    this.#db = host.db;
    this.#brokenBefore = brokenBefore;
    this.#claim = new ChunkClaim(host.env.failpoints, (...asked) => this.#take(...asked));
  }

  claim(chunk: Chunk, fence: Fence) {
    return this.#claim.claim(chunk, fence);
  }

  claimUndo(chunk: Chunk, fence: Fence) {
    return this.#claim.claimUndo(chunk, fence);
  }

  async load(
    output: OutputSpec,
    batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
    keep: 'nothing' | 'written' | 'preimages',
    chunk: Chunk,
    fence: Fence,
  ): Promise<LoadResult> {
    const writer = this.#writer(output);
    const kept = keep === 'nothing' ? null : keeper(this.#db, output, chunk, fence);
    const pace = new Pace(this.#host.signal);
    const changes = output.mode === 'insert' ? null : this.#changer(output, writer, keep === 'preimages' ? kept : null);
    let result = { inserted: 0, updated: 0, same: 0 };
    let row = 0;
    for await (const batch of batches) {
      for (let at = 0; at < batch.length; at += 64) {
        const end = Math.min(at + 64, batch.length);
        if (changes) result = changes(batch, at, end, row, result);
        else {
          writer.insert(batch, at, end, row);
          result.inserted += end - at;
        }
        if (kept && keep === 'written') {
          for (let index = at; index < end; index += 1) {
            const stored = writer.stored(batch[index] as Row, row + index - at);
            kept.written(writer.keyOf(stored), stored);
          }
        }
        row += end - at;
        if (pace.due()) await pace.rest();
      }
    }
    return result;
  }

  async removeExact(output: OutputSpec, rows: Iterable<Row>) {
    const writer = this.#writer(output);
    const compared = comparedColumns(output);
    const index = new Map(output.columns.map((column, at) => [column, at]));
    const byKey = output.key.map((name) => `${quote(name)} IS ?`).join(' AND ');
    const same = compared.map((name) => `${quote(name)} COLLATE BINARY IS ?`).join(' AND ');
    const table = quote(output.table);
    const remove = this.#db.prepare(`DELETE FROM ${table} WHERE ${byKey} AND ${same}`);
    const find = this.#db.prepare(`SELECT ${quoteAll(output.columns)} FROM ${table} WHERE ${byKey}`).raw(true);
    const pace = new Pace(this.#host.signal);
    const missing: Row[] = [];
    const diverged: { expected: Row; found: Row }[] = [];
    let removed = 0;
    for (const expected of rows) {
      const stored = writer.stored(expected, 0);
      const key = writer.keyOf(stored);
      const content = compared.map((name) => stored[index.get(name) as number] ?? null);
      if (this.#run(() => remove.run(...key, ...content).changes, output) > 0) removed += 1;
      else {
        const found = find.get(...key) as RawRow | undefined;
        if (found) diverged.push({ expected, found });
        else missing.push(expected);
      }
      if (pace.due()) await pace.rest();
    }
    return { removed, missing, diverged };
  }

  async undoKept(output: OutputSpec, chunk: Chunk, fence: Fence) {
    return this.#run(() => undoKept(this.#db, output, chunk, fence), output);
  }

  async script(sql: string, onStatement: (ordinal: number, text: string) => void): Promise<number> {
    this.#writers.clear();
    return runScript(this.#db, sql, onStatement);
  }

  async execute(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.#run(() => {
      const statement = this.#db.prepare(sql);
      if (statement.reader) return statement.all(...values.map(bindable)).length;
      return statement.run(...values.map(bindable)).changes;
    });
  }

  async query(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#run(() => rowsOf(this.#db, sql, values.map(bindable)));
  }

  async commit(counts: Counts | null, digest: string | null): Promise<void> {
    const { env } = this.#host;
    try {
      const { row } = this.#claim;
      if (row && (counts !== null || digest !== null)) {
        this.#db
          .prepare('UPDATE overland_chunk SET counts = ?, digest = ? WHERE run_id = ? AND unit = ? AND path = ?')
          .run(counts && JSON.stringify(counts), digest, ...row);
      }
      this.#checkForeignKeys();
      this.#claim.beforeCommit();
      await patiently(() => this.#db.exec('COMMIT'), env.clock, { forMs: lockWaitMs });
      this.#claim.afterCommit();
    } catch (error) {
      throw dbFailure(error);
    }
    this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    try {
      // Some errors (a full disk, an I/O error) have rolled back already.
      if (this.#db.open && this.#db.inTransaction) this.#db.exec('ROLLBACK');
    } finally {
      this.#close();
    }
  }

  #close(): void {
    this.#open = false;
    if (this.#db.open && this.#host.purpose !== 'rows') this.#db.pragma('foreign_keys = ON');
    this.#host.leave();
  }

  /** Moves the chunk's row to `state` under this epoch, or says why not: its state, or `fenced`. */
  #take(chunk: Chunk, fence: Fence, state: 'done' | 'undone', from: readonly string[]): string {
    return this.#run(() => {
      const { changes } = this.#db
        .prepare(
          `UPDATE overland_chunk SET state = ?, epoch = ? WHERE run_id = ? AND unit = ? AND path = ?
             AND state IN (${from.map(() => '?').join(', ')})
             AND (SELECT epoch FROM overland_run WHERE run_id = ?) = ?`,
        )
        .run(state, fence.epoch, fence.runId, chunk.unit, chunk.path, ...from, fence.runId, fence.epoch);
      if (changes === 1) return 'taken';
      if (cell(this.#db, 'SELECT epoch FROM overland_run WHERE run_id = ?', [fence.runId]) !== fence.epoch)
        return 'fenced';
      const found = cell(this.#db, 'SELECT state FROM overland_chunk WHERE run_id = ? AND unit = ? AND path = ?', [
        fence.runId,
        chunk.unit,
        chunk.path,
      ]);
      if (typeof found === 'string') return found;
      throw ownFailure('NO_CHUNK', 'permanent', `The target has no chunk ${chunk.path} of ${chunk.unit}.`);
    });
  }

  #writer(output: OutputSpec): RowWriter {
    const known = this.#writers.get(output);
    if (known) return known;
    const writer = this.#run(() => new RowWriter(this.#db, output), output);
    this.#writers.set(output, writer);
    return writer;
  }

  /** Upsert and replace: looks at the row that is there, so that counts and preimages are exact. */
  #changer(output: OutputSpec, writer: RowWriter, kept: ReturnType<typeof keeper> | null) {
    const db = this.#db;
    const columns = imageColumns(db, output.table);
    const at = new Map(columns.map((name, index) => [name, index]));
    const byKey = output.key.map((name) => `${quote(name)} IS ?`).join(' AND ');
    const find = db.prepare(`SELECT ${quoteAll(columns)} FROM ${quote(output.table)} WHERE ${byKey}`).raw(true);
    const set = (output.mode === 'replace' ? columns : output.columns)
      .filter((name) => !output.key.includes(name) && !(output.mode === 'replace' && output.surrogate.includes(name)))
      .map((name) => `${quote(name)} = excluded.${quote(name)}`);
    const action = set.length > 0 ? `UPDATE SET ${set.join(', ')}` : 'NOTHING';
    const write = this.#run(
      () => db.prepare(`${writer.insertSql(1)} ON CONFLICT (${quoteAll(output.key)}) DO ${action}`),
      output,
    );
    const compared = output.columns.map((name) => at.get(name) ?? -1);
    return (batch: readonly Row[], from: number, to: number, first: number, counted: LoadResult) => {
      let { inserted, updated, same } = counted;
      for (let index = from; index < to; index += 1) {
        const ordinal = first + index - from;
        const stored = writer.stored(batch[index] as Row, ordinal);
        const key = writer.keyOf(stored);
        const before = find.get(...key) as RawRow | undefined;
        if (before && output.mode === 'upsert' && compared.every((place, i) => equal(before[place], stored[i]))) {
          same += 1;
          continue;
        }
        kept?.preimage(key, stored, before ? { columns, row: before } : null);
        writer.guarded(() => write.run(...stored), stored, ordinal);
        if (before) updated += 1;
        else inserted += 1;
      }
      return { inserted, updated, same };
    };
  }

  #checkForeignKeys(): void {
    if (this.#host.purpose !== 'structure') return;
    const fresh = brokenForeignKeys(this.#db).filter((one) => !this.#brokenBefore.has(one.id));
    const first = fresh[0];
    if (!first) return;
    throw ownFailure(
      'FOREIGN_KEYS',
      'data',
      `The script leaves ${fresh.length} rows without their parent, first: ${first.words}.`,
      {
        table: first.table,
      },
    );
  }

  #run<T>(act: () => T, output?: OutputSpec): T {
    if (!this.#open) throw new Error('The transaction has ended');
    try {
      return act();
    } catch (error) {
      throw dbFailure(error, output ? { table: output.table } : {});
    }
  }
}

function equal(a: RawRow[number] | undefined, b: Stored | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a === b;
}

/** A value of the engine's own statements: no column says what it is meant for. */
function bindable(value: Value): Stored {
  return storedForm(value, 'blob');
}
