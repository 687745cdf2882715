import type { Row, Value } from '#shared/model/value.ts';
import type { TextRow } from './link.ts';
import type { Decoding } from './types.ts';

/** The value of a text that the server wrote under our settings. */
export function decodeText(text: string | null, decoding: Decoding): Value {
  if (text === null) return null;
  switch (decoding) {
    case 'text':
      return text;
    case 'int':
      return BigInt(text);
    case 'bool':
      return text === 't';
    case 'float8':
      return floatOf(text);
    case 'float4':
      // The shortest text of a real names another double than the one it is equal to.
      return Math.fround(floatOf(text));
    case 'bytes':
      return bytesOf(text.slice(2));
  }
}

export function decodeRow(row: TextRow, decodings: readonly Decoding[]): Row {
  return row.map((text, index) => decodeText(text, decodings[index] ?? 'text'));
}

/** Number() knows NaN, Infinity and -Infinity by the names that PostgreSQL uses. */
function floatOf(text: string): number {
  return Number(text);
}

function bytesOf(hex: string): Uint8Array {
  const buffer = Buffer.from(hex, 'hex');
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** One line of COPY's text format, without its end. */
export function decodeLine(line: string, decodings: readonly Decoding[]): Row {
  const { length } = decodings;
  const row: Value[] = new Array<Value>(length);
  let from = 0;
  for (let index = 0; index < length; index += 1) {
    let to = line.indexOf('\t', from);
    if (to < 0) to = line.length;
    row[index] = decodeField(line, from, to, decodings[index] as Decoding);
    from = to + 1;
  }
  return row;
}

function decodeField(line: string, from: number, to: number, decoding: Decoding): Value {
  const escaped = line.charCodeAt(from) === 0x5c;
  if (escaped && to - from === 2 && line.charCodeAt(from + 1) === 0x4e) return null;
  switch (decoding) {
    case 'text': {
      const field = line.slice(from, to);
      return field.includes('\\') ? unescapeField(field) : field;
    }
    case 'bool':
      return line.charCodeAt(from) === 0x74;
    case 'bytes':
      // Written as \\x6869: the backslash itself is escaped.
      return bytesOf(line.slice(from + 3, to));
    default:
      return decodeText(line.slice(from, to), decoding);
  }
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

export function unescapeField(field: string): string {
  return field.replace(/\\([\s\S])/g, (_all, letter: string) => escapes[letter] ?? letter);
}
