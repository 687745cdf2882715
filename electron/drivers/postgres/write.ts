import type { Counts } from '#shared/model/run.ts';
import type { Row, Value } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import type {
  Chunk,
  Fence,
  LoadResult,
  OutputSpec,
  RelationalTransaction,
  ServerEndpoint,
  TransactionPurpose,
} from '../relational.ts';
import { ChunkClaim } from '../shared/chunk-claim.ts';
import { fencedWords } from '../shared/control-text.ts';
import { change, insertWritten, type KeepPlace, namingTheRow } from './change.ts';
import { controlSchema } from './control.ts';
import { copyIn } from './copy-in.ts';
import { decodeRow } from './decode.ts';
import { encodeText, hexText } from './encode.ts';
import { ownFailure } from './errors.ts';
import { rowOfOrphan } from './foreign-keys.ts';
import type { Link } from './link.ts';
import { quote, quoteAll } from './names.ts';
import { nameOf, type Relation, requireRelation } from './relation.ts';
import { RowWriter, refuseUnfit } from './row-writer.ts';
import { realSchema } from './scratch-name.ts';
import { runScript } from './script.ts';
import { Stage } from './stage.ts';
import { decodingOf } from './types.ts';
import { removeExact, undoKept } from './undo.ts';

export type TransactionHost = {
  readonly link: Link;
  readonly endpoint: ServerEndpoint;
  readonly schema: string;
  readonly env: Environment;
  readonly purpose: TransactionPurpose;
  /** Gives the connection back and lets the next transaction begin. */
  readonly leave: () => Promise<void>;
  readonly signal: AbortSignal;
};

export async function beginTransaction(host: TransactionHost): Promise<PostgresTransaction> {
  // Deferrable constraints are checked as a whole where the purpose asks for it, else as they were declared.
  const deferred = host.purpose === 'rows' ? '' : '; SET CONSTRAINTS ALL DEFERRED';
  await host.link.query(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE${deferred}`);
  return new PostgresTransaction(host);
}

/** Rows that are staged at once. */
const stagePage = 8192;

export class PostgresTransaction implements RelationalTransaction {
  readonly link: Link;
  readonly purpose: TransactionPurpose;
  readonly #host: TransactionHost;
  readonly #own: string;
  readonly #relations = new Map<string, Promise<Relation>>();
  readonly #stages = new Map<OutputSpec, Stage>();
  readonly #claim: ChunkClaim;
  #open = true;

  constructor(host: TransactionHost) {
    this.#host = host;
    this.link = host.link;
    this.purpose = host.purpose;
    this.#own = quote(controlSchema(host.endpoint));
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
    this.#mustBeOpen();
    if (output.mode === 'insert' && keep === 'nothing') return this.#copy(output, batches);
    const stage = await this.#stage(output);
    const place: KeepPlace = { own: this.#own, chunk, fence };
    let result: LoadResult = { inserted: 0, updated: 0, same: 0 };
    let first = 0;
    for await (const page of pages(batches)) {
      await stage.fill(page, first, this.#host.signal);
      const one = await namingTheRow(this.link, first, page.length, (range) =>
        output.mode === 'insert'
          ? insertWritten(this.link, stage, place, range)
          : change(this.link, stage, keep === 'preimages' ? place : null, range),
      );
      first += page.length;
      result = {
        inserted: result.inserted + one.inserted,
        updated: result.updated + one.updated,
        same: result.same + one.same,
      };
    }
    return result;
  }

  async removeExact(output: OutputSpec, rows: Iterable<Row>) {
    this.#mustBeOpen();
    return removeExact(this.link, await this.#stage(output), rows, this.#host.signal);
  }

  async undoKept(output: OutputSpec, chunk: Chunk, fence: Fence) {
    this.#mustBeOpen();
    const place: KeepPlace = { own: this.#own, chunk, fence };
    return undoKept(this.link, await this.#relation(output.table), output, place, this.#host.signal);
  }

  async script(sql: string, onStatement: (ordinal: number, text: string) => void): Promise<number> {
    this.#mustBeOpen();
    this.#forget();
    this.link.spent = true;
    return runScript(this.link, sql, onStatement, realSchema(this.#host.endpoint));
  }

  async execute(sql: string, values: readonly Value[] = []): Promise<number> {
    this.#mustBeOpen();
    this.#forget();
    return (await this.link.query(sql, values.map(parameter))).count;
  }

  async query(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    this.#mustBeOpen();
    const { rows, fields } = await this.link.query(sql, values.map(parameter));
    const decodings = fields.map((field) => decodingOf(field.dataTypeID));
    return rows.map((row) => decodeRow(row, decodings));
  }

  async commit(counts: Counts | null, digest: string | null): Promise<void> {
    this.#mustBeOpen();
    const { row } = this.#claim;
    if (row && (counts !== null || digest !== null)) {
      await this.link.query(
        `UPDATE ${this.#own}.chunk SET counts = $1, digest = $2 WHERE run_id = $3 AND unit = $4 AND path = $5`,
        [counts && JSON.stringify(counts), digest, ...row],
      );
    }
    this.#claim.beforeCommit();
    const { command } = await this.link.query('COMMIT');
    // A transaction that failed before is rolled back by COMMIT, without an error.
    if (command !== 'COMMIT')
      throw ownFailure(
        'NOT_COMMITTED',
        'permanent',
        'A statement of this transaction had failed, so nothing was committed.',
      );
    this.#claim.afterCommit();
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    try {
      if (!this.link.lost) await this.link.query('ROLLBACK');
    } catch {
      // The server rolls back by itself when the connection ends.
      this.link.destroy();
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    this.#open = false;
    await this.#host.leave();
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Error('The transaction has ended');
    this.#host.signal.throwIfAborted();
  }

  /** Straight into the table: the line that the server names is the row. */
  async #copy(
    output: OutputSpec,
    batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
  ): Promise<LoadResult> {
    const relation = await this.#relation(output.table);
    const writer = new RowWriter(relation, output.columns);
    const seen: (readonly Row[])[] = [];
    const watched = relation.hasForeignKeys ? remembering(batches, seen) : batches;
    const into = `${nameOf(relation)} (${quoteAll(output.columns)})`;
    const target = { into, table: relation.name, relation: relation.name, columns: output.columns };
    try {
      const inserted = await copyIn(this.link, target, watched, (row, n) => writer.line(row, n), this.#host.signal);
      return { inserted, updated: 0, same: 0 };
    } catch (error) {
      // Foreign keys are checked at the end of the statement, so the server names the key and no line.
      throw rowOfOrphan(error, output, writer, seen) ?? error;
    }
  }

  /** Moves the chunk's row to `state` under this epoch, or says why not: its state, or `fenced`. */
  async #take(chunk: Chunk, fence: Fence, state: 'done' | 'undone', from: readonly string[]): Promise<string> {
    this.#mustBeOpen();
    const own = this.#own;
    const { count } = await this.link.query(
      `UPDATE ${own}.chunk SET state = $1, epoch = $2 WHERE run_id = $3 AND unit = $4 AND path = $5
         AND state = ANY ($6::text[]) AND (SELECT epoch FROM ${own}.run WHERE run_id = $3) = $2::bigint`,
      [state, String(fence.epoch), fence.runId, chunk.unit, chunk.path, `{${from.join(',')}}`],
    );
    if (count === 1) return 'taken';
    const known = await this.link.cell(`SELECT epoch FROM ${own}.run WHERE run_id = $1`, [fence.runId]);
    if (known !== String(fence.epoch)) return 'fenced';
    const sql = `SELECT state FROM ${own}.chunk WHERE run_id = $1 AND unit = $2 AND path = $3`;
    const found = await this.link.cell(sql, [fence.runId, chunk.unit, chunk.path]);
    if (typeof found === 'string') return found;
    const words = known === null || known === undefined ? fencedWords(fence, known) : '';
    throw ownFailure(
      'NO_CHUNK',
      'permanent',
      `The target has no chunk ${chunk.path} of ${chunk.unit}. ${words}`.trim(),
    );
  }

  #relation(table: string): Promise<Relation> {
    const known = this.#relations.get(table);
    if (known) return known;
    const found = requireRelation(this.link, this.#host.schema, table);
    this.#relations.set(table, found);
    return found;
  }

  async #stage(output: OutputSpec): Promise<Stage> {
    const known = this.#stages.get(output);
    if (known) return known;
    const stage = new Stage(this.link, await this.#relation(output.table), output);
    this.#stages.set(output, stage);
    return stage;
  }

  /** The structure may be another one now. */
  #forget(): void {
    this.#relations.clear();
    this.#stages.clear();
  }
}

async function* remembering(
  batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
  seen: (readonly Row[])[],
): AsyncGenerator<readonly Row[]> {
  for await (const batch of batches) {
    seen.push(batch);
    yield batch;
  }
}

async function* pages(
  batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let page: Row[] = [];
  for await (const batch of batches) {
    for (const row of batch) {
      page.push(row);
      if (page.length < stagePage) continue;
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

/** A value of the engine's own statements: the server finds its type from the statement. */
export function parameter(value: Value): string | null {
  if (value === null) return null;
  const text = value instanceof Uint8Array ? hexText(value) : encodeText(value);
  refuseUnfit(text);
  return text;
}
