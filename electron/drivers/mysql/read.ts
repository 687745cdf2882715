import type { Row, Value } from '#shared/model/value.ts';
import type { Bounds, ReadReject, RowBatch } from '../relational.ts';
import type { RawRow, RowSink } from './connection.ts';
import { type Decoder, decoderFor, invalidText } from './decode.ts';
import { quote } from './names.ts';
import { type OrderedTable, rangeOf } from './ordered.ts';
import type { Column } from './relation.ts';
import { selected } from './types.ts';

/**
 * Character sets whose every text, invalid ones too, arrives as it is. Of what is no character in another one the server
 * makes a question mark, in silence.
 */
const safeCharsets = new Set(['utf8mb4', 'latin1', 'binary', 'ucs2', 'utf16', 'utf16le', 'utf32']);

/** The query of a range, and what takes its rows. `key` names the columns that name a record. */
export function rangeReader(
  source: OrderedTable,
  columns: readonly Column[],
  key: readonly string[],
  bounds: Pick<Bounds, 'from' | 'to'>,
): { readonly sql: string; readonly sink: RowSink<RowBatch> } {
  const keys = key.map((name) => ({
    at: columns.findIndex((one) => one.name.toLowerCase() === name.toLowerCase()),
    sql: quote(name),
  }));
  const doubtful = columns.flatMap((column, at) =>
    column.charset !== null && !safeCharsets.has(column.charset) ? [{ column, at }] : [],
  );
  const list = [
    ...columns.map((column) => selected(column.kind, quote(column.name))),
    ...doubtful.map(({ column }) => lostInUtf8(column)),
    ...keys.filter((one) => one.at < 0).map((one) => one.sql),
  ];
  const sql = `SELECT ${list.join(', ') || '1'} ${rangeOf(source, bounds)}`;
  let extra = columns.length + doubtful.length;
  const keyAt = keys.map((one) => (one.at < 0 ? extra++ : one.at));
  return {
    sql,
    sink: rowSink(
      columns,
      doubtful.map((one) => one.at),
      keyAt,
    ),
  };
}

/** Decodes rows; those with text that is not valid become rejects that keep the bytes. */
export function rowSink(
  columns: readonly Pick<Column, 'name' | 'kind' | 'type'>[],
  doubtful: readonly number[],
  keyAt: readonly number[],
): RowSink<RowBatch> {
  const decoders: readonly Decoder[] = columns.map(decoderFor);
  const width = decoders.length;
  let rows: Row[] = [];
  let rejects: ReadReject[] = [];
  let bytes = 0;
  return {
    add(raw) {
      const row: Value[] = new Array(width);
      let size = 0;
      let bad = -1;
      for (let index = 0; index < width; index += 1) {
        const cell = raw[index] as Buffer | null;
        if (cell === null) {
          row[index] = null;
          continue;
        }
        size += cell.length;
        const value = (decoders[index] as Decoder)(cell);
        if (value === invalidText) {
          bad = bad < 0 ? index : bad;
          row[index] = new Uint8Array(cell);
        } else row[index] = value;
      }
      for (let index = 0; index < doubtful.length; index += 1) {
        const original = raw[width + index] as Buffer | null;
        if (original === null) continue;
        const at = doubtful[index] as number;
        bad = bad < 0 ? at : bad;
        row[at] = new Uint8Array(original);
      }
      if (bad < 0) rows.push(row);
      else rejects.push(rejectOf(columns, row, bad, keyAt, raw, rows.length));
      bytes += size;
      return size;
    },
    take() {
      const batch = { rows, bytes, rejects };
      rows = [];
      rejects = [];
      bytes = 0;
      return batch;
    },
  };
}

function rejectOf(
  columns: readonly { readonly name: string }[],
  row: Row,
  bad: number,
  keyAt: readonly number[],
  raw: RawRow,
  at: number,
): ReadReject {
  const column = columns[bad]?.name ?? '';
  return {
    key: keyAt.map((index) => raw[index]?.toString('utf8') ?? 'null').join(', '),
    item: null,
    output: null,
    code: 'invalid_utf8',
    message: `The text in column '${column}' holds bytes that are no characters in its character set.`,
    column,
    row,
    at,
  };
}

/** The stored bytes where the trip through UTF-8 would lose something, else NULL. */
function lostInUtf8({ name, charset }: Column): string {
  const column = quote(name);
  // CAST(... AS BINARY) converts, HEX does not.
  const stored = `UNHEX(HEX(${column}))`;
  const sent = `CONVERT(${column} USING utf8mb4)`;
  return `CASE WHEN LOCATE('?', ${sent}) > 0 AND UNHEX(HEX(CONVERT(${sent} USING ${charset}))) <> ${stored} THEN ${stored} END`;
}
