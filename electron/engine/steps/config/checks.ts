import { type Doc, type DocPath, docPathText, isDocList, isDocObject, leavesOf } from '../../documents/tree.ts';
import { covers } from './fates.ts';
import type { MapProblem } from './map-types.ts';
import type { ConfigSpec } from './spec-types.ts';

type Check = (path: DocPath, value: string, spec: ConfigSpec) => Omit<MapProblem, 'path' | 'rule'> | null;

/** What in a result may harm whoever reads it: paths, secrets, commands, keys that reach into programs. */
export function checkSecurity(doc: Doc, spec: ConfigSpec): readonly MapProblem[] {
  const found: MapProblem[] = [...keysOf(doc)].flatMap((path) =>
    dangerousKeys.has(String(path.at(-1)))
      ? [
          problem(
            path,
            'error',
            'dangerous_key',
            'This key changes how programs treat all tables',
            'Rename or remove it.',
          ),
        ]
      : [],
  );
  for (const { path, value } of leavesOf(doc)) {
    if (typeof value !== 'string' || spec.checks.allow.some((one) => covers(one, path))) continue;
    for (const check of checks) {
      const answer = check(path, value, spec);
      if (answer) found.push({ ...answer, path: docPathText(path), rule: null });
    }
  }
  return found;
}

const dangerousKeys = new Set(['__proto__', 'constructor', 'prototype']);
const checks: readonly Check[] = [leavesRoot, absolute, secret, command];
const pathKey = /(?:^|_)(?:path|paths|dir|dirs|directory|directories|file|folder)$/i;
const secretKey = /(?:^|[_-])(?:api_?key|secret|token|password|passwd|private_?key|credentials?)$/i;

function name(path: DocPath): string {
  return String(path.findLast((part) => typeof part === 'string') ?? '');
}

function leavesRoot(path: DocPath, value: string): ReturnType<Check> {
  if (!pathKey.test(name(path)) || /^[a-z][a-z0-9+.-]+:\/\//i.test(value)) return null;
  if (!value.split(/[\\/]/).includes('..')) return null;
  return answer(
    'error',
    'path_leaves_root',
    'The path leaves its root by `..`',
    'Write a path below the root, or name the key in `allow`.',
  );
}

function absolute(path: DocPath, value: string, spec: ConfigSpec): ReturnType<Check> {
  const wanted = spec.checks.relative.some((one) => covers(one, path));
  if (!wanted || !/^(?:[\\/~]|[A-Za-z]:[\\/])/.test(value)) return null;
  return answer('error', 'path_absolute', 'The path is absolute where a relative one is expected', null);
}

function secret(path: DocPath, value: string): ReturnType<Check> {
  if (!secretKey.test(name(path)) || value === '' || /^(?:\$\{?\w+\}?|<[^>]*>|\*+)$/.test(value)) return null;
  return answer(
    'warning',
    'secret_in_clear',
    'A secret stands in clear text',
    'Put the name of an environment variable in its place.',
  );
}

function command(_path: DocPath, value: string): ReturnType<Check> {
  if (!/\$\([^)]|`[^`]+`|<%|\{\{.*\}\}|\{%/s.test(value)) return null;
  return answer(
    'warning',
    'executable_text',
    'The text would be run by a shell or a template',
    'Name the key in `allow` when that is meant.',
  );
}

function answer(severity: 'error' | 'warning', code: string, message: string, suggestion: string | null) {
  return { severity, code, message, suggestion };
}

function problem(path: DocPath, severity: 'error', code: string, message: string, suggestion: string): MapProblem {
  return { severity, code, path: docPathText(path), message, suggestion, rule: null };
}

function* keysOf(doc: Doc, path: DocPath = []): Generator<DocPath> {
  const inner: readonly (readonly [string | number, Doc])[] = isDocList(doc)
    ? doc.map((value, at) => [at, value] as const)
    : isDocObject(doc)
      ? Object.entries(doc)
      : [];
  for (const [key, value] of inner) {
    yield [...path, key];
    yield* keysOf(value, [...path, key]);
  }
}
