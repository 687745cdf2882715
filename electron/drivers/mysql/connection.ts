import type { Readable } from 'node:stream';
import mysql from 'mysql2';
import type { Value } from '#shared/model/value.ts';
import { decoderFor, invalidText, type ResultField, resultType } from './decode.ts';
import { dbFailure, isLost, ownFailure } from './errors.ts';

/** A row of a result as the server sent it. */
export type RawRow = readonly (Buffer | null)[];

export type Outcome = {
  readonly affected: number;
  readonly warnings: number;
};

/** Takes rows as they arrive; `add` says how many bytes the row has. */
export type RowSink<T> = {
  readonly fields?: (fields: readonly ResultField[]) => void;
  readonly add: (row: RawRow) => number;
  readonly take: () => T;
};

/** Few enough that the rows of a batch die young. */
const mostRows = 512;
const mostBytes = 1 << 20;
/** Batches that wait for the consumer before the socket is paused. */
const mostWaiting = 4;

const rawResult = { rowsAsArray: true, typeCast: false } as const;

/**
 * One connection. Statements are sent one at a time in the order of the calls; values arrive exact, since they are decoded
 * here from the bytes that the server sent.
 */
export class MysqlConnection {
  readonly #raw: mysql.Connection;
  #lost = false;
  #running: string | null = null;
  #onLost: ((error: unknown) => void) | null = null;

  constructor(raw: mysql.Connection) {
    this.#raw = raw;
    // mysql2 tells a statement without a callback nothing when its connection is cut.
    const lost = (error: unknown): void => {
      this.#lost = true;
      this.#onLost?.(error);
    };
    raw.on('error', lost);
    raw.on('end', () => lost(cutOff()));
  }

  /** The server's number of this session. */
  get id(): number {
    return this.#raw.threadId;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** The statement that runs now. */
  get running(): string | null {
    return this.#running;
  }

  async query(
    sql: string,
    values: readonly Value[] = [],
  ): Promise<{ readonly fields: readonly ResultField[]; readonly rows: Value[][] }> {
    const { result, fields } = await this.#send(sql, (done) =>
      this.#raw.query({ sql: bound(sql, values), ...rawResult }, done),
    );
    if (!Array.isArray(result)) return { fields: [], rows: [] };
    const known = (fields ?? []) as unknown as ResultField[];
    const decoders = known.map((field) => decoderFor(resultType(field)));
    const rows = (result as unknown as RawRow[]).map((raw) =>
      raw.map((cell, index): Value => {
        const value = cell === null ? null : (decoders[index]?.(cell) ?? null);
        if (value === invalidText) throw ownFailure('INVALID_TEXT', 'data', 'A text of the result is not valid UTF-8.');
        return value;
      }),
    );
    return { fields: known, rows };
  }

  /** Rows as the server sent them. */
  async rawRows(sql: string): Promise<readonly RawRow[]> {
    const { result } = await this.#send(sql, (done) => this.#raw.query({ sql, ...rawResult }, done));
    return Array.isArray(result) ? (result as RawRow[]) : [];
  }

  async rows(sql: string, values: readonly Value[] = []): Promise<Value[][]> {
    return (await this.query(sql, values)).rows;
  }

  async cell(sql: string, values: readonly Value[] = []): Promise<Value | undefined> {
    return (await this.rows(sql, values))[0]?.[0];
  }

  async run(sql: string, values: readonly Value[] = []): Promise<Outcome> {
    const { result } = await this.#send(sql, (done) =>
      this.#raw.query({ sql: bound(sql, values), ...rawResult }, done),
    );
    return outcomeOf(result);
  }

  /** A statement prepared once per connection; texts and bytes only, so that the server converts and nobody rounds. */
  async execute(sql: string, values: readonly (string | Buffer | null)[]): Promise<Outcome> {
    const { result } = await this.#send(sql, (done) =>
      this.#raw.execute(sql, values as (string | Buffer | null)[], done),
    );
    return outcomeOf(result);
  }

  /** `LOAD DATA LOCAL INFILE` of a stream, which must not fail: mysql2 would not tidy up after it. */
  async loadLocal(sql: string, source: () => Readable): Promise<Outcome> {
    const { result } = await this.#send(sql, (done) => this.#raw.query({ sql, infileStreamFactory: source }, done));
    return outcomeOf(result);
  }

  /** Warnings of the statement before; `row` from 1 where the text names one. */
  async warnings(): Promise<{ readonly level: string; readonly errno: number; readonly message: string }[]> {
    const rows = await this.rows('SHOW WARNINGS');
    return rows.map(([level, errno, message]) => ({
      level: String(level),
      errno: Number(errno),
      message: String(message),
    }));
  }

  /**
   * Rows of a query while they arrive. The socket is paused while the consumer is busy. When the consumer ends early or the
   * signal is aborted, `cancel` must end the query on the server.
   */
  async *stream<T>(
    sql: string,
    sink: RowSink<T>,
    cancel: () => Promise<void>,
    signal?: AbortSignal,
  ): AsyncGenerator<T> {
    signal?.throwIfAborted();
    const waiting: T[] = [];
    let rows = 0;
    let bytes = 0;
    let paused = false;
    let ended = false;
    let abandoned = false;
    let failure: unknown = null;
    let refused: { readonly error: unknown } | null = null;
    let wake: () => void = () => undefined;
    const cut = (): void => {
      if (rows === 0) return;
      waiting.push(sink.take());
      rows = 0;
      bytes = 0;
      wake();
    };
    this.#running = sql;
    const query = this.#raw.query({ sql, ...rawResult });
    query.on('fields', (fields) => sink.fields?.(fields as unknown as ResultField[]));
    query.on('result', (row) => {
      if (abandoned || refused) return;
      try {
        bytes += sink.add(row as unknown as RawRow);
      } catch (error) {
        // Nothing may be thrown into the protocol; the consumer gets it.
        refused = { error };
        wake();
        return;
      }
      rows += 1;
      if (rows < mostRows && bytes < mostBytes) return;
      cut();
      if (waiting.length < mostWaiting || paused) return;
      paused = true;
      this.#raw.pause();
    });
    const end = new Promise<void>((resolve) => {
      const fail = (error: unknown): void => {
        failure ??= error;
        ended = true;
        if (isLost(error)) this.#lost = true;
        wake();
        resolve();
      };
      this.#onLost = fail;
      query.on('error', fail);
      query.on('end', () => {
        if (!abandoned && !refused) cut();
        ended = true;
        wake();
        resolve();
      });
    });
    const onAbort = (): void => wake();
    signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (refused) throw (refused as { readonly error: unknown }).error;
        const batch = waiting.shift();
        if (batch !== undefined) {
          yield batch;
          continue;
        }
        if (paused) {
          paused = false;
          this.#raw.resume();
          continue;
        }
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw dbFailure(failure, { statement: sql });
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (!ended) {
        abandoned = true;
        await cancel().catch(() => this.destroy());
        if (paused) this.#raw.resume();
        if (!this.#lost) await end;
      }
      this.#running = null;
      this.#onLost = null;
    }
  }

  /** Ends politely. */
  async close(): Promise<void> {
    if (this.#lost) {
      this.#raw.destroy();
      return;
    }
    this.#lost = true;
    await new Promise<void>((resolve) => this.#raw.end(() => resolve()));
  }

  /** Ends at once; what runs on the server may go on until it notices. */
  destroy(): void {
    this.#lost = true;
    this.#raw.destroy();
  }

  #send(
    sql: string,
    act: (done: (error: mysql.QueryError | null, result: unknown, fields?: unknown) => void) => void,
  ): Promise<{ readonly result: unknown; readonly fields: unknown }> {
    return new Promise((resolve, reject) => {
      if (this.#lost) {
        reject(dbFailure(cutOff()));
        return;
      }
      this.#running = sql;
      act((error, result, fields) => {
        this.#running = null;
        if (!error) {
          resolve({ result, fields });
          return;
        }
        if (isLost(error)) this.#lost = true;
        reject(dbFailure(error, { statement: sql }));
      });
    });
  }
}

function cutOff(): Error {
  return Object.assign(new Error('The connection is lost.'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true });
}

function outcomeOf(result: unknown): Outcome {
  const { affectedRows, warningStatus } = (Array.isArray(result) ? {} : (result ?? {})) as {
    affectedRows?: number;
    warningStatus?: number;
  };
  return { affected: affectedRows ?? (Array.isArray(result) ? result.length : 0), warnings: warningStatus ?? 0 };
}

/** Values put into the text as literals: for statements that run once. */
function bound(sql: string, values: readonly Value[]): string {
  return values.length === 0 ? sql : mysql.format(sql, values.map(literalValue));
}

function literalValue(value: Value): string | number | bigint | boolean | Buffer | null {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === 'object' && value !== null) {
    throw ownFailure('ARRAY', 'data', 'An array cannot be a value of MySQL; turn it into JSON text first.');
  }
  return value;
}
