import type { Bounds } from '../relational.ts';
import { ownFailure } from './errors.ts';
import { literal, quote } from './names.ts';
import { fromOf, type Relation, requireColumn } from './relation.ts';
import type { Spool } from './spool.ts';

/** Rows in an order that does not change while nobody writes. */
export type Ordered = TableOrder | Spool;

export type TableOrder = {
  readonly kind: 'key' | 'place';
  readonly relation: Relation;
  readonly columns: readonly string[];
};

/**
 * A table by its key, else by the place of its rows (which a write or a VACUUM FULL changes). Null for what has neither:
 * views, and partitioned tables without a key, where places repeat.
 */
export function orderedTable(relation: Relation): TableOrder | null {
  const columns = relation.columns.map((column) => column.name);
  const real = relation.kind === 'r' || relation.kind === 'p';
  if (real && relation.address.length > 0) return { kind: 'key', relation, columns };
  return relation.kind === 'r' || relation.kind === 'm' ? { kind: 'place', relation, columns } : null;
}

/** By what ranges are made and why, in words for the plan. */
export function rangeWords(source: Ordered): string {
  if (source.kind === 'spool') return 'read once into scratch: its rows have no address of their own';
  const { relation } = source;
  if (source.kind === 'place')
    return 'by the place of the rows in the file, since the table has no key; nobody may write meanwhile';
  const which = relation.primaryKey.length > 0 ? 'primary key' : 'unique key';
  return `by its ${which} (${relation.address.join(', ')})`;
}

/** Columns of the address as SQL. */
export function addressColumns({ kind, relation }: TableOrder): string[] {
  return kind === 'key' ? relation.address.map(quote) : ['ctid'];
}

/** The address as text under names of its own: by a bare name ORDER BY would sort the texts. */
export function addressTexts(source: TableOrder): string {
  return addressColumns(source)
    .map((column, index) => `${column}::text AS overland_address_${index}`)
    .join(', ');
}

export function addressText(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** FROM and WHERE of a range. */
export function rangeOf(source: TableOrder, bounds: Bounds): string {
  const parts = [condition(source, '>', bounds.from), condition(source, '<=', bounds.to)].filter(
    (part) => part !== null,
  );
  return `FROM ${fromOf(source.relation)}${parts.length > 0 ? ` WHERE ${parts.join(' AND ')}` : ''}`;
}

/** Places come in their order by themselves: a scan by ranges of them reads the file forwards. */
export function orderOf(source: TableOrder, direction: 'ASC' | 'DESC' = 'ASC'): string {
  return ` ORDER BY ${addressColumns(source)
    .map((column) => `${column} ${direction}`)
    .join(', ')}`;
}

function condition(source: TableOrder, operator: string, text: string | null): string | null {
  if (text === null) return null;
  const values = JSON.parse(text) as string[];
  const { kind, relation } = source;
  if (kind === 'place') return `ctid ${operator} ${literal(values[0] ?? '')}::tid`;
  if (values.length !== relation.address.length)
    throw ownFailure('BOUNDS', 'permanent', `The bounds do not fit the key of '${relation.name}': it has changed.`);
  const typed = values.map((value, index) => {
    const { declared } = requireColumn(relation, relation.address[index] as string);
    return `${literal(value)}::${declared}`;
  });
  const columns = addressColumns(source);
  return columns.length === 1
    ? `${columns[0]} ${operator} ${typed[0]}`
    : `(${columns.join(', ')}) ${operator} (${typed.join(', ')})`;
}

export const wholeRange: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };
