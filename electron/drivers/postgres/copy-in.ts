import copy from 'pg-copy-streams';
import type { Row } from '#shared/model/value.ts';
import type { DbFailure } from '../relational.ts';
import { Interruption } from '../shared/interruption.ts';
import { LineBuffer } from '../shared/line-buffer.ts';
import { Pace } from '../shared/pace.ts';
import { dbFailure, type ServerError } from './errors.ts';
import type { Link } from './link.ts';

const bufferLength = 1 << 16;

/** Where the lines go, and who is told of a row that is refused. */
export type CopyTarget = {
  /** As SQL, with its columns. */
  readonly into: string;
  /** Table that the rows are meant for. */
  readonly table: string;
  /** Name of the relation as the server says it in errors, and columns that it may name. */
  readonly relation: string;
  readonly columns: readonly string[];
};

/**
 * Streams lines into a table. Each row is one line, so that the line that the server names is the row. An error of `batches`
 * itself leaves as it is, after the server was told to forget the copy.
 */
export async function copyIn(
  link: Link,
  target: CopyTarget,
  batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
  lineOf: (row: Row, ordinal: number) => string,
  signal?: AbortSignal,
): Promise<number> {
  const pace = new Pace(signal);
  const sql = `COPY ${target.into} FROM STDIN`;
  const stream = link.client.query(copy.from(sql, { highWaterMark: bufferLength * 2 }));
  const refusal = new Interruption();
  stream.on('error', (error) => refusal.raise(new ServerSays(error)));
  // At once, also while the next rows do not come: the server waits with its locks.
  const stopped = (): void => {
    refusal.raise(signal?.reason as Error);
    stream.destroy(refusal.error ?? undefined);
  };
  // The library breaks when it is written to after an error.
  const write = async (bytes: Buffer): Promise<void> => {
    refusal.throwIfRaised();
    if (!stream.write(bytes)) await refusal.until(drained(stream));
  };
  signal?.addEventListener('abort', stopped, { once: true });
  let rows = 0;
  try {
    const lines = new LineBuffer(bufferLength);
    for await (const batch of untilRefused(batches, refusal)) {
      for (let index = 0; index < batch.length; index += 1) {
        const line = lineOf(batch[index] as Row, rows);
        rows += 1;
        if (lines.add(line)) continue;
        await write(lines.take());
        lines.add(line);
        if (pace.due()) await refusal.until(pace.rest());
      }
    }
    if (!lines.isEmpty) await write(lines.take());
    refusal.throwIfRaised();
    const finished = new Promise<void>((resolve) => stream.once('finish', () => resolve()));
    stream.end();
    await refusal.until(finished);
    return rows;
  } catch (error) {
    if (error instanceof ServerSays) throw located(link, error.cause, sql, target);
    await giveUp(stream);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stopped);
  }
}

/** The batches, given up as soon as there is a failure: the one that is waited for may never come. */
async function* untilRefused<T>(batches: Iterable<T> | AsyncIterable<T>, refusal: Interruption): AsyncGenerator<T> {
  const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await refusal.until(Promise.resolve(iterator.next()));
      if (next.done) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

class ServerSays extends Error {
  constructor(cause: unknown) {
    super('The server refused the copy', { cause });
  }
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once('drain', () => resolve()));
}

/** CopyFail: the server rolls the statement back and answers at once, also when it waits for data. */
function giveUp(stream: import('node:stream').Writable): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('close', () => resolve());
    stream.destroy(new Error('Overland gave the copy up'));
  });
}

/** "COPY t, line 3, column a: ..." in the words of any language. */
function located(link: Link, thrown: unknown, sql: string, target: CopyTarget): DbFailure {
  const { where } = thrown as ServerError;
  const prefix = `COPY ${target.relation}, `;
  const context = where?.split('\n').find((line) => line.startsWith(prefix));
  if (context !== undefined) {
    const found = /^\D*(\d+)(?:, \S+ ([\s\S]*))?/.exec(context.slice(prefix.length));
    const rest = found?.[2];
    const column =
      rest === undefined ? undefined : target.columns.find((name) => rest === name || rest.startsWith(`${name}:`));
    if (found) {
      const failure = dbFailure(thrown, {
        table: target.table,
        row: Number(found[1]) - 1,
        statement: sql,
        ...(column ? { column } : {}),
      });
      return link.failed(failure) as DbFailure;
    }
  }
  return link.failed(thrown, { statement: sql, table: target.table }) as DbFailure;
}
