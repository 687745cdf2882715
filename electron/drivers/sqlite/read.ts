import type { Row } from '#shared/model/value.ts';
import type { Bounds, ReadReject, RowBatch } from '../relational.ts';
import { Pace } from '../shared/pace.ts';
import { type Connection, cell, type RawRow } from './database.ts';
import { keptFor } from './kept.ts';
import { quote } from './names.ts';
import { addressOf, type Ordered, pageOf, selectOf } from './ordered.ts';

/** Few enough that the rows of a batch die young; a page costs little more than its rows. */
const mostRows = 512;
const firstRows = 256;
/** A batch should stay around this size, so that memory does not follow the width of the rows. */
const targetBytes = 1 << 20;
/** What invalid bytes become on the way to JavaScript, and what a text may hold in its own right. */
const replacement = '\ufffd';

/**
 * The rows of a range in batches, in the order of their address. Values are exact: a text whose bytes are not valid in the
 * file's encoding arrives as a reject that keeps the bytes. `key` names the columns that name a record.
 */
export async function* readRange(
  source: Ordered,
  columns: readonly string[],
  key: readonly string[],
  bounds: Bounds,
  signal?: AbortSignal,
): AsyncGenerator<RowBatch> {
  const pace = new Pace(signal);
  const width = columns.length;
  const at = source.address.map((part) => columns.findIndex((name) => quote(name) === part));
  const told = at.every((index) => index >= 0);
  const select = selectOf(columns, told ? [] : source.address);
  const to = addressOf(source, bounds.to);
  let from = addressOf(source, bounds.from);
  let limit = firstRows;
  for (;;) {
    const sql = `${select} ${pageOf(source, from !== null, to !== null)}`;
    const rows = keptFor(source.db, sql, () => source.db.prepare(sql).raw(true)).all(
      ...(from ?? []),
      ...(to ?? []),
      BigInt(limit),
    ) as RawRow[];
    if (rows.length === 0) return;
    const before = from;
    const last = rows.at(-1) as RawRow;
    from = told ? at.map((index) => last[index] as RawRow[number]) : last.slice(width);
    let bytes = 0;
    let suspicious = false;
    for (const row of rows) {
      if (!told) row.length = width;
      for (const value of row) {
        if (typeof value === 'string') {
          bytes += value.length;
          if (value.includes(replacement)) suspicious = true;
        } else bytes += value instanceof Uint8Array ? value.byteLength : 8;
      }
    }
    if (suspicious) yield withoutInvalid(source, columns, key, { before, to, limit }, rows, bytes);
    else yield { rows, bytes, rejects: [] };
    if (rows.length < limit) return;
    limit = Math.max(1, Math.min(mostRows, Math.floor((targetBytes * rows.length) / Math.max(bytes, 1))));
    if (pace.due()) await pace.rest();
  }
}

/** Reads the same page again as bytes and takes out the rows whose text does not decode. */
function withoutInvalid(
  source: Ordered,
  columns: readonly string[],
  key: readonly string[],
  page: { readonly before: RawRow | null; readonly to: RawRow | null; readonly limit: number },
  rows: readonly Row[],
  bytes: number,
): RowBatch {
  const decoder = new TextDecoder(encodingOf(source.db), { fatal: true, ignoreBOM: true });
  const asBytes = columns.map(
    (name) => `CASE typeof(${quote(name)}) WHEN 'text' THEN CAST(${quote(name)} AS BLOB) END`,
  );
  const keys = key.map((name) => quote(name));
  const sql = `SELECT ${[...asBytes, ...keys].join(', ')} ${pageOf(source, page.before !== null, page.to !== null)}`;
  const again = source.db
    .prepare(sql)
    .raw(true)
    .iterate(...(page.before ?? []), ...(page.to ?? []), BigInt(page.limit)) as IterableIterator<RawRow>;
  const good: Row[] = [];
  const rejects: ReadReject[] = [];
  let at = 0;
  for (const raw of again) {
    const row = rows[at] as Row;
    at += 1;
    const bad = columns.findIndex(
      (_name, index) => (row[index] as unknown)?.toString().includes(replacement) && !decodes(decoder, raw[index]),
    );
    if (bad < 0) good.push(row);
    else {
      rejects.push({
        key: raw.slice(columns.length).map(String).join(', '),
        item: null,
        output: null,
        code: 'invalid_utf8',
        message: `The text in column '${columns[bad]}' holds bytes that are not valid ${encodingName(source.db)}.`,
        column: columns[bad] as string,
        row: row.map((value, index) => (decodes(decoder, raw[index]) ? value : (raw[index] as Uint8Array))),
        at: good.length,
      });
    }
  }
  return { rows: good, bytes, rejects };
}

function decodes(decoder: InstanceType<typeof TextDecoder>, bytes: RawRow[number] | undefined): boolean {
  if (!(bytes instanceof Uint8Array)) return true;
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function encodingName(db: Connection): string {
  return String(cell(db, 'PRAGMA encoding'));
}

function encodingOf(db: Connection): string {
  const name = encodingName(db);
  return name === 'UTF-16le' ? 'utf-16le' : name === 'UTF-16be' ? 'utf-16be' : 'utf-8';
}
