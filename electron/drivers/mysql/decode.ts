import { isUtf8 } from 'node:buffer';
import type { Value } from '#shared/model/value.ts';
import type { ColumnKind, ColumnType } from './types.ts';

/** Bytes of a text result to a value. Gives `invalidText` for text that is not valid UTF-8. */
export type Decoder = (bytes: Buffer) => Value | typeof invalidText;
export const invalidText: unique symbol = Symbol('invalid text');

/** What invalid bytes become in JavaScript, and what a text may hold in its own right. */
const replacement = '\ufffd';

const text: Decoder = (bytes) => {
  const found = bytes.toString('utf8');
  return found.includes(replacement) && !isUtf8(bytes) ? invalidText : found;
};

const ascii: Decoder = (bytes) => bytes.toString('latin1');

const integer: Decoder = (bytes) => {
  if (bytes.length > 15) return BigInt(bytes.toString('latin1'));
  let value = 0;
  let at = 0;
  const negative = bytes[0] === 0x2d;
  if (negative) at = 1;
  for (; at < bytes.length; at += 1) value = value * 10 + (bytes[at] as number) - 48;
  return BigInt(negative ? -value : value);
};

const float: Decoder = (bytes) => Number(bytes.toString('latin1'));

/** A copy: the bytes of the result share a buffer with all rows that came with it. */
const binary: Decoder = (bytes) => new Uint8Array(bytes);

export function decoderFor({ kind, type }: Pick<ColumnType, 'kind' | 'type'>): Decoder {
  switch (kind) {
    case 'int':
    case 'year':
      return integer;
    case 'bit':
      return type.t === 'bool' ? (bytes) => bytes[0] === 0x31 : integer;
    case 'float':
    case 'double':
      return float;
    case 'binary':
    case 'bytes':
      return binary;
    case 'timestamp':
      // The session's zone is UTC.
      return (bytes) => `${bytes.toString('latin1')}+00`;
    case 'decimal':
    case 'date':
    case 'time':
    case 'datetime':
    case 'hex':
    case 'inet':
      return ascii;
    case 'char':
    case 'text':
    case 'enum':
    case 'set':
    case 'json':
    case 'uuid':
      return text;
  }
}

/** What the server says of a column of a result. */
export type ResultField = {
  readonly name: string;
  readonly columnType: number;
  readonly flags: number;
  readonly characterSet: number;
  readonly decimals: number;
  readonly columnLength: number;
};

const unsignedFlag = 32;
const enumFlag = 256;
const setFlag = 2048;
const binaryCharset = 63;

/** The type of a column of a result, as far as its metadata tells: for queries, which have no columns of a table behind them. */
export function resultType(field: ResultField): ColumnType {
  const unsigned = (field.flags & unsignedFlag) !== 0;
  const made = (kind: ColumnKind, type: ColumnType['type'], more: Partial<ColumnType> = {}): ColumnType => ({
    kind,
    type,
    digits: 0,
    length: null,
    unsigned,
    labels: null,
    ...more,
  });
  const digits = Math.min(field.decimals, 6);
  switch (field.columnType) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x09:
      return made('int', { t: 'int64' });
    case 0x08:
      return made('int', { t: unsigned ? 'uint64' : 'int64' });
    case 0x0d:
      return made('year', { t: 'int64' });
    case 0x00:
    case 0xf6: {
      const precision = field.columnLength - (field.decimals > 0 ? 1 : 0) - (unsigned ? 0 : 1);
      return made('decimal', { t: 'decimal', precision, scale: field.decimals });
    }
    case 0x04:
      return made('float', { t: 'float32' });
    case 0x05:
      return made('double', { t: 'float64' });
    case 0x07:
      return made('timestamp', { t: 'timestamptz', digits }, { digits });
    case 0x0a:
    case 0x0e:
      return made('date', { t: 'date' });
    case 0x0b:
      return made('time', { t: 'time', digits }, { digits });
    case 0x0c:
      return made('datetime', { t: 'timestamp', digits }, { digits });
    case 0x10:
      return made('bit', { t: field.columnLength === 1 ? 'bool' : 'uint64' }, { length: field.columnLength });
    case 0xf5:
      return made('json', { t: 'json' });
    case 0xff:
      return made('hex', { t: 'opaque', engine: 'mysql', name: 'geometry' });
    case 0xf2:
      return made('hex', { t: 'opaque', engine: 'mysql', name: 'vector' });
    default:
      if ((field.flags & enumFlag) !== 0) return made('enum', { t: 'text' });
      if ((field.flags & setFlag) !== 0) return made('set', { t: 'text' });
      return field.characterSet === binaryCharset ? made('bytes', { t: 'bytes' }) : made('text', { t: 'text' });
  }
}
