import type { NamedRule } from '../../../copy/types.ts';
import type { ColumnSpec, ExpressionSpec } from '../spec-types.ts';

/** A `records` step that copies a whole schema, as parsed. Plain JSON, since it is stored in the plan. */
export type WholeSpec = {
  readonly form: 'whole';
  /** `steps.shop`. */
  readonly key: string;
  readonly source: {
    readonly connection: string;
    /** Null: the one that the connection names. */
    readonly schema: string | null;
    /** Names or patterns with `*`. */
    readonly tables: readonly string[];
    readonly except: readonly string[];
  };
  readonly target: { readonly connection: string; readonly schema: string | null; readonly mode: WholeMode };
  readonly undo: WholeUndo;
  /** Ranges at once, as far as both engines can. */
  readonly parallel: number;
  /** Made with the table. */
  readonly beforeLoad: readonly Constraint[];
  /** Made when all rows are there; what is in neither list is not made. */
  readonly afterLoad: readonly Constraint[];
  readonly orphans: OrphanRule;
  readonly finish: readonly FinishAction[];
  /** By declared type of the source or by column. */
  readonly types: readonly NamedRule[];
  readonly tables: readonly TableRule[];
};

export const wholeModes = ['create', 'insert', 'upsert', 'replace'] as const;
export type WholeMode = (typeof wholeModes)[number];

export const wholeUndos = ['drop_created', 'delete_written', 'preimages', 'restore', 'none'] as const;
export type WholeUndo = (typeof wholeUndos)[number];

export const constraints = ['primary', 'not_null', 'check', 'unique', 'foreign'] as const;
export type Constraint = (typeof constraints)[number];

export const orphanRules = ['quarantine_closure', 'stop', 'leave_out'] as const;
export type OrphanRule = (typeof orphanRules)[number];

export const finishActions = ['sequences', 'comments', 'analyze'] as const;
export type FinishAction = (typeof finishActions)[number];

/** What is special about one table. */
export type TableRule = {
  /** `steps.shop.tables.orders`. */
  readonly key: string;
  readonly table: string;
  readonly rename: string | null;
  /** Records for which this is false are counted as filtered. */
  readonly where: ExpressionSpec | null;
  readonly set: readonly ColumnSpec[];
  readonly chunk: 'ranges' | 'whole_table';
  /** Columns that name a record; the primary key of the source unless given. */
  readonly keyColumns: readonly string[] | null;
};
