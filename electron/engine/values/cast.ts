import type { CastType } from '../steps/records/spec-types.ts';
import { jsonText, parseJson } from './json-text.ts';

/** Gives the value as the type, or undefined when it cannot be had without loss. Null is never passed. */
export type Cast = (value: unknown) => unknown;

export const casts: Readonly<Record<CastType, Cast>> = {
  text: toText,
  int64: (value) => toInteger(value, -(2n ** 63n), 2n ** 63n - 1n),
  uint64: (value) => toInteger(value, 0n, 2n ** 64n - 1n),
  float64: toFloat,
  bool: toBoolean,
  decimal: (value) => matching(numberText(value), /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/),
  date: (value) => toDate(value),
  time: (value) => matching(value, /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/),
  timestamp: toTimestamp,
  json: toJson,
  uuid: (value) => matching(value, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)?.toLowerCase(),
  bytes: toBytes,
};

/** Text of a scalar; of bytes when they are UTF-8. */
export function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Uint8Array) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      return undefined;
    }
  }
  return jsonText(value) ?? undefined;
}

/** The shortest text that reads back as the same float, with `.0` where it is integral. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'number') return undefined;
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function toInteger(value: unknown, least: bigint, most: bigint): bigint | undefined {
  const integer = integerOf(value);
  return integer !== undefined && integer >= least && integer <= most ? integer : undefined;
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isInteger(value) && !Object.is(value, -0) ? BigInt(value) : undefined;
  const text = matching(value, /^\s*[-+]?\d{1,40}(?:\.0+)?\s*$/);
  return text === undefined ? undefined : BigInt(text.trim().replace(/^\+/, '').replace(/\.0+$/, ''));
}

function toFloat(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = matching(value, /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/);
  const number = Number(text ?? 'none');
  return Number.isFinite(number) ? number : undefined;
}

const booleans: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  [1n, true],
  [0n, false],
  [1, true],
  [0, false],
  ...['true', 't', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((word) => [word, false] as const),
]);

function toBoolean(value: unknown): boolean | undefined {
  return booleans.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
}

function toDate(value: unknown): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$/.exec(
    typeof value === 'string' ? value.trim() : '',
  );
  return parts && isDay(parts) ? `${parts[1]}-${parts[2]}-${parts[3]}` : undefined;
}

/** ISO text, `T` or a space between, fractions and zone as they are. */
function toTimestamp(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  const parts =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[-+]\d{2}(?::?\d{2})?)?)?$/.exec(
      text,
    );
  return parts && isDay(parts) ? text : undefined;
}

function isDay(parts: RegExpExecArray): boolean {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

/** JSON text, checked; tables and lists as the text they came from. */
function toJson(value: unknown): string | undefined {
  if (typeof value !== 'string') return value instanceof Uint8Array ? undefined : (jsonText(value) ?? undefined);
  try {
    parseJson(value);
    return value;
  } catch {
    return undefined;
  }
}

/** Text as UTF-8. */
function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? new TextEncoder().encode(value) : undefined;
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
