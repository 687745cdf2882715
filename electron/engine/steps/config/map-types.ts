import type { Doc, DocObject, DocPath } from '../../documents/tree.ts';
import type { Expressions } from './expressions.ts';
import type { ConfigSpec } from './spec-types.ts';

/** What a file gives to the rules. */
export type MapInput = {
  readonly doc: Doc;
  /** What is at the target already and is merged with; null when nothing is. */
  readonly before: DocObject | null;
  readonly file: unknown;
  /** Results of `files` steps: path, size, sha256 ... of each file. */
  readonly rows: ReadonlyMap<string, readonly DocObject[]>;
};
export type MapRules = {
  readonly spec: ConfigSpec;
  readonly expressions: Expressions;
  readonly templates: ReadonlyMap<string, DocObject>;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** Something that stops a file, or that a person should know. `path` is a key of the source, or of the result. */
export type MapProblem = {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly suggestion: string | null;
  readonly rule: string | null;
};
export type Mapped = {
  readonly result: Doc;
  readonly problems: readonly MapProblem[];
  /** Source keys that rules read, and where they went. */
  readonly reads: readonly { readonly from: DocPath; readonly to: string }[];
  /** Keys of the result that got a default, since the source has none. */
  readonly defaulted: readonly string[];
  /** Source keys that are no longer where they were: moved, or deprecated and taken out. */
  readonly removed: readonly DocPath[];
};
