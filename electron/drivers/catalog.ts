import type { CanonicalType } from '#shared/model/value.ts';

export type ColumnInfo = {
  readonly name: string;
  /** As the engine declares it. */
  readonly declaredType: string;
  readonly type: CanonicalType;
  readonly nullable: boolean;
  /** The engine's own expression text. */
  readonly defaultText: string | null;
  readonly generated: boolean;
  readonly details?: ColumnDetails;
};

/** What a copy of the structure needs beyond that; texts are the engine's own. */
export type ColumnDetails = {
  readonly generatedAs: { readonly expression: string; readonly stored: boolean } | null;
  /** Numbered by the engine: `auto` when a value may be given, `always` when it may not. */
  readonly identity: 'auto' | 'always' | null;
  /** MySQL's ON UPDATE CURRENT_TIMESTAMP. */
  readonly onUpdate: string | null;
  readonly collation: string | null;
  readonly comment: string | null;
  /** Labels of an enumeration or a set, in their order. */
  readonly labels: readonly string[] | null;
};

export type ForeignKeyAction = 'no_action' | 'restrict' | 'cascade' | 'set_null' | 'set_default';
export type ForeignKey = {
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
  readonly name?: string | null;
  readonly onDelete?: ForeignKeyAction;
  readonly onUpdate?: ForeignKeyAction;
  readonly deferrable?: boolean;
};

export type IndexInfo = {
  readonly name: string;
  /** A column by its name, or the engine's text of an expression. */
  readonly parts: readonly {
    readonly column: string | null;
    readonly expression: string | null;
    readonly descending: boolean;
    /** Characters of a prefix index. */
    readonly length: number | null;
  }[];
  readonly unique: boolean;
  /** Condition of a partial index. */
  readonly where: string | null;
  /** `btree` unless the engine says otherwise: `hash`, `gin`, `fulltext`, ... */
  readonly method: string;
  /** Made for a UNIQUE constraint. */
  readonly constraint: boolean;
};

export type TableInfo = {
  readonly name: string;
  readonly columns: readonly ColumnInfo[];
  /** Empty when there is none. */
  readonly primaryKey: readonly string[];
  /** Columns of every unique constraint and of every unique index that is neither partial nor over expressions. */
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly rows: number;
  /** Normalised CREATE statements of the table and what hangs on it, for the schema diff. */
  readonly sql: string;
  readonly details?: TableDetails;
};

export type TableDetails = {
  readonly checks: readonly { readonly name: string | null; readonly expression: string }[];
  /** All indexes but that of the primary key. */
  readonly indexes: readonly IndexInfo[];
  readonly comment: string | null;
  /** Bytes on disk with indexes, where the engine knows. */
  readonly bytes: number | null;
  /** What a copy does not carry, in words: partitions, inheritance, policies, storage engine. */
  readonly notCarried: readonly string[];
};

/** `kind`: view, materialized_view, trigger, routine, type, domain, sequence, extension, event. `sql` is its text. */
export type OtherObject = { readonly kind: string; readonly name: string; readonly sql: string };

export type Catalog = { readonly tables: readonly TableInfo[]; readonly others: readonly OtherObject[] };

/** Digest and count of an endpoint or of some tables. `exact` digests content, `markers` counts and counters. */
export type Fingerprint = {
  readonly strength: 'exact' | 'markers' | 'file';
  readonly value: string;
  readonly parts: readonly { readonly object: string; readonly value: string }[];
};
