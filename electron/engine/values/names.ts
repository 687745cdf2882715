import type { ProfileConstants } from '../profile/profile.ts';
import type { ExpressionScope } from './expression.ts';

/** Where the names of an expression are found in a frame. */
export type Names = {
  readonly scope: ExpressionScope;
  /** Position of each source column in a row; null for an optional one that the source does not have. */
  readonly columns: ReadonlyMap<string, number | null>;
  /** Position of each lookup in a frame, and of its fields in the row found. */
  readonly lookups: ReadonlyMap<string, { readonly index: number; readonly fields: ReadonlyMap<string, number> }>;
  readonly constants: ProfileConstants;
  /** Fields of `run`. */
  readonly run: Readonly<Record<string, string>>;
};
