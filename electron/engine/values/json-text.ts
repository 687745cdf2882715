import { ValueFault } from './value-fault.ts';

/**
 * A JSON document that lost no digit: integers are `bigint`, other numbers `number`, or their text where a float64 would
 * alter them. Of a key that occurs twice the last one holds, as everywhere; `jsonText` still gives the whole original.
 */
export type JsonValue = null | boolean | bigint | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

/** Strict JSON (RFC 8259). Throws a ValueFault `not_json` that says where. */
export function parseJson(text: string): JsonValue {
  const reader = new JsonReader(text);
  return reader.document();
}

/** Text is itself, a table or list the JSON it came from, the rest its literal; null stays null. */
export function jsonText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  return (value as Raw)[raw] ?? writeJson(value);
}

/** JSON of a value that may hold integers of any size. */
function writeJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const original = (value as Raw)[raw];
  if (original !== undefined) return original;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${writeJson(inner)}`)
    .join(',')}}`;
}

// Under a symbol, where neither expressions nor Object.keys see it.
const raw = Symbol('original text');
type Raw = { [raw]?: string };

const maxDepth = 200;
const literal = /true|false|null/y;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    this.#space();
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#fault('text after the end');
    return value;
  }

  #value(): JsonValue {
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x22:
        return this.#string();
      case 0x7b:
        return this.#nested(() => this.#object());
      case 0x5b:
        return this.#nested(() => this.#array());
      default:
        return this.#scalar();
    }
  }

  #nested<T extends JsonObject | JsonValue[]>(read: () => T): T {
    if (this.#depth >= maxDepth) throw this.#fault(`nested deeper than ${maxDepth}`);
    this.#depth += 1;
    const start = this.#at;
    const value: T & Raw = read();
    value[raw] = this.#text.slice(start, this.#at);
    this.#depth -= 1;
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = Object.create(null);
    this.#at += 1;
    this.#space();
    if (this.#take(0x7d)) return object;
    do {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x22) throw this.#fault('a key in quotes is expected');
      const key = this.#string();
      this.#space();
      if (!this.#take(0x3a)) throw this.#fault('":" is expected');
      this.#space();
      object[key] = this.#value();
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x7d)) throw this.#fault('"," or "}" is expected');
    return object;
  }

  #array(): JsonValue[] {
    const list: JsonValue[] = [];
    this.#at += 1;
    this.#space();
    if (this.#take(0x5d)) return list;
    do {
      this.#space();
      list.push(this.#value());
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x5d)) throw this.#fault('"," or "]" is expected');
    return list;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let from = start;
    let built = '';
    for (let at = start; ; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22) {
        this.#at = at + 1;
        return from === start ? text.slice(start, at) : built + text.slice(from, at);
      }
      if (unit === 0x5c) {
        built += text.slice(from, at);
        this.#at = at;
        built += this.#escape();
        from = this.#at;
        at = from - 1;
      } else if (!(unit >= 0x20)) {
        this.#at = at;
        throw this.#fault(Number.isNaN(unit) ? 'a text does not end' : 'a control character inside text');
      }
    }
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#fault('four hexadecimal digits are expected after \\u');
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (plain === undefined) throw this.#fault('an unknown escape');
    this.#at += 2;
    return plain;
  }

  #scalar(): JsonValue {
    number.lastIndex = this.#at;
    const digits = number.exec(this.#text);
    if (digits) {
      this.#at = number.lastIndex;
      return digits[1] === undefined && digits[2] === undefined ? BigInt(digits[0]) : exactNumber(digits[0]);
    }
    literal.lastIndex = this.#at;
    const word = literal.exec(this.#text)?.[0];
    if (word === undefined) throw this.#fault(this.#at < this.#text.length ? 'not a value' : 'the text ends too early');
    this.#at = literal.lastIndex;
    return word === 'null' ? null : word === 'true';
  }

  #space(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at += 1;
    }
  }

  #take(unit: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== unit) return false;
    this.#at += 1;
    return true;
  }

  #fault(what: string): ValueFault {
    return new ValueFault('not_json', `Not JSON: ${what}, at character ${this.#at + 1}`);
  }
}

/** A float64 when it keeps every digit, else the text. */
function exactNumber(text: string): number | string {
  const value = Number(text);
  return sameDigits(text, String(value)) ? value : text;
}

function sameDigits(one: string, other: string): boolean {
  const a = significant(one);
  const b = significant(other);
  return a !== null && b !== null && a.digits === b.digits && a.exponent === b.exponent;
}

/** Digits without leading and trailing zeros, and the power of ten of the first one. The sign stays out: both have it. */
function significant(text: string): { digits: string; exponent: number } | null {
  const parts = /^-?(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text);
  if (!parts) return null;
  const whole = parts[1] ?? '';
  const all = whole + (parts[2] ?? '');
  const digits = all.replace(/^0+/, '');
  if (digits === '') return { digits: '', exponent: 0 };
  const exponent = Number(parts[3] ?? 0) + whole.length - (all.length - digits.length);
  return { digits: digits.replace(/0+$/, ''), exponent };
}
