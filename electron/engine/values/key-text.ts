import type { Value } from '#shared/model/value.ts';

/** One text per key of a lookup. An integer and its digits are the same key, as they are in a database's column. */
export function lookupKey(values: readonly Value[]): string {
  if (values.length === 1) return keyPart(values[0] ?? null);
  let text = '';
  for (const value of values) {
    const part = keyPart(value);
    text += `${part.length}:${part}`;
  }
  return text;
}

/** The key of a source record as a person reads it; several columns joined by ", ". */
export function recordKey(values: readonly Value[]): string {
  return values.map((value) => (value === null ? 'null' : keyPart(value))).join(', ');
}

function keyPart(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array)
    return `x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}
