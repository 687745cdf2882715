import type { Counts } from '#shared/model/run.ts';
import type { Row, Value } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import type {
  Chunk,
  Fence,
  LoadResult,
  OutputSpec,
  RelationalTransaction,
  ScriptProgress,
  TransactionPurpose,
} from '../relational.ts';
import { ChunkClaim } from '../shared/chunk-claim.ts';
import { comparedColumns, digestOf } from '../shared/kept-text.ts';
import { Pace } from '../shared/pace.ts';
import { changeRows } from './change.ts';
import { dbFailure, endsTransaction, ownFailure } from './errors.ts';
import { brokenForeignKeys } from './foreign-keys.ts';
import { keeper, removeByKey, undoKept } from './keep.ts';
import type { Link } from './links.ts';
import { type Server, sessionSettings } from './open.ts';
import { relation } from './relation.ts';
import { RowWriter, refuseWithoutTransactions } from './row-writer.ts';
import { rowsByKey } from './rows-by-key.ts';
import { runScript } from './script.ts';

/** Rows and their bytes that go into one LOAD DATA, and are kept until the server has said that all of them are in. */
const segmentRows = 16_384;
/** The same where rows are looked at before they are changed. */
const changedRows = 256;

export type TransactionHost = {
  readonly link: Link;
  readonly server: Server;
  readonly env: Environment;
  readonly purpose: TransactionPurpose;
  readonly signal: AbortSignal;
  readonly ended: () => void;
};

export async function beginTransaction(host: TransactionHost): Promise<RelationalTransaction> {
  const { connection } = host.link;
  try {
    const checks = host.purpose === 'rows' ? 1 : 0;
    await connection.run(`SET SESSION foreign_key_checks = ${checks}`);
    const broken = host.purpose === 'structure' ? await brokenForeignKeys(connection) : [];
    await connection.run('START TRANSACTION');
    return new MysqlTransaction(host, new Set(broken.map((one) => one.id)));
  } catch (error) {
    await host.link.release();
    host.ended();
    throw dbFailure(error);
  }
}

class MysqlTransaction implements RelationalTransaction {
  readonly #host: TransactionHost;
  /** Foreign keys that were broken before a structure change; not its fault. */
  readonly #brokenBefore: ReadonlySet<string>;
  readonly #writers = new Map<OutputSpec, RowWriter>();
  readonly #claim: ChunkClaim;
  #open = true;
  /** The server has rolled back on its own; nothing more may be written as if it had not. */
  #broken: unknown = null;

  constructor(host: TransactionHost, brokenBefore: ReadonlySet<string>) {
    this.#host = host;
    this.#brokenBefore = brokenBefore;
    this.#claim = new ChunkClaim(host.env.failpoints, (...asked) => this.#take(...asked));
  }

  get #connection() {
    return this.#host.link.connection;
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
    const writer = await this.#writer(output);
    const kept = keep === 'nothing' ? null : keeper(this.#connection, output, chunk, fence);
    const most = output.mode === 'insert' ? segmentRows : changedRows;
    const result = { inserted: 0, updated: 0, same: 0 };
    let first = 0;
    let waiting: Row[] = [];
    const flush = async (): Promise<void> => {
      const rows = waiting;
      waiting = [];
      await this.#run(async () => {
        if (output.mode !== 'insert') {
          const images = keep === 'preimages' ? kept : null;
          const changed = await changeRows(this.#connection, writer, output, rows, first, images);
          result.inserted += changed.inserted;
          result.updated += changed.updated;
          result.same += changed.same;
        } else {
          await this.#insert(writer, rows, first);
          result.inserted += rows.length;
        }
        if (kept && keep === 'written') {
          const stored = rows.map((row, index) => writer.stored(row, first + index));
          await kept.written(stored.map((row) => ({ key: writer.keyOf(row), row })));
        }
      });
      first += rows.length;
    };
    for await (const batch of batches) {
      this.#host.signal.throwIfAborted();
      for (const row of batch) {
        waiting.push(row);
        if (waiting.length >= most) await flush();
      }
    }
    if (waiting.length > 0) await flush();
    return result;
  }

  async removeExact(output: OutputSpec, rows: Iterable<Row>) {
    const writer = await this.#writer(output);
    const compared = comparedColumns(output).map((column) => output.columns.indexOf(column));
    const pick = (row: Row): Row => compared.map((index) => row[index] ?? null);
    const pace = new Pace(this.#host.signal);
    const missing: Row[] = [];
    const diverged: { expected: Row; found: Row }[] = [];
    let removed = 0;
    const flush = (expected: readonly Row[]): Promise<void> =>
      this.#run(async () => {
        const stored = expected.map((row) => writer.stored(row, 0));
        const keys = stored.map((row) => writer.keyOf(row));
        const now = new Map<number, Row>();
        const asked = rowsByKey(this.#connection, writer.relation, output.key, output.columns, keys, true);
        for await (const part of asked) for (const { key, row } of part) now.set(key, row);
        const remove: Row[] = [];
        for (const [index, row] of expected.entries()) {
          const found = now.get(index);
          if (!found) missing.push(row);
          else if (digestOf(pick(found)) === digestOf(pick(stored[index] as Row))) remove.push(keys[index] as Row);
          else diverged.push({ expected: row, found });
        }
        await removeByKey(this.#connection, writer.relation, output.key, remove);
        removed += remove.length;
      });
    let waiting: Row[] = [];
    for (const row of rows) {
      waiting.push(row);
      if (waiting.length < changedRows) continue;
      await flush(waiting);
      waiting = [];
      if (pace.due()) await pace.rest();
    }
    if (waiting.length > 0) await flush(waiting);
    return { removed, missing, diverged };
  }

  async undoKept(output: OutputSpec, chunk: Chunk, fence: Fence) {
    const writer = await this.#writer(output);
    return this.#run(async () => {
      // What was there before may be what strict mode would not take: a zero date, an invalid label.
      await this.#connection.run(
        `SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'`,
      );
      try {
        return await undoKept(this.#connection, writer.relation, output, chunk, fence);
      } finally {
        await this.#settle();
      }
    });
  }

  async script(
    sql: string,
    onStatement: (ordinal: number, text: string) => void,
    progress?: ScriptProgress,
  ): Promise<number> {
    this.#writers.clear();
    try {
      return await this.#run(() => runScript(this.#connection, sql, onStatement, progress));
    } finally {
      await this.#settle().catch(() => undefined);
    }
  }

  async execute(sql: string, values: readonly Value[] = []): Promise<number> {
    this.#writers.clear();
    return this.#run(async () => (await this.#connection.run(sql, values)).affected);
  }

  async query(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#run(() => this.#connection.rows(sql, values));
  }

  async commit(counts: Counts | null, digest: string | null): Promise<void> {
    await this.#run(async () => {
      const { row } = this.#claim;
      if (row && (counts !== null || digest !== null)) {
        await this.#connection.run(
          'UPDATE overland_chunk SET counts = ?, digest = ? WHERE run_id = ? AND unit = ? AND path = ?',
          [counts && JSON.stringify(counts), digest, ...row],
        );
      }
      await this.#checkForeignKeys();
      this.#claim.beforeCommit();
      await this.#connection.run('COMMIT');
      this.#claim.afterCommit();
    });
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    try {
      if (!this.#connection.lost) await this.#connection.run('ROLLBACK');
    } catch {
      // A connection that cannot roll back is ended, and with it the transaction.
      this.#connection.destroy();
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#host.link.release();
    this.#host.ended();
  }

  /** LOAD DATA where the server takes it; it makes warnings of errors, so any doubt is settled by strict INSERTs. */
  async #insert(writer: RowWriter, rows: readonly Row[], first: number): Promise<void> {
    if (this.#host.server.localInfile && rows.length > 1) {
      await this.#connection.run('SAVEPOINT overland_load');
      if (await writer.load(rows, first)) return;
      await this.#connection.run('ROLLBACK TO SAVEPOINT overland_load');
    }
    await writer.insert(rows, first);
  }

  /** Moves the chunk's row to `state` under this epoch, or says why not: its state, or `fenced`. */
  #take(chunk: Chunk, fence: Fence, state: 'done' | 'undone', from: readonly string[]): Promise<string> {
    const place = [fence.runId, chunk.unit, chunk.path];
    return this.#run(async () => {
      const { affected } = await this.#connection.run(
        `UPDATE overland_chunk SET state = ?, epoch = ? WHERE run_id = ? AND unit = ? AND path = ?
           AND state IN (${from.map(() => '?').join(', ')})
           AND (SELECT epoch FROM overland_run WHERE run_id = ?) = ?`,
        [state, fence.epoch, ...place, ...from, fence.runId, fence.epoch],
      );
      if (affected === 1) return 'taken';
      const epoch = await this.#connection.cell('SELECT epoch FROM overland_run WHERE run_id = ?', [fence.runId]);
      if (epoch !== fence.epoch) return 'fenced';
      const found = await this.#connection.cell(
        'SELECT state FROM overland_chunk WHERE run_id = ? AND unit = ? AND path = ?',
        place,
      );
      if (typeof found === 'string') return found;
      throw ownFailure('NO_CHUNK', 'permanent', `The target has no chunk ${chunk.path} of ${chunk.unit}.`);
    });
  }

  async #writer(output: OutputSpec): Promise<RowWriter> {
    const known = this.#writers.get(output);
    if (known) return known;
    const found = await this.#run(() => relation(this.#connection, this.#host.server, output.table));
    if (!found) {
      throw ownFailure('NO_TABLE', 'permanent', `The target has no table '${output.table}'.`, { table: output.table });
    }
    refuseWithoutTransactions(found);
    const writer = new RowWriter(this.#connection, found, output);
    this.#writers.set(output, writer);
    return writer;
  }

  async #checkForeignKeys(): Promise<void> {
    if (this.#host.purpose !== 'structure') return;
    const fresh = (await brokenForeignKeys(this.#connection)).filter((one) => !this.#brokenBefore.has(one.id));
    const first = fresh[0];
    if (!first) return;
    throw ownFailure('FOREIGN_KEYS', 'data', `The script leaves rows without their parent: ${first.words}.`, {
      table: first.table,
    });
  }

  /** Brings back what a script may have set. */
  async #settle(): Promise<void> {
    if (this.#connection.lost) return;
    const [mode = '', names = ''] = sessionSettings(this.#host.server, 'write');
    await this.#connection.run(mode.replace(/autocommit = 1, /, ''));
    await this.#connection.run(names);
    await this.#connection.run(`SET SESSION foreign_key_checks = ${this.#host.purpose === 'rows' ? 1 : 0}`);
  }

  async #run<T>(act: () => Promise<T>): Promise<T> {
    if (!this.#open) throw new Error('The transaction has ended');
    if (this.#broken) throw dbFailure(this.#broken);
    this.#host.signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (endsTransaction(error)) this.#broken = error;
      if (this.#host.signal.aborted) this.#host.signal.throwIfAborted();
      throw error;
    }
  }
}
