import type { Bounds } from '../relational.ts';
import { copyOut } from './copy-out.ts';
import { unescapeField } from './decode.ts';
import { textLines } from './lines.ts';
import type { Link } from './link.ts';
import { quote } from './names.ts';
import { addressText, addressTexts, orderOf, rangeOf, type TableOrder, wholeRange } from './ordered.ts';
import { requireColumn } from './relation.ts';
import { type Spool, spoolBytes } from './spool.ts';

type Limits = { readonly rows: number; readonly bytes: number };

/** Ranges of at most so many rows and bytes (one row at least), each beginning after the one before. */
export async function* tableBounds(
  link: Link,
  source: TableOrder,
  columns: readonly string[],
  limits: Limits,
  signal?: AbortSignal,
): AsyncGenerator<Bounds> {
  const query = `SELECT ${addressTexts(source)}, ${sizeOf(source, columns)} ${rangeOf(source, wholeRange)}${orderOf(source)}`;
  const cutter = new Cutter(limits);
  for await (const line of textLines(copyOut(link, query, signal))) {
    const end = line.lastIndexOf('\t');
    const cut = cutter.add(line.slice(0, end), Number(line.slice(end + 1)));
    if (cut) yield named(cut);
  }
  const last = cutter.end();
  if (last) yield named(last);
}

export async function* spoolBounds(spool: Spool, limits: Limits, signal?: AbortSignal): AsyncGenerator<Bounds> {
  const cutter = new Cutter(limits);
  let ordinal = 0;
  for await (const line of textLines(spoolBytes(spool, wholeRange, signal), 'latin1')) {
    ordinal += 1;
    const cut = cutter.add(String(ordinal), line.length);
    if (cut) yield cut;
  }
  const last = cutter.end();
  if (last) yield last;
}

/** The address of a line as bounds carry it. */
function named(bounds: Bounds): Bounds {
  const text = (address: string | null): string | null =>
    address === null
      ? null
      : addressText(address.split('\t').map((field) => (field.includes('\\') ? unescapeField(field) : field)));
  return { ...bounds, from: text(bounds.from), to: text(bounds.to) };
}

class Cutter {
  readonly #rows: number;
  readonly #bytes: number;
  #from: string | null = null;
  #last: string | null = null;
  #records = 0;
  #size = 0;

  constructor({ rows, bytes }: Limits) {
    this.#rows = Math.max(1, rows);
    this.#bytes = Math.max(1, bytes);
  }

  /** Adds a row; gives the range before it when the row does not fit any more. */
  add(address: string, bytes: number): Bounds | null {
    const full = this.#records > 0 && (this.#records >= this.#rows || this.#size + bytes > this.#bytes);
    const cut = full ? this.end() : null;
    this.#records += 1;
    this.#size += bytes;
    this.#last = address;
    return cut;
  }

  end(): Bounds | null {
    if (this.#records === 0) return null;
    const bounds: Bounds = { from: this.#from, to: this.#last, inclusive: 'to', records: this.#records };
    this.#from = this.#last;
    this.#records = 0;
    this.#size = 0;
    return bounds;
  }
}

/** Bytes of a row's values; sizes of text and bytes are known to the server without reading what is stored apart. */
function sizeOf({ relation }: TableOrder, columns: readonly string[]): string {
  let fixed = 0;
  const parts: string[] = [];
  for (const name of columns) {
    const { bytes, typeOid } = requireColumn(relation, name);
    if (bytes > 0) fixed += bytes;
    else {
      const measure = typeOid === 25 || typeOid === 1043 || typeOid === 17 ? 'octet_length' : 'pg_column_size';
      parts.push(`coalesce(${measure}(${quote(name)}), 0)`);
    }
  }
  return [String(fixed), ...parts].join(' + ');
}

/** Splits a range after `hint` records or in the middle; null when one record (or none) is left. */
export async function halveTable(
  link: Link,
  source: TableOrder,
  bounds: Bounds,
  hint: number | null,
): Promise<readonly [Bounds, Bounds] | null> {
  const range = rangeOf(source, bounds);
  const records = Number(await link.cell(`SELECT count(*) ${range}`));
  const first = firstHalf(records, hint);
  if (first === null) return null;
  const [row] = await link.rows(
    `SELECT ${addressTexts(source)} ${range}${orderOf(source)} OFFSET ${first - 1} LIMIT 1`,
  );
  return halvesAt(bounds, addressText(row as string[]), first, records);
}

export function halveSpool(spool: Spool, bounds: Bounds, hint: number | null): readonly [Bounds, Bounds] | null {
  const from = bounds.from === null ? 0 : Number(bounds.from);
  const to = bounds.to === null ? spool.rows : Number(bounds.to);
  const first = firstHalf(to - from, hint);
  return first === null ? null : halvesAt(bounds, String(from + first), first, to - from);
}

function firstHalf(records: number, hint: number | null): number | null {
  if (records < 2) return null;
  return hint === null ? Math.floor(records / 2) : Math.min(Math.max(hint, 1), records - 1);
}

function halvesAt(bounds: Bounds, middle: string, first: number, records: number): readonly [Bounds, Bounds] {
  return [
    { ...wholeRange, from: bounds.from, to: middle, records: first },
    { ...wholeRange, from: middle, to: bounds.to, records: records - first },
  ];
}
