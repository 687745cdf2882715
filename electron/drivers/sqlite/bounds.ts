import type { Bounds } from '../relational.ts';
import { Pace } from '../shared/pace.ts';
import type { RawRow } from './database.ts';
import { quote } from './names.ts';
import { addressOf, addressText, type Ordered, pageOf, wholeRange } from './ordered.ts';

const pageRows = 4096;

/** Ranges of at most so many rows and bytes (one row at least), each beginning after the one before. */
export async function* splitIntoBounds(
  source: Ordered,
  columns: readonly string[],
  target: { readonly rows: number; readonly bytes: number },
  signal?: AbortSignal,
): AsyncGenerator<Bounds> {
  const pace = new Pace(signal);
  const width = source.address.length;
  const size = columns.map((name) => `ifnull(octet_length(${quote(name)}), 0)`).join(' + ') || '0';
  const select = `SELECT ${source.address.join(', ')}, ${size}`;
  const limits = { rows: Math.max(1, target.rows), bytes: Math.max(1, target.bytes) };
  let page: RawRow | null = null;
  let from: string | null = null;
  let last: RawRow | null = null;
  let records = 0;
  let bytes = 0;
  const cut = (): Bounds => {
    const bounds: Bounds = { from, to: addressText(source, last as RawRow), inclusive: 'to', records };
    from = bounds.to;
    records = 0;
    bytes = 0;
    return bounds;
  };
  for (;;) {
    const place = pageOf(source, page !== null, false);
    const values: RawRow = [...(page ?? []), BigInt(pageRows)];
    const sum = source.byRowid ? sumOf(source, size, place, values) : null;
    let found = sum?.records ?? 0;
    if (sum && records + sum.records <= limits.rows && bytes + sum.bytes <= limits.bytes) {
      records += sum.records;
      bytes += sum.bytes;
      last = sum.last ?? last;
    } else {
      const rows = source.db.prepare(`${select} ${place}`).raw(true).all(values) as RawRow[];
      for (const row of rows) {
        const rowBytes = Number(row[width]);
        if (records > 0 && (records >= limits.rows || bytes + rowBytes > limits.bytes)) yield cut();
        records += 1;
        bytes += rowBytes;
        last = row.slice(0, width);
      }
      found = rows.length;
    }
    if (found < pageRows) break;
    page = last;
    if (pace.due()) await pace.rest();
  }
  if (records > 0) yield cut();
}

/** A page in one row: most pages lie within a range, and need no look at each of their rows. */
function sumOf(
  source: Ordered,
  size: string,
  place: string,
  values: RawRow,
): { readonly records: number; readonly bytes: number; readonly last: RawRow | null } {
  const sql = `SELECT count(*), sum(size), max(address) FROM (SELECT ${source.address.join()} AS address, ${size} AS size ${place})`;
  const [records, bytes, last] = source.db.prepare(sql).raw(true).get(values) as RawRow;
  return { records: Number(records), bytes: Number(bytes ?? 0), last: last === null ? null : [last as bigint] };
}

/** Splits a range after `hint` records or in the middle; null when one record (or none) is left. */
export function halveBounds(source: Ordered, bounds: Bounds, hint: number | null): readonly [Bounds, Bounds] | null {
  const from = addressOf(source, bounds.from);
  const to = addressOf(source, bounds.to);
  const where = pageOf(source, from !== null, to !== null);
  const values = [...(from ?? []), ...(to ?? [])];
  const counted = source.db
    .prepare(`SELECT count(*) FROM (SELECT 1 ${where})`)
    .pluck()
    .get(...values, -1n);
  const records = Number(counted);
  if (records < 2) return null;
  const first = hint === null ? Math.floor(records / 2) : Math.min(Math.max(hint, 1), records - 1);
  const middle = source.db
    .prepare(`SELECT ${source.address.join(', ')} ${where} OFFSET ?`)
    .raw(true)
    .get(...values, 1n, BigInt(first - 1)) as RawRow;
  const text = addressText(source, middle);
  return [
    { ...wholeRange, from: bounds.from, to: text, records: first },
    { ...wholeRange, from: text, to: bounds.to, records: records - first },
  ];
}
