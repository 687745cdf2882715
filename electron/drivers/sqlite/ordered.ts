import { decodeValue, encodeValue } from '../../engine/values/encode.ts';
import type { Bounds } from '../relational.ts';
import type { Relation } from './catalog.ts';
import type { Connection, RawRow } from './database.ts';
import { quote, quoteAll } from './names.ts';

/**
 * Rows in an order that does not change while nobody writes: by rowid, by primary key where there is no rowid, or by the
 * ordinal of a spool. Pages are fetched by address, so that no cursor stays open while the event loop turns.
 */
export type Ordered = {
  readonly db: Connection;
  /** Table as SQL. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Address columns as SQL: the rowid, or the key. */
  readonly address: readonly string[];
  /** The address is one 64-bit integer. */
  readonly byRowid: boolean;
};

export function orderedTable(db: Connection, found: Relation): Ordered | null {
  const byRowid = found.rowid !== null;
  const address = byRowid ? [found.rowid as string] : found.primaryKey.map(quote);
  if (found.kind !== 'table' || address.length === 0) return null;
  const columns = found.columns.map((column) => column.name);
  return { db, table: quote(found.name), columns, address, byRowid };
}

/** WHERE, ORDER BY and LIMIT of one page; the limit is the last value to bind. */
export function pageOf(source: Ordered, hasFrom: boolean, hasTo: boolean): string {
  const address = source.address.join(', ');
  const left = source.address.length === 1 ? address : `(${address})`;
  const right = source.address.length === 1 ? '?' : `(${source.address.map(() => '?').join(', ')})`;
  const parts = [...(hasFrom ? [`${left} > ${right}`] : []), ...(hasTo ? [`${left} <= ${right}`] : [])];
  return `FROM ${source.table}${parts.length > 0 ? ` WHERE ${parts.join(' AND ')}` : ''} ORDER BY ${address} LIMIT ?`;
}

export function selectOf(columns: readonly string[], extra: readonly string[]): string {
  return `SELECT ${[...(columns.length > 0 ? [quoteAll(columns)] : []), ...extra].join(', ')}`;
}

/** The text of an address in `Bounds`. */
export function addressText(source: Ordered, address: RawRow): string {
  return source.byRowid ? String(address[0]) : JSON.stringify(address.map(encodeValue));
}

/** The values to bind for one side of a range; null at the open end. */
export function addressOf(source: Ordered, text: string | null): RawRow | null {
  if (text === null) return null;
  if (source.byRowid) return [BigInt(text)];
  return (JSON.parse(text) as unknown[]).map(decodeValue) as RawRow;
}

export const wholeRange: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };
