import type { Doc, DocPath } from './tree.ts';

export type DocFormat = 'json' | 'yaml' | 'toml' | 'env';

/** A document that was read: its values, where they stand, and its text, which an edit keeps as far as it can. */
export type ParsedDocument = {
  readonly format: DocFormat;
  readonly text: string;
  readonly doc: Doc;
  /** What a person should know of the text, though it can be read: comments in JSON, `no` in YAML. */
  readonly notes: readonly DocNote[];
  /** Line and column from 1, of the value or of its nearest parent. */
  at(path: DocPath): Place | null;
};
export type Place = { readonly line: number; readonly column: number };
export type DocNote = {
  readonly code: 'norway' | 'octal' | 'merge_key' | 'alias' | 'tag';
  readonly message: string;
  readonly place: Place | null;
};

/** Why a text is no document of its format, or not one that is read. */
export class DocFault extends Error {
  readonly code: string;
  readonly place: Place | null;
  readonly advice: string | null;
  constructor(code: string, message: string, place: Place | null = null, advice: string | null = null) {
    super(message);
    this.name = 'DocFault';
    this.code = code;
    this.place = place;
    this.advice = advice;
  }
}

export type DocLimits = { readonly bytes: number; readonly depth: number; readonly values: number };
export const docLimits: DocLimits = { bytes: 16 * 1024 * 1024, depth: 100, values: 500_000 };

/** By the ending of the name; null when it tells nothing. */
export function formatOf(name: string): DocFormat | null {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase();
  if (base === '.env' || base.startsWith('.env.') || base.endsWith('.env')) return 'env';
  if (/\.(json|jsonc|json5)$/.test(base)) return 'json';
  if (/\.(yaml|yml)$/.test(base)) return 'yaml';
  return base.endsWith('.toml') ? 'toml' : null;
}

/** Positions of offsets in a text, found when they are asked for. */
export class LineIndex {
  readonly #text: string;
  #starts: readonly number[] | null = null;
  constructor(text: string) {
    this.#text = text;
  }

  place(offset: number): Place {
    this.#starts ??= lineStarts(this.#text);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
