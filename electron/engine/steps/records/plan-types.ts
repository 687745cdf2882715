import type { CanonicalType } from '#shared/model/value.ts';
import type { ReadSpec, TableInfo } from '../../../drivers/relational.ts';
import type { RecordsSpec } from './spec.ts';

/** What a `records` step does, as it is stored: plain JSON, enough to run, validate and undo it months later. */
export type RecordsPlan = {
  readonly spec: RecordsSpec;
  readonly source: ReadSpec;
  readonly sourceColumns: readonly { readonly name: string; readonly type: CanonicalType }[];
  /** In the order in which they are written: what is referred to comes first. */
  readonly outputs: readonly PlannedOutput[];
  /** Bounds of a chunk; the rows are so many that a chunk takes about the policy's seconds. */
  readonly chunk: { readonly rows: number; readonly bytes: number };
  readonly records: number;
};

export type PlannedOutput = {
  readonly table: string;
  readonly info: TableInfo;
  /** Rows that others had in the table before the run; 0 when the run makes it. */
  readonly rowsBefore: number;
  /** Digest of these rows over the comparable columns; null when they cannot be read beforehand. */
  readonly digestBefore: string | null;
  /** What a chunk keeps for the way back. */
  readonly keep: 'nothing' | 'written' | 'preimages';
  /** Foreign keys that refer to this table, looked at before a row of ours is removed. */
  readonly referredBy: readonly Reference[];
};

export type Reference = {
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns of the table that is referred to. */
  readonly references: readonly string[];
  /** Primary key of the referring table, all its columns where it has none. */
  readonly key: readonly string[];
  readonly all: readonly string[];
};
