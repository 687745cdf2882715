/**
 * Canonical values: the only form in which data passes between engines.
 * The column carries the type, the value is a bare primitive, so that a million rows need no object per value.
 * `number` is float64 only; integers are `bigint`, decimals and times are text with their own precision.
 */
export type Value = null | boolean | bigint | number | string | Uint8Array | readonly Value[];

export type CanonicalType =
  | { readonly t: 'bool' | 'int64' | 'uint64' | 'float32' | 'float64' | 'text' | 'bytes' | 'json' | 'uuid' | 'date' }
  | { readonly t: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly t: 'time' | 'timestamp' | 'timestamptz'; readonly digits: number }
  | { readonly t: 'array'; readonly of: CanonicalType }
  /** Moved as the engine's own text. */
  | { readonly t: 'opaque'; readonly engine: string; readonly name: string };

export type Row = readonly Value[];

/** A record that cannot be written: the key that names it, the output it was meant for, and why. */
export type Reject = {
  /** The source key as text, several columns joined by ", ". */
  readonly key: string;
  /** Position in a fan-out (`each`, `unpivot`), null for the record itself. */
  readonly item: number | null;
  /** Output table, null when the whole record is set aside. */
  readonly output: string | null;
  /** A stable word for the reason, for example `parent_missing` or `not_json`. */
  readonly code: string;
  readonly message: string;
  readonly column: string | null;
};
