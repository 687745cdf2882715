import type { Reject, Row } from '#shared/model/value.ts';

/** What is read. A query is spooled once to scratch with an ordinal, then chunked. */
export type ReadSpec = {
  readonly from:
    | { readonly kind: 'table'; readonly table: string }
    | { readonly kind: 'query'; readonly sql: string; readonly name: string };
  /** Columns in the order of the rows that come out; null reads all. */
  readonly columns: readonly string[] | null;
  readonly key: readonly string[];
};

/** `bytes` is the size of the values, near enough to bound a chunk by it. */
export type RowBatch = {
  readonly rows: readonly Row[];
  readonly bytes: number;
  readonly rejects: readonly ReadReject[];
};

/** A record whose value is not valid in its type. `row` holds the value's bytes in its place. */
export type ReadReject = Reject & {
  readonly row: Row;
  /** How many rows of this batch come before it. */
  readonly at: number;
};

/** A table of the target as one output writes it. */
export type OutputSpec = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly mode: 'insert' | 'upsert' | 'replace';
  /** Columns numbered by the target; in no comparison and no digest. */
  readonly surrogate: readonly string[];
};

/** Rows of one `load`: what became of each. */
export type LoadResult = { readonly inserted: number; readonly updated: number; readonly same: number };
