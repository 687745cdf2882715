import { type KeyPath, parseKey } from './key-path.ts';
import type { ProblemList } from './problems.ts';
import { parseToml, type TomlTable } from './toml-source.ts';

/** A key of the profile and its new value: an expression with its `=`, or a TOML value. */
export type ProfileChange = { readonly key: string; readonly text: string };

/** Keys that a replay may change: the rules that decide about records, never what is read or written. */
const changeable = [
  /^maps\.[^.[]+(?:\.|$)/,
  /^steps\.[^.[]+\.(?:where|reject)(?:[.[]|$)/,
  /^steps\.[^.[]+\.into\.(?:[^."[]+|"[^"]+")\.(?:set|reject)(?:[.[]|$)/,
  /^steps\.[^.[]+\.into\.(?:[^."[]+|"[^"]+")\.(?:each\.(?:of|bad|repeated)|unpivot\.(?:rows|bad))(?:\.|$)/,
];

/** The raw profile with some values replaced. What cannot be applied is noted as a problem. */
export function applyChanges(raw: TomlTable, changes: readonly ProfileChange[], problems: ProblemList): TomlTable {
  return changes.reduce<TomlTable>((current, { key, text }) => {
    const path = parseKey(key);
    if (!path || !changeable.some((pattern) => pattern.test(key))) {
      problems.add(path ?? [], `\`${key}\` cannot be changed for a replay`, 'Rules, maps and set values can.');
      return current;
    }
    const value = readValue(text);
    if ('fault' in value) {
      problems.add(path, `The new value of \`${key}\` is not TOML: ${value.fault}`, 'Text stands in quotes.');
      return current;
    }
    const changed = withValue(current, path, value.value);
    if (changed === null) {
      problems.add(path, `The profile has no key \`${key}\``, null);
      return current;
    }
    return changed as TomlTable;
  }, raw);
}

function readValue(text: string): { readonly value: unknown } | { readonly fault: string } {
  if (/^\s*=/.test(text)) return { value: text.trim() };
  const parsed = parseToml(`value = ${text.trim()}`, 'change');
  return 'value' in parsed ? { value: parsed.value['value'] } : { fault: parsed.problem.message };
}

/** A copy with the value at the path; null when the path leads nowhere. A new last key is added to a table. */
function withValue(here: unknown, path: KeyPath, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (here === null || typeof here !== 'object') return null;
  if (typeof part === 'number') {
    if (!Array.isArray(here) || part >= here.length) return null;
    const inner = withValue(here[part], rest, value);
    return inner === null ? null : here.with(part, inner);
  }
  if (Array.isArray(here) || (rest.length > 0 && !Object.hasOwn(here, part))) return null;
  const inner = withValue((here as Record<string, unknown>)[part], rest, value);
  return inner === null ? null : { ...here, [part]: inner };
}
