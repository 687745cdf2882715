import type { Row, Value } from '#shared/model/value.ts';

/**
 * A value as JSON that loses nothing: null, booleans, text and finite floats are themselves, the rest is tagged.
 * Integers are `{"$int":"digits"}`, bytes `{"$bytes":"base64"}`, NaN, infinities and -0 `{"$float":"NaN"}`. Stored in the
 * quarantine, in exports and in plans; stability promise in docs/formats.md.
 */
export type EncodedValue =
  | null
  | boolean
  | number
  | string
  | { readonly $int: string }
  | { readonly $bytes: string }
  | { readonly $float: string }
  | readonly EncodedValue[];

export function encodeValue(value: Value): EncodedValue {
  switch (typeof value) {
    case 'bigint':
      return { $int: value.toString() };
    case 'number':
      if (Object.is(value, -0)) return { $float: '-0' };
      return Number.isFinite(value) ? value : { $float: String(value) };
    case 'object':
      if (value === null) return null;
      if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
      return value.map(encodeValue);
    default:
      return value;
  }
}

/** Throws when the JSON is not of this form. */
export function decodeValue(encoded: unknown): Value {
  if (encoded === null || typeof encoded === 'boolean' || typeof encoded === 'string' || typeof encoded === 'number') {
    return encoded;
  }
  if (Array.isArray(encoded)) return encoded.map(decodeValue);
  if (typeof encoded === 'object') {
    if ('$int' in encoded && typeof encoded.$int === 'string') return BigInt(encoded.$int);
    if ('$bytes' in encoded && typeof encoded.$bytes === 'string') return fromBase64(encoded.$bytes);
    if ('$float' in encoded && typeof encoded.$float === 'string' && floats.has(encoded.$float)) {
      return Number(encoded.$float);
    }
  }
  throw new Error(`Not an encoded value: ${JSON.stringify(encoded)?.slice(0, 80)}`);
}

/** A record as one line of JSON, `{"column": value, ...}`. */
export function encodeRecord(columns: readonly string[], row: Row): string {
  // fromEntries defines properties, so that a column may have any name, `__proto__` included.
  return JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, encodeValue(row[index] ?? null)])));
}

/** Throws when the text is not a record that `encodeRecord` wrote. */
export function decodeRecord(text: string): ReadonlyMap<string, Value> {
  const record: unknown = JSON.parse(text);
  if (record === null || typeof record !== 'object' || Array.isArray(record)) {
    throw new Error('Not an encoded record: an object is expected');
  }
  return new Map(Object.entries(record).map(([name, value]) => [name, decodeValue(value)]));
}

const floats = new Set(['NaN', 'Infinity', '-Infinity', '-0']);

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
