import type { Counts } from '#shared/model/run.ts';
import type { Row, Value } from '#shared/model/value.ts';
import type { Chunk, Fence } from './chunk.ts';
import type { LoadResult, OutputSpec } from './rows.ts';

/**
 * `rows` (the default) checks foreign keys with every row. `structure` lets a migration rebuild a table: foreign keys are
 * checked as a whole before the commit, and dropping a parent table does not delete its children. `bulk` is the same without
 * the check: a copy of a whole schema settles its foreign keys when every row is there.
 */
export type TransactionPurpose = 'rows' | 'structure' | 'bulk';

/** For engines without transactional DDL (`can.transactionalDdl` false); the others take no notice of it. */
export type ScriptProgress = {
  /** Ordinal of the statement to begin with; those before it have happened already. */
  readonly from?: number;
  /** Awaited after each statement; what it writes in this transaction is committed together with the statement. */
  readonly done?: (ordinal: number, text: string) => void | Promise<void>;
};

/** Dispose rolls back. */
export interface RelationalTransaction extends AsyncDisposable {
  /** First statement of a chunk: `pending` to `done` under this epoch. */
  claim(chunk: Chunk, fence: Fence): Promise<'claimed' | 'already_done' | 'fenced'>;
  /** Undo's first statement: `done` to `undone`. */
  claimUndo(chunk: Chunk, fence: Fence): Promise<'claimed' | 'already_undone' | 'never_done' | 'fenced'>;
  /**
   * Rows in batches; they may still be on their way. With `written` the keys and digests are kept; with mode upsert or
   * replace, preimages. An error of `batches` itself is passed on as it is.
   */
  load(
    output: OutputSpec,
    batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
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
  script(sql: string, onStatement: (ordinal: number, text: string) => void, progress?: ScriptProgress): Promise<number>;
  execute(sql: string, values?: readonly Value[]): Promise<number>;
  query(sql: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** Writes counts and digest into the chunk's row (when one was claimed) and commits. */
  commit(counts: Counts | null, digest: string | null): Promise<void>;
}
