import type { CanonicalType, Value } from '#shared/model/value.ts';
import { numberText, toText } from './cast.ts';
import type { Holds } from './mapping-types.ts';

/** Why a value cannot stand in a column. */
export type Misfit = { readonly misfit: string; readonly message: string };

/**
 * The value as a column of this type holds it, or why it cannot. What changes is the form only: an integer in a text column
 * becomes its digits, an integral float in an integer column the integer. Null is never passed.
 */
export type Fit = (value: unknown) => Value | Misfit;

export const sqliteHolds: Holds = { nul: true, nan: false, negativeZero: false };

/** `type` null: the column is not known, so that only what no column holds is refused. */
export function fitTo(type: CanonicalType | null, holds: Holds): Fit {
  const text = textFit(holds);
  const float = floatFit(holds);
  switch (type?.t) {
    case 'text':
    case 'json':
    case 'uuid':
      return (value) => {
        if (typeof value === 'string') return text(value);
        const document = typeof value === 'object' && !(value instanceof Uint8Array);
        if (typeof value === 'object' && !(document && type.t === 'json')) return wrongType(value, type.t);
        return toText(value) ?? wrongType(value, type.t);
      };
    case 'int64':
    case 'uint64':
      return integerFit(type.t);
    case 'bool':
      return (value) => (typeof value === 'boolean' || value === 0n || value === 1n ? value : wrongType(value, 'bool'));
    case 'float32':
    case 'float64':
      return (value) => {
        if (typeof value === 'number') return float(value);
        const exact = typeof value === 'bigint' && BigInt(Number(value)) === value;
        return exact ? Number(value) : wrongType(value, type.t);
      };
    case 'bytes':
      return (value) => (value instanceof Uint8Array ? value : wrongType(value, 'bytes'));
    case 'decimal':
      return (value) => decimalFit(value, float);
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return (value) => (typeof value === 'string' && looksLikeTime(value) ? value : wrongType(value, type.t));
    default:
      return (value) => {
        if (typeof value === 'string') return text(value);
        if (typeof value === 'number') return float(value);
        return isValue(value) ? value : wrongType(value, 'value');
      };
  }
}

export function isMisfit(value: Value | Misfit): value is Misfit {
  return typeof value === 'object' && value !== null && 'misfit' in value;
}

type WellFormed = { isWellFormed(): boolean };

function textFit({ nul }: Holds): (text: string) => string | Misfit {
  return (text) => {
    // Of ES2024, there since Node 20.
    if (!(text as unknown as WellFormed).isWellFormed()) return brokenText;
    return !nul && text.includes('\0') ? nulInText : text;
  };
}

function floatFit({ nan, negativeZero }: Holds): (value: number) => number | Misfit {
  return (value) => {
    if (!nan && Number.isNaN(value)) return notANumber;
    return !negativeZero && Object.is(value, -0) ? minusZero : value;
  };
}

function integerFit(type: 'int64' | 'uint64'): Fit {
  const least = type === 'int64' ? -(2n ** 63n) : 0n;
  const most = type === 'int64' ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return (value) => {
    if (typeof value === 'bigint') return value >= least && value <= most ? value : outOfRange(value, type);
    if (typeof value === 'boolean') return value ? 1n : 0n;
    const integral = typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0);
    return integral ? BigInt(value) : wrongType(value, type);
  };
}

function decimalFit(value: unknown, float: (value: number) => number | Misfit): Value | Misfit {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return float(value);
  const text = typeof value === 'string' ? numberText(value) : undefined;
  return text !== undefined && /^-?\d+(?:\.\d+)?$/.test(text) ? text : wrongType(value, 'decimal');
}

/** Digits alone would become a number in a column of a SQLite file; words are for PostgreSQL's infinities. */
function looksLikeTime(text: string): boolean {
  const fifth = text.charCodeAt(4);
  if (fifth === 0x2d || text.charCodeAt(2) === 0x3a) return true;
  return /^(?:-?infinity|[-+]?\d{4,6}-\d{2}|\d{1,3}:\d{2})/.test(text);
}

function isValue(value: unknown): value is Value {
  if (typeof value === 'object')
    return value === null || value instanceof Uint8Array || (Array.isArray(value) && value.every(isValue));
  return (
    typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number'
  );
}

const brokenText: Misfit = { misfit: 'not_unicode', message: 'The text is broken: it holds half of a character' };
const nulInText: Misfit = {
  misfit: 'nul_in_text',
  message: 'The text holds a NUL character, which the target cannot hold',
};
const notANumber: Misfit = { misfit: 'not_a_number', message: 'The value is NaN, which the target cannot hold' };
const minusZero: Misfit = { misfit: 'negative_zero', message: 'The value is -0, which the target turns into 0' };

function outOfRange(value: bigint, type: string): Misfit {
  return {
    misfit: 'out_of_range',
    message: `The integer has ${value.toString().replace('-', '').length} digits and does not fit ${type}`,
  };
}

function wrongType(value: unknown, type: string): Misfit {
  return { misfit: 'wrong_type', message: `The value is ${kindWords(value)}, the column holds ${type}` };
}

/** The kind of a value, never the value itself: messages reach logs. */
export function kindWords(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'bigint':
      return 'an integer';
    case 'number':
      return 'a float';
    case 'boolean':
      return 'a boolean';
    default:
      return 'a table';
  }
}
