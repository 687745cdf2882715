import { isAscii } from 'node:buffer';
import copy from 'pg-copy-streams';
import type { Reject, Row } from '#shared/model/value.ts';
import type { ReadReject, RowBatch } from '../relational.ts';
import { decodeLine, unescapeField } from './decode.ts';
import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import type { Decoding } from './types.ts';

/** What the lines of a COPY mean. */
export type Lines = {
  readonly columns: readonly string[];
  readonly decodings: readonly Decoding[];
  /** Positions of the columns that name a record, after those of `columns` in each line. */
  readonly keys: number;
  /** Bytes that are not valid UTF-8 may come: the database declares no encoding. */
  readonly unchecked: boolean;
};

/** A batch stays around this size; the rows of it die young. */
const batchBytes = 1 << 18;
const batchRows = 2048;
const pieceBytes = 1 << 12;

/**
 * Bytes of `COPY (...) TO STDOUT` as they arrive; the network waits while nobody takes them. Ended early, the connection is
 * cut: the server would go on sending otherwise.
 */
export async function* copyOut(link: Link, query: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const sql = `COPY (${query}) TO STDOUT`;
  const stream = link.client.query(copy.to(sql, { highWaterMark: 1 << 18 }));
  const cut = (): void => link.destroy();
  signal?.addEventListener('abort', cut, { once: true });
  let ended = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
    ended = true;
    signal?.throwIfAborted();
    // The stream ends with the data; only the answer to a next statement says that the server has ended as well.
    await link.query('');
  } catch (error) {
    ended = !link.lost;
    signal?.throwIfAborted();
    throw link.failed(error, { statement: sql });
  } finally {
    signal?.removeEventListener('abort', cut);
    if (!ended) link.destroy();
  }
}

/** Rows of COPY's text in batches. */
export async function* decodeLines(chunks: AsyncIterable<Buffer>, lines: Lines): AsyncGenerator<RowBatch> {
  let rest: Buffer[] = [];
  let open = new Batch(lines);
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10);
    if (end < 0) {
      rest.push(chunk);
      continue;
    }
    const whole = rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...rest, chunk.subarray(0, end)]);
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    open.addAll(whole);
    if (open.rows.length >= batchRows || open.bytes >= batchBytes) {
      yield open;
      open = new Batch(lines);
    }
  }
  if (rest.length > 0) throw ownFailure('COPY', 'transient', 'The server ended in the middle of a row.');
  if (open.rows.length > 0 || open.rejects.length > 0) yield open;
}

class Batch implements RowBatch {
  readonly rows: Row[] = [];
  readonly rejects: ReadReject[] = [];
  bytes = 0;
  readonly #lines: Lines;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Bytes of whole lines, without the last line end. */
  addAll(bytes: Buffer): void {
    this.bytes += bytes.length;
    for (const piece of piecesOf(bytes)) this.#addPiece(piece);
  }

  #addPiece(bytes: Buffer): void {
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    const { decodings, unchecked } = this.#lines;
    if (unchecked && text.includes('\ufffd')) {
      for (let from = 0; from <= bytes.length; ) {
        const found = bytes.indexOf(10, from);
        const to = found < 0 ? bytes.length : found;
        this.#addChecked(bytes.subarray(from, to));
        from = to + 1;
      }
      return;
    }
    for (let from = 0; ; ) {
      const to = text.indexOf('\n', from);
      this.rows.push(decodeLine(to < 0 ? text.slice(from) : text.slice(from, to), decodings));
      if (to < 0) return;
      from = to + 1;
    }
  }

  #addChecked(line: Buffer): void {
    const { columns, decodings } = this.#lines;
    const fields = splitFields(line);
    const row = decodeLine(line.toString('utf8'), decodings);
    const bad = columns.findIndex((_name, index) => !isUtf8(fields[index] as Buffer));
    if (bad < 0) {
      this.rows.push(row);
      return;
    }
    const reject: Reject = {
      key: fields
        .slice(columns.length)
        .map((field) => unescapeField(field.toString('utf8')))
        .join(', '),
      item: null,
      output: null,
      code: 'invalid_utf8',
      message: `The text in column '${columns[bad]}' holds bytes that are not valid UTF-8.`,
      column: columns[bad] as string,
    };
    this.rejects.push({
      ...reject,
      row: row.slice(0, columns.length).map((value, index) => {
        const field = fields[index] as Buffer;
        return isUtf8(field) ? value : new Uint8Array(Buffer.from(unescapeField(field.toString('latin1')), 'latin1'));
      }),
      at: this.rows.length,
    });
  }
}

/**
 * Whole lines in pieces of about one size. A character beyond Latin 1 makes all text that is decoded with it twice as wide and
 * several times as slow; ASCII is only copied.
 */
function* piecesOf(bytes: Buffer): Generator<Buffer> {
  let from = 0;
  while (bytes.length - from > pieceBytes) {
    const before = bytes.lastIndexOf(10, from + pieceBytes);
    const end = before >= from ? before : bytes.indexOf(10, from + pieceBytes);
    if (end < 0) break;
    yield bytes.subarray(from, end);
    from = end + 1;
  }
  yield bytes.subarray(from);
}

function splitFields(line: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let from = 0; from <= line.length; ) {
    const found = line.indexOf(9, from);
    const to = found < 0 ? line.length : found;
    fields.push(line.subarray(from, to));
    from = to + 1;
  }
  return fields;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(bytes: Buffer): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
