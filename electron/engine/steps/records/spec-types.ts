import type { UndoMode } from '#shared/model/run.ts';
import type { EncodedValue } from '../../values/encode.ts';

/**
 * A `records` step as parsed. Plain JSON, since it is stored in the plan: expressions are text (checked to compile),
 * literals are encoded values. Every part that can decide about a record carries its profile key, for rejects and rules.
 */
export type RecordsSpec = {
  /** `steps.subtasks`. */
  readonly key: string;
  readonly source: RecordsSource;
  readonly target: RecordsTarget;
  readonly undo: Extract<UndoMode, 'delete_written' | 'preimages' | 'restore' | 'none'>;
  /** Chunks at once; 1 unless the profile says otherwise. */
  readonly parallel: number;
  /** Records for which this is false are counted as filtered. */
  readonly where: ExpressionSpec | null;
  /** Fetched once per block, at the scope of the record. */
  readonly lookups: readonly LookupSpec[];
  /** The first that holds sets the whole record aside. */
  readonly reject: readonly RejectSpec[];
  /** In the order of the file; the order in which rows are written. */
  readonly outputs: readonly RecordsOutput[];
};

export type RecordsSource = {
  readonly connection: string;
  readonly from:
    | { readonly kind: 'table'; readonly table: string }
    /** `sql` as in the file; `file` is its path in the bundle. */
    | { readonly kind: 'query'; readonly file: string; readonly sql: string };
  readonly key: readonly string[];
  /** Null reads all columns, so that a record that is set aside is kept whole. */
  readonly columns: readonly string[] | null;
  /** Columns that older sources do not have; they arrive as null. */
  readonly optional: readonly string[];
};

export type RecordsTarget = { readonly connection: string; readonly mode: 'insert' | 'upsert' | 'replace' };

/** `text` is CEL without its leading `=`; `key` is where it stands in the profile. */
export type ExpressionSpec = { readonly key: string; readonly text: string };

export type LookupSpec = {
  readonly key: string;
  readonly name: string;
  readonly connection: string;
  readonly table: string;
  readonly on: readonly { readonly column: string; readonly value: ValueSpec }[];
  readonly take: readonly string[];
};

export type RejectSpec = { readonly when: ExpressionSpec; readonly reason: string; readonly message: string | null };

export type ValueSpec =
  | ({ readonly kind: 'expression' } & ExpressionSpec)
  | { readonly kind: 'literal'; readonly key: string; readonly value: EncodedValue };

/** What happens to a value that a cast or a map cannot take. */
export type BadValue = 'quarantine' | 'null' | 'default';

export type ColumnSpec = {
  readonly column: string;
  /** `steps.subtasks.into.generic_tasks.set.lifecycle_stage`. */
  readonly key: string;
  readonly value: ValueSpec;
  readonly nul: 'keep' | 'remove' | 'quarantine';
  /** Name in `[maps]`. */
  readonly map: string | null;
  readonly unknown: BadValue | 'keep';
  readonly cast: CastType | null;
  readonly bad: BadValue;
  /** Takes the place of null, after everything else. */
  readonly default: ValueSpec | null;
};

export const castTypes = [
  'text',
  'int64',
  'uint64',
  'float64',
  'bool',
  'decimal',
  'date',
  'time',
  'timestamp',
  'json',
  'uuid',
  'bytes',
] as const;
export type CastType = (typeof castTypes)[number];

export type RecordsOutput = {
  readonly key: string;
  readonly table: string;
  /** Columns that tell a row from the others: compared by them, undone by them. */
  readonly keyColumns: readonly string[];
  readonly surrogate: readonly string[];
  /** Columns taken as they are, `*` for all that both sides have. */
  readonly copy: readonly string[];
  /** Left out of `copy = ["*"]`. */
  readonly drop: readonly string[];
  readonly set: readonly ColumnSpec[];
  readonly fan: FanSpec;
  readonly lookups: readonly LookupSpec[];
  readonly reject: readonly RejectSpec[];
};

/** What an item that cannot be taken does: sets itself aside, or the whole record. */
export type BadItem = 'quarantine_item' | 'quarantine';

export type FanSpec =
  | { readonly kind: 'one' }
  | {
      readonly kind: 'each';
      readonly key: string;
      /** Name of the variable; its position from 0 is `index`. */
      readonly item: string;
      readonly of: ValueSpec;
      readonly bad: BadItem;
      readonly repeated: 'keep' | 'filter';
    }
  | {
      readonly kind: 'unpivot';
      readonly key: string;
      readonly into: { readonly name: string; readonly value: string };
      readonly rows: readonly { readonly name: string; readonly value: ValueSpec }[];
      readonly bad: BadItem;
    };
