import type { Value } from '#shared/model/value.ts';
import { ownFailure } from './errors.ts';
import type { RelationColumn } from './relation.ts';
import { numericSize } from './types.ts';

/**
 * The text that the server reads as exactly this value. What the server would alter in silence (digits beyond the scale, an
 * offset of a zone, a float that a real does not hold) is refused with a DbFailure of kind `data`. Null is never passed.
 */
export type Encoder = (value: Value) => string;

export function encoderOf({ typeOid, modifier }: Pick<RelationColumn, 'typeOid' | 'modifier'>): Encoder {
  switch (typeOid) {
    case 16:
      return encodeBool;
    case 20:
    case 21:
    case 23:
    case 26:
      return encodeInteger;
    case 700:
      return encodeReal;
    case 701:
      return encodeDouble;
    case 17:
      return encodeBytes;
    case 1700:
      return numericEncoder(modifier);
    case 1042:
    case 1043:
      return modifier < 4 ? encodeText : sizedEncoder(modifier - 4);
    case 1082:
      return encodeDate;
    case 1083:
    case 1266:
      return timeEncoder('time', modifier, typeOid === 1266);
    case 1114:
      return timeEncoder('timestamp', modifier, false);
    case 1184:
      return timeEncoder('timestamp', modifier, true);
    default:
      return encodeText;
  }
}

export function encodeText(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return value.toString();
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return '';
      if (value instanceof Uint8Array)
        throw refuse('WRONG_TYPE', 'Bytes cannot be written into a column that holds no bytes.');
      return arrayText(value);
  }
}

/** NaN, Infinity and -Infinity have the same names there; -0 has none in JavaScript. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export function hexText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

function refuse(code: string, message: string): Error {
  return ownFailure(code, 'data', message);
}

function encodeBool(value: Value): string {
  if (value === true || value === 1n || value === 1 || value === 'true' || value === 't') return 't';
  if (value === false || value === 0n || value === 0 || value === 'false' || value === 'f') return 'f';
  throw refuse('WRONG_TYPE', 'The value is neither true nor false.');
}

function encodeInteger(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? '1' : '0';
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
      throw refuse('INEXACT', `The number ${numberText(value)} cannot be written into a column of integers.`);
    case 'string':
      if (/^(?:0|-?[1-9]\d*)$/.test(value)) return value;
      throw refuse('WRONG_TYPE', 'The text is no plain integer.');
    default:
      throw refuse('WRONG_TYPE', 'The value is no integer.');
  }
}

function encodeDouble(value: Value): string {
  if (typeof value === 'number') return numberText(value);
  const float = floatOf(value);
  if (float === null) throw refuse('INEXACT', 'The value would lose digits in a column of type double precision.');
  return numberText(float);
}

function encodeReal(value: Value): string {
  const float = typeof value === 'number' ? value : floatOf(value);
  if (float === null || !(Math.fround(float) === float || Number.isNaN(float)))
    throw refuse('INEXACT', 'The value would lose digits in a column of type real.');
  return numberText(float);
}

/** The float that is this value, null when there is none. */
function floatOf(value: Value): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : null;
  if (typeof value !== 'string' || !/^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|-?Infinity)$/i.test(value)) return null;
  const float = Number(value);
  if (!Number.isFinite(float)) return /^(?:NaN|-?Infinity)$/.test(value) ? float : null;
  return canonicalDigits(String(float)) === canonicalDigits(value) ? float : null;
}

/** Sign, digits without zeros around them, and the power of ten of the last one. */
function canonicalDigits(text: string): string {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text);
  if (!found) return text;
  const [, sign, whole, part = '', exponent = '0'] = found;
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const plain = digits.replace(/0+$/, '');
  if (plain === '') return '0';
  return `${sign === '-' ? '-' : ''}${plain}e${Number(exponent) - part.length + (digits.length - plain.length)}`;
}

function encodeBytes(value: Value): string {
  if (value instanceof Uint8Array) return hexText(value);
  throw refuse('WRONG_TYPE', 'The value is no bytes, and the column holds bytes.');
}

function numericEncoder(modifier: number): Encoder {
  const scale = numericSize(modifier)?.scale ?? null;
  return (value) => {
    const text = value instanceof Uint8Array || typeof value === 'boolean' ? encodeInteger(value) : encodeText(value);
    if (!/^[+-]?(?:\d|\.\d|NaN$|Infinity$)/i.test(text)) throw refuse('WRONG_TYPE', 'The value is no number.');
    if (scale !== null && !endsWithin(text, scale) && decimalsOf(text) > scale)
      throw refuse('INEXACT', `The number has more than ${scale} decimals, which the column would round.`);
    return text;
  };
}

/** Whether a number without an exponent has no more digits after its point than these. */
function endsWithin(text: string, decimals: number): boolean {
  const point = text.indexOf('.');
  return point >= 0 && text.length - point - 1 <= decimals && !text.includes('e') && !text.includes('E');
}

/** Decimals that count: without zeros at the end. */
function decimalsOf(text: string): number {
  const dot = text.indexOf('.');
  if (dot < 0 && !/e/i.test(text)) return 0;
  const power = /e(-?\d+)$/.exec(canonicalDigits(text));
  return power ? Math.max(0, -Number(power[1])) : 0;
}

/** Blanks beyond the length are cut without a word. */
function sizedEncoder(length: number): Encoder {
  return (value) => {
    const text = encodeText(value);
    if (text.length > length && text.endsWith(' ') && [...text].length > length)
      throw refuse('TOO_LONG', `The text is longer than the ${length} characters of the column.`);
    return text;
  };
}

const datePattern = /^(?:\d{4,}-\d{2}-\d{2}(?: BC)?|-?infinity)$/;

function encodeDate(value: Value): string {
  if (typeof value === 'string' && datePattern.test(value)) return value;
  throw refuse('WRONG_TYPE', 'The value is no plain date such as 2024-01-31.');
}

const timePattern = {
  time: /^\d{2}:\d{2}(?::\d{2}(?:\.(\d+))?)?()(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?$/i,
  timestamp:
    /^(?:\d{4,}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.(\d+))?)?)?\s?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?(?: BC)?|-?infinity)$/i,
};

/** A zone is taken by types that have one; elsewhere only UTC may be said, since the server would leave any other out. */
function timeEncoder(kind: 'time' | 'timestamp', modifier: number, zoned: boolean): Encoder {
  const pattern = timePattern[kind];
  const digits = modifier < 0 ? 6 : modifier;
  return (value) => {
    const found = typeof value === 'string' ? pattern.exec(value) : null;
    if (!found)
      throw refuse('WRONG_TYPE', `The value is no ${kind} such as ${kind === 'time' ? '' : '2024-01-31 '}23:59:59.`);
    const fraction = (found[1] ?? '').replace(/0+$/, '');
    if (fraction.length > digits)
      throw refuse('INEXACT', `The ${kind} has more than ${digits} digits of a second, which the column would round.`);
    const zone = found[kind === 'time' ? 3 : 2];
    if (!zoned && zone && !/^(?:Z|[+-]00(?::?00)*)$/i.test(zone))
      throw refuse('ZONE_LOST', `The ${kind} has an offset from UTC, which the column does not keep.`);
    return value as string;
  };
}

/** An array as `{...}`; every element quoted, so that none is taken for NULL or a number. */
export function arrayText(values: readonly Value[]): string {
  const element = (value: Value): string => {
    if (value === null) return 'NULL';
    if (Array.isArray(value)) return arrayText(value as readonly Value[]);
    const text = value instanceof Uint8Array ? hexText(value) : encodeText(value);
    return `"${text.replace(/["\\]/g, '\\$&')}"`;
  };
  return `{${values.map(element).join(',')}}`;
}
