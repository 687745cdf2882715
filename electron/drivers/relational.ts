import type { Holder } from '#shared/model/error.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { ChunkState, Counts } from '#shared/model/run.ts';
import type { CanonicalType, Reject, Row, Value } from '#shared/model/value.ts';
import type { Environment } from '../platform/environment.ts';

/** A connection of the profile, overrides applied and secrets resolved. */
export type Endpoint =
  | { readonly engine: 'sqlite'; readonly name: string; readonly path: string }
  | {
      readonly engine: 'postgres' | 'mysql';
      readonly name: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly password: string | null;
    };

/** `read` can change nothing, `write` is the target, `scratch` is ours alone. */
export type Access = 'read' | 'write' | 'scratch';

export type ColumnInfo = {
  readonly name: string;
  /** As the engine declares it. */
  readonly declaredType: string;
  readonly type: CanonicalType;
  readonly nullable: boolean;
  readonly defaultText: string | null;
  readonly generated: boolean;
};
export type ForeignKey = {
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
};
export type TableInfo = {
  readonly name: string;
  readonly columns: readonly ColumnInfo[];
  /** Empty when there is none. */
  readonly primaryKey: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly rows: number;
  /** Normalised CREATE statements of the table and what hangs on it, for the schema diff. */
  readonly sql: string;
};
export type Catalog = {
  readonly tables: readonly TableInfo[];
  readonly others: readonly { readonly kind: string; readonly name: string; readonly sql: string }[];
};

/** Digest and count of an endpoint or of some tables. `exact` digests content, `markers` counts and counters. */
export type Fingerprint = {
  readonly strength: 'exact' | 'markers' | 'file';
  readonly value: string;
  readonly parts: readonly { readonly object: string; readonly value: string }[];
};

/** What is read. A query is spooled once to scratch with an ordinal, then chunked. */
export type ReadSpec = {
  readonly from:
    | { readonly kind: 'table'; readonly table: string }
    | { readonly kind: 'query'; readonly sql: string; readonly name: string };
  /** Columns in the order of the rows that come out; null reads all. */
  readonly columns: readonly string[] | null;
  readonly key: readonly string[];
};

/** Literals of the source engine; only the source compares them. Null is the open end; `to` is included. */
export type Bounds = {
  readonly from: string | null;
  readonly to: string | null;
  readonly inclusive: 'to';
  readonly records: number;
};

/** `path` is "17", its halves are "17.0" and "17.1". */
export type Chunk = { readonly unit: string; readonly path: string; readonly bounds: Bounds; readonly attempt: number };
export type Fence = { readonly runId: string; readonly epoch: bigint };

export type DbError = {
  readonly message: string;
  /** The engine's own code, for example SQLITE_CONSTRAINT_UNIQUE. */
  readonly code: string | null;
  readonly kind: 'data' | 'transient' | 'permanent' | 'space' | 'locked';
  readonly statement: string | null;
  readonly table: string | null;
  readonly column: string | null;
};

export type OutputSpec = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly mode: 'insert' | 'upsert' | 'replace';
  /** Columns numbered by the target; in no comparison and no digest. */
  readonly surrogate: readonly string[];
};

export type LoadResult = { readonly inserted: number; readonly updated: number; readonly same: number };

export interface RelationalDriver {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  connect(to: Endpoint, access: Access, env: Environment, signal?: AbortSignal): Promise<RelationalSession>;
  /** Saves what the plan touches into `folder`; each item is written, fsynced, read back and hashed. */
  protect(request: ProtectRequest, env: Environment): AsyncIterable<ProtectEvent>;
  /** Brings one item back. The caller has undone the steps before, or the undo mode is `restore`. */
  restore(request: RestoreRequest, env: Environment): Promise<RestoreResult>;
  /** A private copy (structure and, of the tables named, content) that a dry run may write. */
  makeScratch(of: Endpoint, folder: string, env: Environment, signal?: AbortSignal): Promise<Endpoint>;
}

export type ProtectRequest = { readonly endpoint: Endpoint; readonly folder: string; readonly signal?: AbortSignal };
/** How the copy was made, and so how exact the way back is. */
export type ProtectedItem = {
  readonly subject: string;
  readonly object: string;
  /** `absent`: nothing existed; restoring removes what is there. */
  readonly how: 'byte_copy' | 'online_backup' | 'absent' | 'dump';
  /** Relative to the rollback point; null when there is nothing to save. */
  readonly file: string | null;
  readonly originalPath: string;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly mode: number | null;
  readonly verifiedBy: 'hash' | 'listed' | 'restored';
  readonly fingerprint: Fingerprint | null;
};
export type ProtectEvent =
  | {
      readonly kind: 'progress';
      readonly subject: string;
      readonly doing: 'saving' | 'reading back';
      readonly bytes: number;
      readonly total: number;
    }
  | { readonly kind: 'item'; readonly item: ProtectedItem; readonly tookMs: number };
export type RestoreRequest = {
  readonly endpoint: Endpoint;
  readonly items: readonly ProtectedItem[];
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** `keep` (the default) leaves a target alone whose content is not that of the point: others wrote there. */
  readonly whenOthersWrote?: 'keep' | 'replace';
};
/** `proof`: the old state against the state now. */
export type RestoreResult = {
  readonly findings: readonly Finding[];
  readonly proof: readonly { object: string; before: string; after: string; how: string }[];
};

export interface RelationalSession extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly can: {
    readonly readOnlyBy: 'role' | 'session' | 'file' | 'copy';
    readonly transactionalDdl: boolean;
    readonly sharedSnapshot: boolean;
    readonly wires: readonly string[];
    readonly interrupt: 'query' | 'connection' | 'process';
  };
  /** Version, encoding, lock, journal mode, free space, other sessions: facts for the Connections screen and findings. */
  check(): Promise<{
    readonly product: string;
    readonly facts: readonly {
      check: string;
      found: string;
      needed: string;
      state: 'ok' | 'warning' | 'error' | 'info';
    }[];
    readonly findings: readonly Finding[];
  }>;
  /** Null reads all tables. Tables of ours (`overland_...`) are left out. */
  catalog(only: readonly string[] | null): Promise<Catalog>;
  fingerprint(
    tables: readonly string[] | null,
    strength: 'exact' | 'markers' | 'file',
    signal?: AbortSignal,
  ): Promise<Fingerprint>;
  /** Columns of a table or query, and its rows where counting them costs no more than reading them once. */
  describe(
    source: ReadSpec,
  ): Promise<{ readonly columns: readonly { name: string; type: CanonicalType }[]; readonly rows: number | null }>;
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
  /** Executes a script of the bundle statement by statement, inside the transaction when one is given. */
  begin(purpose?: TransactionPurpose): Promise<RelationalTransaction>;
  /** Our own tables in the target. */
  readonly control: TargetControl;
  lease(name: string, holder: Holder): Promise<{ readonly held: Lease } | { readonly heldBy: Holder }>;
  /** Idempotent; `undoing`: the engine still rolls back. */
  stop(how: 'after_chunk' | 'cancel_query' | 'kill'): Promise<{ readonly undoing: boolean }>;
}

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

export interface Lease {
  readonly epoch: bigint;
  /** Sets the sign of life. Fails when somebody else took the lease. */
  beat(phase: string): Promise<void>;
  release(): Promise<void>;
}

/** Dispose rolls back. */
export interface RelationalTransaction extends AsyncDisposable {
  /** First statement of a chunk: `pending` to `done` under this epoch. */
  claim(chunk: Chunk, fence: Fence): Promise<'claimed' | 'already_done' | 'fenced'>;
  /** Undo's first statement: `done` to `undone`. */
  claimUndo(chunk: Chunk, fence: Fence): Promise<'claimed' | 'already_undone' | 'never_done' | 'fenced'>;
  /** Rows in batches. With `written` the keys and digests are kept; with mode upsert or replace, preimages. */
  load(
    output: OutputSpec,
    batches: Iterable<readonly Row[]>,
    keep: 'nothing' | 'written' | 'preimages',
    chunk: Chunk,
    fence: Fence,
  ): Promise<LoadResult>;
  /** Deletes the rows with these keys whose content equals the row expected; the rest are returned, untouched. */
  removeExact(
    output: OutputSpec,
    rows: Iterable<Row>,
  ): Promise<{
    readonly removed: number;
    readonly missing: readonly Row[];
    readonly diverged: readonly { expected: Row; found: Row }[];
  }>;
  /** Undoes by what `load` kept for this chunk. */
  undoKept(
    output: OutputSpec,
    chunk: Chunk,
    fence: Fence,
  ): Promise<{ readonly undone: number; readonly diverged: readonly { key: string; found: string }[] }>;
  /** Statements of a migration script; `onStatement` before each. A failing statement rejects with a DbFailure that has line and text. */
  script(sql: string, onStatement: (ordinal: number, text: string) => void): Promise<number>;
  execute(sql: string, values?: readonly Value[]): Promise<number>;
  query(sql: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** Writes counts and digest into the chunk's row (when one was claimed) and commits. */
  commit(counts: Counts | null, digest: string | null): Promise<void>;
}

/**
 * `rows` (the default) checks foreign keys with every row. `structure` lets a migration rebuild a table: foreign keys are
 * checked as a whole before the commit, and dropping a parent table does not delete its children.
 */
export type TransactionPurpose = 'rows' | 'structure';

/** What the target says is committed. */
export type LedgerChunk = {
  readonly unit: string;
  readonly path: string;
  readonly bounds: Bounds;
  readonly state: ChunkState;
  readonly counts: Counts | null;
  readonly digest: string | null;
};

/** Tables `overland_run`, `overland_chunk`, `overland_written`, `overland_preimage`, `overland_lease`; dropped by clean-up, never by a crash. */
export interface TargetControl {
  /** Creates our tables where they are missing and writes the run with its epoch (raised on every resume). */
  enter(fence: Fence, planHash: string, holder: Holder): Promise<void>;
  chunks(runId: string, unit: string): Promise<readonly LedgerChunk[]>;
  /** One transaction; a path that is there already stays as it is. */
  addChunks(fence: Fence, unit: string, chunks: readonly { path: string; bounds: Bounds }[]): Promise<void>;
  /** One transaction: the parent becomes `split`, its halves are added. */
  splitChunk(
    fence: Fence,
    unit: string,
    path: string,
    halves: readonly { path: string; bounds: Bounds }[],
  ): Promise<void>;
  /** Whether this run left anything of ours here. */
  present(runId: string): Promise<boolean>;
  /** Drops our tables when no other run uses them, else this run's rows. */
  leave(runId: string): Promise<void>;
}

/** An error of a database, shown where it happened. */
export class DbFailure extends Error {
  readonly error: DbError;
  readonly line: number | null;
  /** Of `load`: position, from 0, of the row that was refused among all rows given to that call. */
  readonly row: number | null;
  /** Of a script: the line with a caret under the place, as text of a few lines. */
  readonly excerpt: string | null;

  constructor(
    error: DbError,
    options: {
      readonly line?: number;
      readonly row?: number;
      readonly excerpt?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(error.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DbFailure';
    this.error = error;
    this.line = options.line ?? null;
    this.row = options.row ?? null;
    this.excerpt = options.excerpt ?? null;
  }
}
