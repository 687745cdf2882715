import type { ForeignKey, IndexInfo, TableInfo } from './catalog.ts';

export type Engine = 'sqlite' | 'postgres' | 'mysql';

/** How an engine writes structure. One per driver, in `dialect.ts`; pure text, no connection. */
export interface Dialect {
  readonly engine: Engine;
  /** Foreign keys stand in CREATE TABLE and cannot be added later. */
  readonly inlineForeignKeys: boolean;
  /** How long an identifier may be, and in which unit; null where there is no limit. */
  readonly nameLimit: { readonly most: number; readonly unit: 'bytes' | 'characters' } | null;
  quote(name: string): string;
  /** Text as a literal of SQL. */
  literal(text: string): string;
  /** What a declared type of this engine means; `other` when it is not known. */
  facts(declaredType: string): TypeFacts;
  /** The type of this engine that holds the values of a type of another one. */
  declare(facts: TypeFacts, hints: TypeHints): DeclaredType;
  /** Statements that make the table with its key, NOT NULL, checks and comments; indexes and foreign keys come later. */
  createTable(table: TableDesign): readonly string[];
  dropTable(table: string): string;
  createIndex(table: string, index: IndexInfo): string;
  dropIndex(table: string, index: IndexInfo): string;
  /** Null with `inlineForeignKeys`. The key has a name. */
  addForeignKey(table: string, key: ForeignKey): string | null;
  dropForeignKey(table: string, name: string): string | null;
  /** Sets the counter so that the next insert without a value works; a statement that reads the highest value itself. */
  setIdentity(table: string, column: string): string | null;
  /** Refreshes the statistics of the planner. */
  analyze(table: string): string;
}

export type TypeFamily =
  | 'bool'
  | 'int'
  | 'float'
  | 'decimal'
  | 'text'
  | 'bytes'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'year'
  | 'bit'
  | 'json'
  | 'uuid'
  | 'enum'
  | 'set'
  | 'array'
  /** Any class of value: a column of SQLite whose type says nothing that holds. */
  | 'any'
  /** Moved as the engine's own text. */
  | 'other';

/** A declared type, taken apart. Plain JSON: it is stored in plans. */
export type TypeFacts = {
  readonly family: TypeFamily;
  /** Of integers and floats: 8, 16, 24, 32, 64. Of `bit` how many. */
  readonly bits: number | null;
  readonly unsigned: boolean;
  /** Digits of a decimal in all; null is without limit. */
  readonly precision: number | null;
  readonly scale: number | null;
  /** Digits of the fraction of a second. */
  readonly digits: number | null;
  /** Most characters of text or bytes of binary; null is as much as the engine holds. */
  readonly length: number | null;
  /** Padded: CHAR, BINARY. */
  readonly fixed: boolean;
  /** JSON that the engine stores in a form of its own (jsonb), so that its text changes. */
  readonly normalised: boolean;
  /** The declared type of the items of an array. */
  readonly items: string | null;
};

export function typeFacts(family: TypeFamily, more: Partial<TypeFacts> = {}): TypeFacts {
  return {
    family,
    bits: null,
    unsigned: false,
    precision: null,
    scale: null,
    digits: null,
    length: null,
    fixed: false,
    normalised: false,
    items: null,
    ...more,
  };
}

/** What more is known of a column. */
export type TypeHints = {
  readonly column: string;
  /** Most characters that a key or index leaves to it, null when it is in none. */
  readonly keyLength: number | null;
  /** Numbered by the engine. */
  readonly identity: boolean;
  /** Labels of an enumeration or a set. */
  readonly labels: readonly string[] | null;
};

/** `exact`: same values; `widened`: holds more, or holds them in another form; `rule`: some values need a rule. */
export type Fit = 'exact' | 'widened' | 'rule';

export type DeclaredType = {
  readonly declared: string;
  readonly fit: Fit;
  /** What a person should know of it, in words. */
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
  /** In the target's own words; MySQL only. */
  readonly onUpdate: string | null;
  readonly collation: string | null;
  readonly comment: string | null;
};

/** A table as it is to be made in a target. */
export type TableDesign = {
  readonly name: string;
  readonly columns: readonly ColumnDesign[];
  readonly primaryKey: TableInfo['primaryKey'];
  readonly checks: readonly { readonly name: string | null; readonly expression: string }[];
  /** Written only by a dialect with `inlineForeignKeys`. */
  readonly foreignKeys: readonly ForeignKey[];
  readonly comment: string | null;
};
