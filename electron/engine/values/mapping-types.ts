import type { Counts } from '#shared/model/run.ts';
import type { CanonicalType, Reject, Row, Value } from '#shared/model/value.ts';
import type { ProfileConstants } from '../profile/profile.ts';

/** What a mapping is compiled against. */
export type MappingContext = {
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly constants: ProfileConstants;
  readonly run: { readonly id: string; readonly startedAt: string };
  /** Columns that the source has. */
  readonly sourceColumns: readonly { readonly name: string; readonly type: CanonicalType }[];
  /** Columns of a target table; null when it is not known, then values go unchecked. */
  readonly targetColumns: (table: string) => readonly MappingColumn[] | null;
  /** What text and floats the target can hold; SQLite's when not given. */
  readonly holds?: Holds;
};

/** A SQLite file holds NUL in text, turns a bound NaN into NULL and -0 into 0. */
export type Holds = { readonly nul: boolean; readonly nan: boolean; readonly negativeZero: boolean };

/** A column of a target table. `ColumnInfo` of a driver fits. */
export type MappingColumn = {
  readonly name: string;
  readonly type: CanonicalType;
  readonly nullable: boolean;
  readonly defaultText: string | null;
  readonly generated: boolean;
};

/** Why a mapping does not fit the source or the target. Words are for a person. */
export type MappingProblem = {
  readonly code:
    | 'unknown_source_column'
    | 'unknown_target_column'
    | 'unknown_target_key'
    | 'generated_target_column'
    | 'required_column_not_set'
    | 'opaque_in_expression'
    | 'expression';
  /** Profile key. */
  readonly key: string;
  readonly table: string | null;
  readonly column: string | null;
  readonly message: string;
  readonly advice: string | null;
};

/** The compiled mapping of a `records` step: pure, no I/O. Not for two blocks at once: it reuses its working state. */
export interface CompiledMapping {
  /** Source columns in the order in which the rows must arrive: all that are read. */
  readonly columns: readonly string[];
  /** Those of them that some rule of the mapping uses, for the ledger of coverage. */
  readonly uses: readonly string[];
  /** Position of each key column of the source in `columns`. */
  readonly keyIndexes: readonly number[];
  readonly lookups: readonly MappingLookup[];
  readonly outputs: readonly MappingOutput[];
  /** Per lookup, in the order of `lookups`, the distinct key tuples to fetch for these rows. */
  keys(rows: readonly Row[]): readonly (readonly Row[])[];
  /** `fetched`: per lookup the rows found, each as [on..., take...]; an empty list when there are no lookups. */
  map(rows: readonly Row[], fetched: readonly (readonly Row[])[]): MappedBlock;
  /** The source key as text, several columns joined by ", ". */
  keyText(row: Row): string;
  /** A key in the words of the source's driver as `keyText` gives it; the same unless a table stands before it. */
  named?(key: string): string;
}

export type MappingLookup = {
  readonly name: string;
  /** `record`, or the output table that it belongs to. */
  readonly scope: string;
  readonly connection: string;
  readonly table: string;
  readonly on: readonly string[];
  readonly take: readonly string[];
};

export type MappingOutput = {
  readonly table: string;
  /** Columns of the emitted rows, without surrogates. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly surrogate: readonly string[];
  /** Source column of each output column that is carried unchanged, for one-to-one comparison and sample views; else null. */
  readonly from: readonly (string | null)[];
};

export type MappedBlock = {
  /** In the order of `CompiledMapping.outputs`. */
  readonly outputs: readonly MappedRows[];
  readonly rejects: readonly MappingReject[];
  /**
   * Both ledgers as far as the mapping knows them: read, filtered, rejected, accepted; per output `emitted`, `rejected` and
   * `same` (items repeated within one record, which are one row). What the writer inserted or updated is added by `addLoaded`.
   */
  readonly counts: Counts;
};

export type MappedRows = {
  readonly rows: readonly Row[];
  /** Per row, the index of its source record in the block. */
  readonly records: readonly number[];
};

/** A record or an item set aside. */
export type MappingReject = Reject & {
  /** Index of the source record in the block. */
  readonly record: number;
  /** Key of the profile that decided it. */
  readonly rule: string;
};

export type CompileResult = { readonly mapping: CompiledMapping } | { readonly problems: readonly MappingProblem[] };

export type { Value };
