import type { Value } from '#shared/model/value.ts';
import { decodeValue, encodeValue } from '../../engine/values/encode.ts';
import type { Bounds } from '../relational.ts';
import { literal, quote } from './names.ts';
import type { Column, Relation } from './relation.ts';
import { ordered } from './types.ts';

/**
 * A table in an order that does not change while nobody writes: by a key without NULL, else as the rows lie in the table
 * (by ordinal, and only halves of a failed chunk ask for it).
 */
export type OrderedTable = {
  /** Table as SQL. */
  readonly table: string;
  readonly columns: readonly Column[];
  readonly address: readonly { readonly column: Column; readonly sql: string }[];
};

export function orderedTable(found: Relation): OrderedTable | null {
  if (found.kind !== 'table') return null;
  const address = found.address.map((name) => {
    const column = found.columns.find((one) => one.name === name) as Column;
    return { column, sql: ordered(column.kind, quote(name)) };
  });
  return { table: quote(found.name), columns: found.columns, address };
}

export const wholeRange: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };

/** FROM, WHERE, ORDER BY and LIMIT of a range. */
export function rangeOf(source: OrderedTable, bounds: Pick<Bounds, 'from' | 'to'>): string {
  if (source.address.length === 0) return `FROM ${source.table} USE INDEX () ${limitOf(bounds)}`;
  const parts = [
    ...(bounds.from === null ? [] : [comparison(source, addressOf(bounds.from), '>')]),
    ...(bounds.to === null ? [] : [comparison(source, addressOf(bounds.to), '<=')]),
  ];
  const where = parts.length > 0 ? ` WHERE ${parts.join(' AND ')}` : '';
  return `FROM ${source.table}${where} ORDER BY ${source.address.map((one) => one.sql).join(', ')}`;
}

export function addressText(values: readonly Value[]): string {
  return JSON.stringify(values.map(encodeValue));
}

export function addressOf(text: string): Value[] {
  return (JSON.parse(text) as unknown[]).map(decodeValue);
}

/** Ordinals of a table without a key. */
export function ordinalOf(text: string | null): number {
  return text === null ? 0 : Number(addressOf(text)[0]);
}

function limitOf({ from, to }: Pick<Bounds, 'from' | 'to'>): string {
  if (from === null && to === null) return '';
  const offset = ordinalOf(from);
  const count = to === null ? '18446744073709551615' : String(ordinalOf(to) - offset);
  return `LIMIT ${count} OFFSET ${offset}`;
}

/**
 * (a, b) > (1, 2) spelled out: row comparisons are no ranges to MySQL's optimizer. The first part alone bounds the range of
 * the index, the rest decides within it.
 */
function comparison(source: OrderedTable, values: readonly Value[], operator: '>' | '<='): string {
  const strict = operator === '>' ? '>' : '<';
  const texts = source.address.map(
    ({ column, sql }, index) => [sql, addressLiteral(column, values[index] ?? null)] as const,
  );
  const steps = texts.map(([sql, value], index) => {
    const equal = texts.slice(0, index).map(([before, same]) => `${before} = ${same}`);
    const last = index === texts.length - 1;
    return [...equal, `${sql} ${last ? operator : strict} ${value}`].join(' AND ');
  });
  const [first] = texts;
  if (!first || texts.length === 1) return steps[0] ?? '1 = 1';
  return `(${first[0]} ${strict}= ${first[1]} AND (${steps.map((step) => `(${step})`).join(' OR ')}))`;
}

/** A value of a key as SQL, in the form that compares with its column without rounding. */
function addressLiteral({ kind }: Column, value: Value): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return value.toExponential();
  if (value instanceof Uint8Array) return value.length === 0 ? "''" : `x'${Buffer.from(value).toString('hex')}'`;
  if (typeof value !== 'string') throw new Error(`A key cannot be ${String(value)}`);
  if (kind === 'decimal') {
    if (!/^-?\d+(?:\.\d+)?$/.test(value)) throw new Error(`Not a decimal: ${value}`);
    return value;
  }
  return literal(kind === 'timestamp' ? value.replace(/\+00$/, '') : value);
}
