import type { CanonicalType, Row } from '#shared/model/value.ts';
import type { Catalog } from './catalog.ts';
import type { Bounds } from './chunk.ts';
import type { Driver, Session } from './driver.ts';
import type { RelationalEndpoint } from './endpoint.ts';
import type { ReadSpec, RowBatch } from './rows.ts';
import type { RelationalTransaction, TransactionPurpose } from './transaction.ts';

export type * from './catalog.ts';
export type * from './chunk.ts';
export { type DbError, DbFailure } from './db-failure.ts';
export type * from './dialect.ts';
export type * from './driver.ts';
export type * from './endpoint.ts';
export type * from './grants.ts';
export type * from './others.ts';
export type * from './protection.ts';
export type * from './rows.ts';
export type * from './target-control.ts';
export type * from './transaction.ts';

export interface RelationalDriver extends Driver<RelationalSession> {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  readonly holds: 'tables';
  /** Takes a script apart as the engine's own client does. Pure text. */
  split?(sql: string): readonly ScriptStatement[];
}

export function isRelational(driver: Driver): driver is RelationalDriver {
  return driver.holds === 'tables';
}

export function holdsTables(session: Session): session is RelationalSession {
  return session.holds === 'tables';
}

/** A statement that can be sent as it is; `line` is where its first word stands in the script, from 1. */
export type ScriptStatement = { readonly text: string; readonly line: number };

export interface RelationalSession extends Session {
  readonly holds: 'tables';
  readonly endpoint: RelationalEndpoint;
  readonly can: {
    readonly readOnlyBy: 'role' | 'session' | 'file' | 'copy';
    readonly transactionalDdl: boolean;
    readonly sharedSnapshot: boolean;
    readonly wires: readonly string[];
    readonly interrupt: 'query' | 'connection' | 'process';
    /** Transactions, and reads beside them, that may be open at once; 1 when not given. */
    readonly parallel?: number;
  };
  /** Null reads all tables. Tables of ours (`overland_...`) are left out. */
  catalog(only: readonly string[] | null): Promise<Catalog>;
  /** Columns of a table or query, and its rows where counting them costs no more than reading them once. */
  describe(source: ReadSpec): Promise<{
    readonly columns: readonly { name: string; type: CanonicalType }[];
    readonly rows: number | null;
    /** By what the ranges of it are made and why, in words for the plan. */
    readonly ranges?: string;
  }>;
  /** Deterministic for an unchanged source. */
  bounds(
    source: ReadSpec,
    target: { readonly rows: number; readonly bytes: number },
    signal?: AbortSignal,
  ): AsyncIterable<Bounds>;
  /** Halves of a range, split at its middle record, or after `hint` records. Null when it holds one record. */
  halves(source: ReadSpec, bounds: Bounds, hint: number | null): Promise<readonly [Bounds, Bounds] | null>;
  /** Batches of at most a few thousand rows, values exact; text that is not valid arrives as a reject, never altered. */
  read(source: ReadSpec, bounds: Bounds, signal?: AbortSignal): AsyncIterable<RowBatch>;
  /** Rows of `table` whose `on` columns equal one of `keys`, as [on..., take...]. One query per call, any number of keys. */
  lookup(table: string, on: readonly string[], take: readonly string[], keys: readonly Row[]): Promise<readonly Row[]>;
  /** Rows of a query of the bundle, for rules; at most `limit`. */
  query(
    sql: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[]; readonly more: boolean }>;
  /** All rows of some columns in an order that does not change, for validation. */
  scan(table: string, columns: readonly string[], signal?: AbortSignal): AsyncIterable<RowBatch>;
  /** Waits while `can.parallel` transactions are open; disposing one rolls it back. */
  begin(purpose?: TransactionPurpose): Promise<RelationalTransaction>;
  /** Runs statements one after another on one connection, outside of any transaction: each commits by itself. */
  direct?(statements: readonly string[], signal?: AbortSignal): Promise<void>;
}
