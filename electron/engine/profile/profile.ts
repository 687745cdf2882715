import type { Policy, StepHead, StepKind } from '../steps/step-kind.ts';

/** A parsed profile: valid, complete, with defaults filled in. Made only by `loadProfile`. */
export type Profile = {
  readonly format: 1;
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly author: string | null;
  readonly reviewed: string | null;
  readonly constants: ProfileConstants;
  readonly connections: ReadonlyMap<string, ProfileConnection>;
  readonly policy: Policy;
  readonly sensitive: ReadonlySet<string>;
  /** `connection.table` or `connection.table.column` and why it is not carried. */
  readonly notCarried: ReadonlyMap<string, string>;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** In the order that `needs` gives; ties keep the order of the file. */
  readonly steps: readonly ProfileStep[];
  readonly rules: readonly ProfileRule[];
};

export type ProfileConstants = Readonly<Record<string, string | bigint | number | boolean>>;

export type ProfileConnection = {
  readonly name: string;
  readonly engine: 'sqlite' | 'postgres' | 'mysql' | 'qdrant' | 'chroma' | 'pgvector' | 'sqlite-vec' | 'folder';
  readonly access: 'read' | 'write' | 'scratch';
  /** Fields as the profile has them, overrides applied: `path`, `host` ... Paths are relative to the bundle until resolved. */
  readonly fields: Readonly<Record<string, string>>;
  readonly overridden: readonly string[];
  /** Names of secrets, never values. */
  readonly secrets: readonly string[];
};

export type ProfileStep = StepHead & {
  readonly kind: StepKind;
  /** Typed by its kind. */
  readonly spec: unknown;
};

/** A rule of validation: a query that must return no row (`none`), or a value that must hold. */
export type ProfileRule = {
  readonly id: string;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
  readonly connection: string;
  readonly sql: string;
  readonly file: string | null;
  readonly message: string | null;
  readonly suggestion: string | null;
};

/** Where a key of the profile stands. */
export interface SourceMap {
  /** Line and column (both from 1) of the key at this path; of its nearest parent when it is not there. */
  at(path: readonly (string | number)[]): { readonly line: number; readonly column: number } | null;
  /** The same for the character at `offset` (from 0) of the text at this path; of the key when it is not on one line. */
  inText(path: readonly (string | number)[], offset: number): { readonly line: number; readonly column: number } | null;
}

/** The files of a bundle, read once when it is opened; a step asks for them by their path in the bundle. */
export interface BundleFiles {
  readonly folder: string;
  /** Null when there is no such file. Line endings as they are. */
  text(path: string): string | null;
  list(folder: string): readonly string[];
  /** sha256 over names and contents (line endings normalised), without data files. */
  readonly hash: string;
}

/** Overrides of connection fields, by connection and field. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, string>>>>;
