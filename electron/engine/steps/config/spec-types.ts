import type { DocFormat } from '../../documents/document.ts';
import type { NotHeld } from '../../documents/fit.ts';
import type { Doc, DocPath } from '../../documents/tree.ts';
import type { YamlVersion } from '../../documents/yaml-document.ts';

export const docCasts = ['text', 'int64', 'float64', 'bool'] as const;
export type DocCast = (typeof docCasts)[number];
export const docKinds = ['text', 'number', 'bool', 'table', 'list'] as const;
export type DocKind = (typeof docKinds)[number];

/** A parsed `config` step: what the profile says, with defaults filled in. Paths begin at the top of the document. */
export type ConfigSpec = {
  readonly key: string;
  readonly source: ConfigSource;
  readonly target: ConfigTarget;
  /** Names in expressions, the variables they are read from, and what holds where one is not set. */
  readonly env: Readonly<Record<string, { readonly variable: string; readonly standard: boolean | string }>>;
  readonly strict: RuleText | boolean;
  /** `source`: the result begins as the source is; `empty`: it has only what rules write. */
  readonly start: 'source' | 'empty';
  readonly copy: readonly KeyPattern[];
  readonly move: readonly { readonly key: string; readonly from: DocPath; readonly to: DocPath }[];
  readonly set: readonly SetRule[];
  readonly each: readonly EachSpec[];
  readonly fate: FateSpec;
  readonly essential: readonly { readonly from: DocPath; readonly to: DocPath }[];
  readonly notHeld: NotHeld;
  readonly schema: string | null;
  readonly checks: { readonly allow: readonly KeyPattern[]; readonly relative: readonly KeyPattern[] };
};

export type ConfigSource = {
  readonly connection: string;
  /** One file, or patterns below `root`. */
  readonly file: string | null;
  readonly patterns: readonly string[];
  readonly root: string;
  readonly format: DocFormat | null;
  readonly yaml: YamlVersion;
};
export type ConfigTarget = {
  readonly connection: string;
  /** Both null: each file in its place. */
  readonly file: string | null;
  readonly folder: string | null;
  readonly format: DocFormat | null;
  readonly exists: 'refuse' | 'replace' | 'merge';
};

/** A key, or a part of one with `*` for a level: it stands for all that is below. */
export type KeyPattern = readonly (string | number)[];
export type RuleText = { readonly key: string; readonly text: string };

export type SetRule = { readonly key: string; readonly to: DocPath; readonly value: ValueRule };
export type ValueRule =
  | { readonly kind: 'literal'; readonly value: Doc }
  | { readonly kind: 'expression'; readonly expression: RuleText }
  | { readonly kind: 'rows'; readonly step: string; readonly where: RuleText | null; readonly take: readonly string[] }
  | {
      readonly kind: 'from';
      /** The first that is there. */
      readonly sources: readonly FromSpec[];
      readonly value: RuleText | null;
      readonly map: string | null;
      readonly unknown: 'refuse' | 'keep' | 'default';
      readonly cast: DocCast | null;
      readonly bad: 'refuse' | 'default';
      /** Null: nothing is written where no source is there. */
      readonly standard: Standard | null;
      readonly required: boolean;
    };
export type Standard =
  | { readonly kind: 'literal'; readonly value: Doc }
  | { readonly kind: 'expression'; readonly expression: RuleText };
export type FromSpec = {
  readonly path: DocPath;
  readonly kind: DocKind | null;
  readonly split: { readonly by: string; readonly part: 'head' | 'tail' } | null;
};

/** One table of the result per item. */
export type EachSpec = {
  readonly key: string;
  /** Keys of the source, each with its template; or the entries of one table or list. */
  readonly items: readonly { readonly path: DocPath; readonly template: string | null }[] | { readonly list: DocPath };
  readonly templates: string | null;
  readonly into: readonly (string | RuleText)[];
  /** Other spellings of a name, and what each is. */
  readonly names: Readonly<Record<string, string>> | null;
  readonly unknownName: 'ask' | 'keep';
  readonly set: readonly SetRule[];
};

export type FateSpec = {
  /** Stay in the source and are not written. */
  readonly kept: readonly KeyPattern[];
  readonly deprecated: readonly { readonly key: KeyPattern; readonly advice: string }[];
  readonly unknown: 'warning' | 'error' | 'copy' | RuleText;
};
