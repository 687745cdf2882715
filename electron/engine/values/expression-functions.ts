import type { Environment } from '@marcbachmann/cel-js';
import { jsonText, parseJson } from './json-text.ts';
import { ValueFault } from './value-fault.ts';

/** Helper functions of expressions beside those of CEL. Each is pure; a fault names its code. See docs/profile.md. */
export function registerFunctions(environment: Environment): void {
  environment
    .registerFunction('left(string, int): string', (text: string, count: bigint) => left(text, count))
    .registerFunction('json(dyn): dyn', (text: unknown) => json(text))
    .registerFunction('text(dyn): dyn', (value: unknown) => jsonText(value))
    .registerFunction('get(dyn, string): dyn', (from: unknown, path: string) => get(from, path, null))
    .registerFunction('get(dyn, string, dyn): dyn', (from: unknown, path: string, otherwise: unknown) =>
      get(from, path, otherwise),
    )
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    );
}

/** Names for advice. */
export const functionNames = [
  'left',
  'json',
  'text',
  'get',
  'replace',
  'string',
  'int',
  'double',
  'size',
  'has',
] as const;

/** The first `count` characters; an emoji is one and is never cut. */
export function left(text: string, count: bigint): string {
  if (count < 0n) throw new ValueFault('expression_failed', `left() cannot take ${count} characters`);
  if (BigInt(text.length) <= count) return text;
  let end = 0;
  for (let taken = 0n; taken < count && end < text.length; taken += 1n) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** Text as the JSON document it holds, digits kept; null stays null. */
export function json(text: unknown): unknown {
  if (text === null) return null;
  if (typeof text !== 'string') throw new ValueFault('not_json', 'Not JSON: the value is not text');
  return parseJson(text);
}

/** The entry at a key, or at a path of keys joined by dots; `otherwise` where there is none or it is null. */
export function get(from: unknown, path: string, otherwise: unknown): unknown {
  const whole = entry(from, path);
  if (whole !== null || !path.includes('.')) return whole ?? otherwise;
  let here: unknown = from;
  for (const key of path.split('.')) here = entry(here, key);
  return here ?? otherwise;
}

function entry(from: unknown, key: string): unknown {
  if (from === null || typeof from !== 'object' || Array.isArray(from) || from instanceof Uint8Array) return null;
  return Object.hasOwn(from, key) ? ((from as Record<string, unknown>)[key] ?? null) : null;
}
