import type { CanonicalType } from '#shared/model/value.ts';
import type { Engine, IndexInfo, TableInfo } from '../../../../drivers/relational.ts';
import type { PlannedTable } from '../../../copy/types.ts';
import type { PlannedOutput } from '../plan-types.ts';
import type { WholeSpec } from './spec-types.ts';

/** What the copy of a schema does, as it is stored: plain JSON, enough to run, validate and undo it months later. */
export type WholePlan = {
  readonly form: 'whole';
  readonly spec: WholeSpec;
  readonly target: Engine;
  /** In the order in which they are made and filled: what is referred to comes first, as far as that is possible. */
  readonly tables: readonly WholeTable[];
  /** Before the first row. */
  readonly make: readonly Action[];
  /** After the last one, in this order. */
  readonly finish: readonly Action[];
};

export type WholeTable = {
  readonly copy: PlannedTable;
  /** Columns that are read, in the order of `copy.columns`. */
  readonly sourceColumns: readonly { readonly name: string; readonly type: CanonicalType }[];
  /** Columns that name a record; empty for a table without a key. */
  readonly sourceKey: readonly string[];
  readonly targetKey: readonly string[];
  /** As it is there, or as it will be made. */
  readonly info: TableInfo;
  readonly rowsBefore: number;
  readonly digestBefore: string | null;
  readonly keep: PlannedOutput['keep'];
  readonly referredBy: PlannedOutput['referredBy'];
  /** One transaction for the whole table. */
  readonly inOne: boolean;
  readonly chunk: { readonly rows: number; readonly bytes: number };
  readonly records: number;
};

/** One change of the structure, or of what hangs on it: journalled by itself, and the same when it is done twice. */
export type Action = {
  /** Unique among the actions; stored as the bounds of its chunk. */
  readonly id: string;
  readonly kind: 'table' | 'index' | 'duplicates' | 'orphans' | 'foreign_key' | 'identity' | 'analyze';
  /** In the target; empty for `orphans`. */
  readonly table: string;
  /** The index or constraint, the column; else the table. */
  readonly object: string;
  readonly statements: readonly string[];
  /** Takes it back; null where it goes with its table. */
  readonly undo: string | null;
  /** Of an index, and of the look for rows that it would refuse. */
  readonly index?: IndexInfo;
};
