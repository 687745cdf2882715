import type { CanonicalType } from '#shared/model/value.ts';
import type { ForeignKey, IndexInfo, TableInfo } from './catalog.ts';

/** How an engine writes structure. One per driver, in `dialect.ts`; pure text, no connection. */
export interface Dialect {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  quote(name: string): string;
  /** Text as a literal of SQL. */
  literal(text: string): string;
  /** The type of this engine that holds all values of a canonical type. */
  declare(type: CanonicalType, hints: TypeHints): DeclaredType;
  /** Statements that make the table with its key, NOT NULL, checks and comments; indexes and foreign keys come later. */
  createTable(table: TableDesign): readonly string[];
  dropTable(table: string): string;
  createIndex(table: string, index: IndexInfo): string;
  dropIndex(table: string, index: string): string;
  addForeignKey(table: string, key: ForeignKey): string;
  dropForeignKey(table: string, name: string): string;
  /** Sets the counter so that the next insert without a value works; a statement that reads the highest value itself. */
  setIdentity(table: string, column: string): string | null;
  /** Refreshes the statistics of the planner. */
  analyze(table: string): string;
}

/** What more is known of a column: longest text in characters, part of a key or index, labels of an enumeration. */
export type TypeHints = {
  readonly length: number | null;
  readonly inKey: boolean;
  readonly labels: readonly string[] | null;
};

/** `exact`: same values; `widened`: holds more; `rule`: some values need a rule, which `note` says in words. */
export type DeclaredType = {
  readonly declared: string;
  readonly fit: 'exact' | 'widened' | 'rule';
  readonly note: string | null;
};

export type ColumnDesign = {
  readonly name: string;
  readonly declaredType: string;
  readonly nullable: boolean;
  /** In the target's own words. */
  readonly defaultText: string | null;
  readonly generatedAs: { readonly expression: string; readonly stored: boolean } | null;
  readonly identity: boolean;
  readonly comment: string | null;
};

/** A table as it is to be made in a target. */
export type TableDesign = {
  readonly name: string;
  readonly columns: readonly ColumnDesign[];
  readonly primaryKey: TableInfo['primaryKey'];
  readonly checks: readonly { readonly name: string | null; readonly expression: string }[];
  readonly comment: string | null;
};
