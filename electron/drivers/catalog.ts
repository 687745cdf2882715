import type { CanonicalType } from '#shared/model/value.ts';

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
