import * as z from 'zod';
import type { KeyPath } from './key-path.ts';
import { didYouMean } from './suggest.ts';

export type IssueWords = { readonly path: KeyPath; readonly message: string; readonly advice: string | null };

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Words of a person for what zod found, one per key. */
export function issueWords(issues: readonly Issue[], schema: Schema, raw: unknown): IssueWords[] {
  return issues.flatMap((issue) => wordsOf(issue, schema, raw));
}

function wordsOf(issue: Issue, schema: Schema, raw: unknown): IssueWords[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    const known = keysKnownAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `Unknown key \`${key}\``,
      advice: didYouMean(key, known),
    }));
  }
  const name = describePlace(path);
  const value = valueAt(raw, path);
  if (value === undefined) return [{ path, message: `${name} is missing`, advice: adviceOf(schema, path) }];
  switch (issue.code) {
    case 'invalid_type':
      return [
        {
          path,
          message: `${name} is ${typeWords(value)}, expected ${expectedWords(issue.expected)}`,
          advice: adviceOf(schema, path),
        },
      ];
    case 'invalid_value':
      return [
        {
          path,
          message: `${name} is ${shown(value)}, which is not one of ${issue.values.map((one) => shown(one)).join(', ')}`,
          advice: typeof value === 'string' ? nearOnly(value, issue.values) : null,
        },
      ];
    case 'invalid_union':
      return unionWords(issue, path, schema, raw, value, name);
    case 'invalid_key':
      return [
        { path, message: `The name ${shown(path.at(-1))} is not allowed`, advice: issue.issues[0]?.message ?? null },
      ];
    case 'too_small':
    case 'too_big':
      return [{ path, message: `${name} is ${shown(value)}, ${boundWords(issue)}`, advice: adviceOf(schema, path) }];
    default:
      return [{ path, message: `${name} is ${shown(value)}: ${issue.message}`, advice: adviceOf(schema, path) }];
  }
}

/** A union fails in as many ways as it has members: the one whose outer form fits tells what is wrong inside. */
function unionWords(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: KeyPath,
  schema: Schema,
  raw: unknown,
  value: unknown,
  name: string,
): IssueWords[] {
  const inside = issue.errors.filter((issues) =>
    issues.every((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
  );
  const best = inside.sort((a, b) => a.length - b.length)[0];
  if (!best)
    return [{ path, message: `${name} is ${typeWords(value)}: ${issue.message}`, advice: adviceOf(schema, path) }];
  const deeper = best.map((one) => ({ ...one, path: [...path, ...one.path] })) as Issue[];
  return issueWords(deeper, schema, raw);
}

/** What the shape says of a key, for advice; its `.describe()` text. */
function adviceOf(schema: Schema, path: KeyPath): string | null {
  for (const one of schemasAt(schema, path).flatMap(layers)) {
    const text = z.globalRegistry.get(one)?.description;
    if (text) return text;
  }
  return null;
}

/** A schema and what it wraps, outermost first. */
function layers(schema: Schema): Schema[] {
  const inner = innerOf(schema);
  return inner ? [schema, ...layers(inner)] : [schema];
}

function innerOf(schema: Schema): Schema | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return schema.def.innerType;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.innerType;
  return schema instanceof z.ZodPipe ? schema.def.in : null;
}

function keysKnownAt(schema: Schema, path: KeyPath): string[] {
  return schemasAt(schema, path)
    .flatMap(unwrap)
    .flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
}

/** All schemas that may stand at a path, wrappers included. */
function schemasAt(schema: Schema, path: KeyPath): Schema[] {
  let here: Schema[] = [schema];
  for (const part of path) here = here.flatMap(unwrap).flatMap((one) => childrenAt(one, part));
  return here;
}

function childrenAt(schema: Schema, part: string | number): Schema[] {
  if (schema instanceof z.ZodObject) {
    const child = typeof part === 'string' && Object.hasOwn(schema.shape, part) ? schema.shape[part] : undefined;
    return child ? [child] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodArray) return [schema.element];
  return [];
}

function unwrap(schema: Schema): Schema[] {
  const inner = innerOf(schema);
  if (inner) return unwrap(inner);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrap) : [schema];
}

function describePlace(path: KeyPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'The table';
  return typeof last === 'number' ? `Entry ${last + 1} of \`${String(path.at(-2) ?? '')}\`` : `\`${last}\``;
}

function valueAt(raw: unknown, path: KeyPath): unknown {
  let here = raw;
  for (const part of path) {
    if (here === null || typeof here !== 'object') return undefined;
    here = Object.hasOwn(here, part) ? (here as Record<string | number, unknown>)[part] : undefined;
  }
  return here;
}

function nearOnly(value: string, values: readonly unknown[]): string | null {
  const advice = didYouMean(value, values.map(String));
  return advice?.startsWith('Did') ? advice : null;
}

function boundWords(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.code === 'too_small') {
    if (issue.origin === 'array' || issue.origin === 'string') return 'which is empty';
    return `the least is ${issue.minimum}`;
  }
  return issue.origin === 'string' ? `the longest is ${issue.maximum} characters` : `the most is ${issue.maximum}`;
}

function typeWords(value: unknown): string {
  if (value === null || value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  switch (typeof value) {
    case 'string':
      return `the text ${shown(value)}`;
    case 'bigint':
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    default:
      return 'a table';
  }
}

function expectedWords(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text in quotes',
    bigint: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a table',
    record: 'a table',
  };
  return words[expected] ?? expected;
}

function shown(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a table';
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}
