import type { Value } from '#shared/model/value.ts';
import type { TypeFacts } from '../../../drivers/relational.ts';
import { numberText } from '../../values/cast.ts';
import { Fault } from '../fault.ts';
import type { ConvertSpec, ValueConvert } from '../types.ts';
import { faults, orNull } from './faults.ts';

/** Least and most of an integer type. */
export function rangeOf({ family, bits, unsigned }: TypeFacts, engine: string): readonly [bigint, bigint] {
  if (family === 'year') return [0n, 2155n];
  if (engine === 'sqlite') return [-(2n ** 63n), 2n ** 63n - 1n];
  const size = BigInt(bits ?? 64);
  return unsigned || family === 'bit' ? [0n, 2n ** size - 1n] : [-(2n ** (size - 1n)), 2n ** (size - 1n) - 1n];
}

export function toInteger(spec: ConvertSpec): ValueConvert | null {
  const { from, to } = spec;
  const [least, most] = rangeOf(to.facts, to.engine);
  const strict = from.engine !== 'sqlite' && (from.facts.family === 'int' || from.facts.family === 'year');
  if (strict) {
    const [lowest, highest] = rangeOf(from.facts, from.engine);
    if (lowest >= least && highest <= most) return null;
  }
  // Whatever a column of SQLite declares, its integers have 64 bits.
  const checked = strict || from.engine !== 'sqlite' || least > -(2n ** 63n) || most < 2n ** 63n - 1n;
  const outside = orNull(spec, spec.rule.outside, faults.outOfRange);
  const inRange = (value: bigint): Value | Fault => (value >= least && value <= most ? value : outside);
  const slow = (value: Value): Value | Fault => {
    const integer = integerOf(value, spec);
    return typeof integer === 'bigint' ? inRange(integer) : integer;
  };
  if (!checked) return (value) => (typeof value === 'bigint' ? value : slow(value));
  return (value) => (typeof value === 'bigint' ? inRange(value) : slow(value));
}

function integerOf(value: Value, { from }: ConvertSpec): bigint | Fault {
  switch (typeof value) {
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1n : 0n;
    case 'number':
      if (!Number.isFinite(value)) return Number.isNaN(value) ? faults.nan : faults.infinite;
      return Number.isInteger(value) ? BigInt(value) : faults.notInteger;
    case 'string':
      if (from.facts.family === 'bit' && /^[01]+$/.test(value)) return BigInt(`0b${value}`);
      if (from.facts.family === 'bool' && /^(?:true|false)$/i.test(value)) return value.length === 4 ? 1n : 0n;
      if (/^[+-]?\d{1,40}(?:\.0*)?$/.test(value)) return BigInt(value.replace(/\..*$/, '').replace(/^\+/, ''));
      return /^[+-]?\d+\.\d+$/.test(value) ? faults.notInteger : faults.textForNumber;
    default:
      return faults.bytesForNumber;
  }
}

export function toFloat(spec: ConvertSpec): ValueConvert | null {
  const { from, to, rule } = spec;
  const single = to.facts.bits === 32 && to.engine !== 'sqlite';
  const narrower = single && !(from.facts.family === 'float' && from.facts.bits === 32);
  const strict = from.engine !== 'sqlite' && from.facts.family === 'float' && !narrower;
  const holdsNan = to.engine === 'postgres';
  // MySQL has neither NaN nor infinities; SQLite makes NULL of NaN, and both make 0 of -0.
  if (strict && (holdsNan || (from.engine === 'mysql' && to.engine === 'mysql'))) return null;
  const nan = holdsNan ? Number.NaN : orNull(spec, rule.nan, faults.nan);
  const infinite = orNull(spec, rule.infinite, faults.infinite);
  const holdsInfinite = to.engine !== 'mysql';
  const minusZero = rule.negative_zero === 'zero' ? 0 : faults.negativeZero;
  const holdsMinusZero = to.engine === 'postgres';
  const float = (value: number): Value | Fault => {
    if (narrower && Number.isFinite(value) && Math.fround(value) !== value) return faults.inexact;
    if (value === 0) return holdsMinusZero || !Object.is(value, -0) ? value : minusZero;
    if (Number.isFinite(value)) return value;
    return Number.isNaN(value) ? nan : holdsInfinite ? value : infinite;
  };
  return (value) => {
    if (typeof value === 'number') return float(value);
    if (typeof value === 'bigint') return BigInt(Number(value)) === value ? float(Number(value)) : faults.inexact;
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value !== 'string') return faults.bytesForNumber;
    if (/^(?:NaN|-?Infinity)$/.test(value)) return float(Number(value));
    const text = plainDecimal(value);
    if (text === null) return faults.textForNumber;
    const number = Number(text);
    return plainDecimal(String(number)) === text ? float(number) : faults.inexact;
  };
}

export function toDecimal(spec: ConvertSpec): ValueConvert | null {
  const { from, to, rule } = spec;
  const { precision, scale } = to.facts;
  const same = from.facts.family === 'decimal' && from.facts.precision === precision && from.facts.scale === scale;
  if (from.engine !== 'sqlite' && to.engine === 'postgres') {
    if (same && precision !== null) return null;
    if (precision === null && (from.facts.family === 'decimal' || from.facts.family === 'int')) {
      return from.facts.family === 'decimal' ? null : (value) => String(value);
    }
  }
  const nan = orNull(spec, rule.nan, faults.nan);
  const infinite = orNull(spec, rule.infinite, faults.infinite);
  const outside = orNull(spec, rule.outside, faults.outOfRange);
  const fitted = to.engine === 'sqlite' ? asSqliteNumber : (text: string) => text;
  const plain = precision === null || to.engine === 'sqlite' ? null : plainScaled(precision, scale ?? 0);
  return (value) => {
    const quick = plain?.(value) ?? null;
    if (quick !== null) return quick;
    const text = typeof value === 'bigint' ? value.toString() : decimalText(value);
    if (text instanceof Fault) return text === faults.nan ? nan : text === faults.infinite ? infinite : text;
    if (precision === null) return fitted(text);
    const digits = scaled(text, precision, scale ?? 0);
    if (typeof digits === 'string') return fitted(digits);
    return digits === faults.outOfRange ? outside : digits;
  };
}

function decimalText(value: Value): string | Fault {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) return faults.nan;
      if (!Number.isFinite(value)) return faults.infinite;
      return plainDecimal(String(value)) ?? faults.textForNumber;
    case 'boolean':
      return value ? '1' : '0';
    case 'string':
      if (value === 'NaN') return faults.nan;
      if (value === 'Infinity' || value === '-Infinity') return faults.infinite;
      return plainDecimal(value, false) ?? faults.textForNumber;
    case 'bigint':
      return value.toString();
    default:
      return faults.bytesForNumber;
  }
}

/** With exactly `scale` digits after the point, as PostgreSQL and MySQL give it back. */
function scaled(text: string, precision: number, scale: number): string | Fault {
  const negative = text.startsWith('-');
  const [whole = '', given = ''] = (negative ? text.slice(1) : text).split('.');
  const before = whole.replace(/^0+(?=\d)/, '');
  if (before !== '0' && before.length > precision - scale) return faults.outOfRange;
  const after = given.length > scale ? given.slice(0, Math.max(scale, 0)) : given.padEnd(scale, '0');
  if (given.length > scale && /[1-9]/.test(given.slice(Math.max(scale, 0)))) return faults.tooPrecise;
  const digits = after === '' ? before : `${before}.${after}`;
  return negative && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** A float of so many units has them as its digits: fewer than 15. */
const mostUnits = 1e14;

/** What most numbers need, without taking them apart: zeros at their end. */
function plainScaled(precision: number, scale: number): (value: Value) => string | null {
  const zeros = '0'.repeat(Math.max(scale, 0));
  // Beyond that a float does not hold the power itself, and no value is found to fit.
  const perWhole = scale <= 22 ? 10 ** scale : Number.NaN;
  const safe = precision - scale;
  return (value) => {
    if (typeof value === 'bigint') {
      const text = value.toString();
      // A sign makes it one longer, which only sends it the longer way.
      return text.length > safe || scale < 0 ? null : scale === 0 ? text : `${text}.${zeros}`;
    }
    if (typeof value !== 'number' || scale <= 0) return null;
    // The digits of a float take several times as long to find as those of two integers.
    const units = Math.round(value * perWhole);
    if (units > 0 && units < mostUnits && units / perWhole === value) {
      const whole = String(Math.floor(units / perWhole));
      return whole.length > safe ? null : `${whole}.${String(units % perWhole).padStart(scale, '0')}`;
    }
    const text = String(value);
    const point = text.indexOf('.');
    const after = text.length - point - 1;
    if (point < 0 || point > safe || after > scale || text.includes('e')) return null;
    return after === scale ? text : text + zeros.slice(after);
  };
}

/** As a column of numeric affinity gives it back: at most 15 digits, which a float keeps. */
function asSqliteNumber(text: string): Value | Fault {
  const short = plainDecimal(text);
  if (short === null) return faults.textForNumber;
  if (!short.includes('.')) {
    const integer = BigInt(short);
    return integer === BigInt.asIntN(64, integer) ? integer : faults.outOfRange;
  }
  const number = Number(short);
  return plainDecimal(String(number)) === short ? number : faults.inexact;
}

/**
 * Digits with a point and without an exponent; `short` leaves out zeros that say nothing. Null when the text is no number.
 */
export function plainDecimal(text: string, short = true): string | null {
  const parts = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,5}))?\s*$/i.exec(text);
  if (!parts || (!parts[2] && !parts[3])) return null;
  let whole = parts[2] ?? '';
  let after = parts[3] ?? '';
  const exponent = Number(parts[4] ?? 0);
  if (exponent > 0) {
    after = after.padEnd(exponent, '0');
    whole += after.slice(0, exponent);
    after = after.slice(exponent);
  } else if (exponent < 0) {
    whole = whole.padStart(-exponent, '0');
    after = whole.slice(whole.length + exponent) + after;
    whole = whole.slice(0, whole.length + exponent);
  }
  whole = whole.replace(/^0+(?=\d)/, '') || '0';
  if (short || parts[4] !== undefined) after = after.replace(/0+$/, '');
  const digits = after === '' ? whole : `${whole}.${after}`;
  return parts[1] === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** `bit(8)` of PostgreSQL is its digits, of MySQL its number, `bit(1)` of MySQL true or false. */
export function toBits(spec: ConvertSpec): ValueConvert | null {
  const { from, to } = spec;
  const bits = to.facts.bits ?? 1;
  const same = from.facts.family === 'bit' && from.engine === to.engine && (from.facts.bits ?? 1) === bits;
  if (same) return null;
  const most = 2n ** BigInt(bits) - 1n;
  return (value) => {
    const integer = integerOf(value, spec);
    if (integer instanceof Fault) return integer;
    if (integer < 0n || integer > most) return orNull(spec, spec.rule.outside, faults.outOfRange);
    if (to.engine === 'postgres') return integer.toString(2).padStart(bits, '0');
    return bits === 1 ? integer === 1n : integer;
  };
}

/** Text of a number in a column of text: the shortest that reads back as the same number. */
export function textOfNumber(value: bigint | number): string {
  return typeof value === 'bigint' ? value.toString() : (numberText(value) ?? String(value));
}
