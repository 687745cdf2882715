import type * as z from 'zod';
import type { Problem } from '#shared/model/finding.ts';
import { sentence } from '../values/sentence.ts';
import { type KeyPath, keyText } from './key-path.ts';
import type { SourceMap } from './profile.ts';
import { issueWords } from './shape-issues.ts';

/** Gathers the problems of one file, each with its key and position. */
export class ProblemList {
  readonly #found: Problem[] = [];
  readonly #file: string;
  readonly #at: SourceMap;
  readonly #prefix: KeyPath;

  /** Paths given later are relative to `at`; `prefix` stands before them in the key that is shown. */
  constructor(file: string, at: SourceMap, prefix: KeyPath = []) {
    this.#file = file;
    this.#at = at;
    this.#prefix = prefix;
  }

  get all(): readonly Problem[] {
    return this.#found;
  }

  get none(): boolean {
    return this.#found.length === 0;
  }

  add(path: KeyPath, message: string, advice: string | null = null): void {
    this.#push(path, this.#at.at(path), message, advice);
  }

  /** At a character of the text at this path. */
  addInText(path: KeyPath, offset: number, message: string, advice: string | null = null): void {
    this.#push(path, this.#at.inText(path, offset), message, advice);
  }

  /** What zod found, in words; `schema` tells which keys are known. */
  addIssues(error: z.ZodError, schema: z.ZodType, raw: unknown): void {
    this.addIssuesAt([], error.issues, schema, raw);
  }

  /** The same for a table that stands at `path`. */
  addIssuesAt(path: KeyPath, issues: readonly z.core.$ZodIssue[], schema: z.ZodType, raw: unknown): void {
    for (const found of issueWords(issues, schema, raw))
      this.add([...path, ...found.path], found.message, found.advice);
  }

  addAll(problems: readonly Problem[]): void {
    this.#found.push(...problems);
  }

  /** The full key of a path, as it is shown. */
  key(path: KeyPath): string {
    return keyText([...this.#prefix, ...path]);
  }

  #push(path: KeyPath, place: ReturnType<SourceMap['at']>, message: string, advice: string | null): void {
    this.#found.push({
      file: this.#file,
      line: place?.line ?? null,
      column: place?.column ?? null,
      key: this.#prefix.length + path.length === 0 ? null : this.key(path),
      message: sentence(message),
      advice,
    });
  }
}

/** In the order of the file; what has no line comes first. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || (a.key ?? '').localeCompare(b.key ?? ''),
  );
}
