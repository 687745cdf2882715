import type { CanonicalType, Value } from '#shared/model/value.ts';
import { ownFailure } from './errors.ts';

/** How SQLite converts what is stored in a column, https://www.sqlite.org/datatype3.html section 3.1. */
export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

export function affinityOf(declared: string, strict = false): Affinity {
  const type = declared.toUpperCase();
  if (strict && type === 'ANY') return 'blob';
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  if (type === '' || type.includes('BLOB')) return 'blob';
  if (/REAL|FLOA|DOUB/.test(type)) return 'real';
  return 'numeric';
}

/** What a declared type means. SQLite stores any class of value in most columns, so this is intent, not a promise. */
export function canonicalType(declared: string): CanonicalType {
  const type = declared.trim().toUpperCase();
  const base = type.replace(/\(.*$/, '').trim();
  if (base.startsWith('BOOL')) return { t: 'bool' };
  if (base === 'TINYINT' && /\(\s*1\s*\)/.test(type)) return { t: 'bool' };
  if (base === 'DATE') return { t: 'date' };
  if (base === 'TIME') return { t: 'time', digits: 6 };
  if (base === 'DATETIME' || base === 'TIMESTAMP') return { t: 'timestamp', digits: 6 };
  if (base === 'TIMESTAMPTZ' || base === 'TIMESTAMP WITH TIME ZONE') return { t: 'timestamptz', digits: 6 };
  if (base === 'JSON' || base === 'JSONB') return { t: 'json' };
  if (base === 'UUID') return { t: 'uuid' };
  if (base === 'DECIMAL' || base === 'NUMERIC') {
    const size = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type);
    if (size) return { t: 'decimal', precision: Number(size[1]), scale: Number(size[2] ?? 0) };
  }
  switch (affinityOf(type)) {
    case 'integer':
      return { t: 'int64' };
    case 'text':
      return { t: 'text' };
    case 'real':
      return { t: 'float64' };
    case 'blob':
      return type === '' ? { t: 'opaque', engine: 'sqlite', name: '' } : { t: 'bytes' };
    case 'numeric':
      return { t: 'opaque', engine: 'sqlite', name: declared };
  }
}

export type Stored = null | bigint | number | string | Uint8Array;

const largestInteger = 2n ** 63n - 1n;
const smallestInteger = -(2n ** 63n);
const numericText = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
/** Text that says the same after a trip through a number: no leading zero, plus, blank or exponent. */
const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.(\d*?)0*)?$/;

/**
 * The value as it will be read back from a column of this affinity. What SQLite would alter in silence is refused with a
 * DbFailure of kind `data`: lone surrogates, NaN, -0, integers that a float cannot hold, numbers in text that would lose digits.
 */
export function storedForm(value: Value, affinity: Affinity): Stored {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) {
        throw ownFailure(
          'NOT_WELL_FORMED',
          'data',
          'The text holds half of a surrogate pair, which UTF-8 cannot carry.',
        );
      }
      return affinity === 'text' || affinity === 'blob' ? value : numberFromText(value, affinity);
    case 'bigint':
      if (value > largestInteger || value < smallestInteger) {
        throw ownFailure('OUT_OF_RANGE', 'data', `The integer ${value} does not fit 64 bits with a sign.`);
      }
      if (affinity === 'text') return value.toString();
      return affinity === 'real' ? exactFloat(value) : value;
    case 'number':
      return floatForm(value, affinity);
    case 'boolean':
      return storedForm(value ? 1n : 0n, affinity);
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      throw ownFailure(
        'ARRAY',
        'data',
        'An array cannot be stored in a column of SQLite; turn it into JSON text first.',
      );
  }
}

function floatForm(value: number, affinity: Affinity): Stored {
  if (Number.isNaN(value)) throw ownFailure('NAN', 'data', 'NaN cannot be stored: SQLite makes NULL of it.');
  if (Object.is(value, -0))
    throw ownFailure('NEGATIVE_ZERO', 'data', 'Minus zero cannot be stored: SQLite makes 0 of it.');
  if (affinity === 'text') return Number.isFinite(value) ? String(value) : value > 0 ? 'Inf' : '-Inf';
  const integral = (affinity === 'integer' || affinity === 'numeric') && Number.isInteger(value);
  return integral && Math.abs(value) < 2 ** 63 ? BigInt(value) : value;
}

function exactFloat(value: bigint): number {
  const float = Number(value);
  if (BigInt(float) === value) return float;
  throw ownFailure('INEXACT', 'data', `The integer ${value} would lose digits in a REAL column.`);
}

function numberFromText(text: string, affinity: 'integer' | 'real' | 'numeric'): Stored {
  if (!numericText.test(text)) return text;
  const plain = plainNumber.exec(text);
  const inexact = (): never => {
    throw ownFailure('INEXACT', 'data', `The text '${text.slice(0, 60)}' would not stay as it is in a numeric column.`);
  };
  if (!plain || text.startsWith('-0')) return inexact();
  if (!plain[1]) {
    const integer = BigInt(text.replace(/\..*$/, ''));
    if (affinity === 'real') return exactFloat(integer);
    return integer > largestInteger || integer < smallestInteger ? inexact() : integer;
  }
  const shortest = text.replace(/0+$/, '');
  const float = Number(shortest);
  return String(float) === shortest ? float : inexact();
}

/** Node 20 has it; the ES2023 library that this compiles against does not know it yet. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
