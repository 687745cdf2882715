import type { Row, Value } from '#shared/model/value.ts';

/** Whether two values are the same in the target: what `RowDigest` hashes alike. */
export function sameValue(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameValue(item, b[at] as Value));
  }
  return comparableText(a) === comparableText(b);
}

/** A text that is the same for two rows exactly when these columns hold the same values; null when one of them is null. */
export function keyTextOf(row: Row, columns: readonly number[]): string | null {
  let text = '';
  for (const column of columns) {
    const value = row[column] ?? null;
    if (value === null) return null;
    text += `${comparableText(value)}\u0000`;
  }
  return text;
}

function comparableText(value: Value): string {
  switch (typeof value) {
    case 'string':
      // With its length, so that no text can look like two.
      return `t${value.length}:${value}`;
    case 'bigint':
      return `i${value}`;
    case 'boolean':
      return value ? 'i1' : 'i0';
    case 'number':
      return Number.isInteger(value) && !Object.is(value, -0)
        ? `i${BigInt(value)}`
        : `f${Object.is(value, -0) ? '-0' : value}`;
    default:
      return value instanceof Uint8Array
        ? `b${Buffer.from(value).toString('hex')}`
        : `l${JSON.stringify(value, bigintText)}`;
  }
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
