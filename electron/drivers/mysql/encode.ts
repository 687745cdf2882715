import type { Value } from '#shared/model/value.ts';
import { ownFailure } from './errors.ts';
import type { Column } from './relation.ts';
import { instantText } from './times.ts';

/**
 * A value as text in the form in which the server will give it back, or bytes. What MySQL would alter in silence is refused
 * with a DbFailure of kind `data`; what it refuses itself in strict mode is left to it.
 */
export type Encoder = (value: Exclude<Value, null>) => string | Buffer;

export function encoderFor(column: Column): Encoder {
  switch (column.kind) {
    case 'int':
      return integer;
    case 'decimal':
      return decimal(column.type.t === 'decimal' ? column.type.scale : 0);
    case 'float':
      return (value) => float(value, true);
    case 'double':
      return (value) => float(value, false);
    case 'bit':
      return integer;
    case 'year':
      return year;
    case 'date':
    case 'time':
    case 'datetime':
    case 'timestamp':
      return (value) => {
        if (typeof value !== 'string') return wrongType(value, column.kind);
        return instantText(value, column.kind as 'date', column.digits);
      };
    case 'char':
      return (value) => withoutTrailingBlank(text(value));
    case 'text':
    case 'json':
    case 'inet':
      return text;
    case 'enum':
      return oneOf(new Set(column.labels));
    case 'set':
      return someOf(column.labels ?? []);
    case 'uuid':
      return (value) => matching(value, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID in lower case');
    case 'hex':
      return (value) => matching(value, /^(?:[0-9a-f]{2})*$/, 'bytes as hexadecimal digits');
    case 'binary':
      return (value) => {
        const bytes = asBytes(value);
        if (bytes.length === column.length) return bytes;
        throw ownFailure(
          'PADDED',
          'data',
          `The ${bytes.length} bytes would be filled up with zeros to ${column.length}, the size of the column.`,
        );
      };
    case 'bytes':
      return asBytes;
  }
}

const plainInteger = /^-?(?:0|[1-9]\d*)$/;
const plainDecimal = /^(-?)0*(\d+)(?:\.(\d*))?$/;

function integer(value: Exclude<Value, null>): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' && Number.isInteger(value) && !Object.is(value, -0)) return BigInt(value).toString();
  if (typeof value === 'string' && plainInteger.test(value) && value !== '-0') return value;
  return typeof value === 'string' || typeof value === 'number' ? inexact(value) : wrongType(value, 'integer');
}

function decimal(scale: number): Encoder {
  return (value) => {
    if (typeof value === 'boolean' || typeof value === 'object') return wrongType(value, 'decimal');
    const found = plainDecimal.exec(String(value));
    if (!found) return inexact(value);
    const [, sign = '', whole = '', fraction = ''] = found;
    if (/[1-9]/.test(fraction.slice(scale))) return inexact(value);
    const digits = fraction.slice(0, scale).padEnd(scale, '0');
    const minus = sign !== '' && /[1-9]/.test(whole + digits) ? '-' : '';
    return scale === 0 ? minus + whole : `${minus}${whole}.${digits}`;
  };
}

function float(value: Exclude<Value, null>, single: boolean): string {
  const number = typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number') return wrongType(value, 'float');
  if (!Number.isFinite(number)) {
    throw ownFailure('NOT_FINITE', 'data', `MySQL has no ${Number.isNaN(number) ? 'NaN' : 'infinity'}.`);
  }
  if (Object.is(number, -0))
    throw ownFailure('NEGATIVE_ZERO', 'data', 'Minus zero cannot be stored: MySQL makes 0 of it.');
  if (typeof value === 'bigint' && BigInt(number) !== value) return inexact(value);
  if (typeof value === 'string' && String(number) !== value) return inexact(value);
  if (single && Math.fround(number) !== number) return inexact(number);
  return String(number);
}

function year(value: Exclude<Value, null>): string {
  const number = Number(integer(value));
  if (number === 0) return '0000';
  if (number >= 1901 && number <= 2155) return String(number);
  throw ownFailure('OUT_OF_RANGE', 'data', `A YEAR is 0 or from 1901 to 2155; this one is ${number}.`);
}

function text(value: Exclude<Value, null>): string {
  if (typeof value === 'string') {
    if ((value as string & { isWellFormed(): boolean }).isWellFormed()) return value;
    throw ownFailure('NOT_WELL_FORMED', 'data', 'The text holds half of a surrogate pair, which UTF-8 cannot carry.');
  }
  if (typeof value === 'object') return wrongType(value, 'text');
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

function withoutTrailingBlank(found: string): string {
  if (!found.endsWith(' ')) return found;
  throw ownFailure('TRAILING_BLANK', 'data', 'The text ends in a blank, which a CHAR column drops.');
}

function oneOf(labels: ReadonlySet<string>): Encoder {
  return (value) => {
    const label = text(value);
    if (labels.has(label)) return label;
    throw ownFailure('NO_LABEL', 'data', `The column has no label '${shortened(label)}'.`);
  };
}

function someOf(labels: readonly string[]): Encoder {
  return (value) => {
    const found = text(value);
    const members = new Set(found === '' ? [] : found.split(','));
    // The server sorts members and drops what comes twice.
    const stored = labels.filter((label) => members.has(label)).join(',');
    if (stored === found) return found;
    throw ownFailure('NO_LABEL', 'data', `'${shortened(found)}' is not made of labels of the column in their order.`);
  };
}

function matching(value: Exclude<Value, null>, pattern: RegExp, words: string): string {
  const found = text(value);
  if (pattern.test(found)) return found;
  throw ownFailure('WRONG_FORM', 'data', `The value is not ${words}.`);
}

function asBytes(value: Exclude<Value, null>): Buffer {
  if (!(value instanceof Uint8Array)) return wrongType(value, 'bytes');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function inexact(value: string | number | bigint): never {
  throw ownFailure('INEXACT', 'data', `'${shortened(String(value))}' would not stay as it is in this column.`);
}

function wrongType(value: unknown, wanted: string): never {
  const found = value instanceof Uint8Array ? 'bytes' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw ownFailure('WRONG_TYPE', 'data', `The value is ${found}, the column holds ${wanted}.`);
}

function shortened(found: string): string {
  return found.length > 60 ? `${found.slice(0, 60)} ...` : found;
}
