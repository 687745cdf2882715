import { plainDecimal } from './numbers.ts';

/** Deeper documents are refused by PostgreSQL as well, at a depth that depends on its stack. */
const mostDepth = 1000;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
/** Control characters are not looked for: what comes here is JSON. */
const text = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const word = /true|false|null/y;
const space = /[ \t\n\r]*/y;

/**
 * Writes a JSON document as jsonb gives it back: keys by their length and bytes, the last of equal ones, numbers as `numeric`
 * writes them. Digits are never touched by a float. What is written must be JSON.
 */
export class JsonbForm {
  /** A key stands twice in one object. */
  duplicates = false;
  /** The document holds \u0000, which jsonb refuses. */
  nul = false;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(document: string) {
    this.#text = document;
  }

  /** Null when it is not JSON or not one that jsonb holds. */
  write(): string | null {
    const written = this.#value();
    return written !== null && this.#at === this.#text.length ? written : null;
  }

  #value(): string | null {
    this.#take(space);
    const first = this.#text[this.#at];
    let written: string | null;
    if (first === '{' || first === '[') {
      this.#depth += 1;
      written = this.#depth > mostDepth ? null : first === '{' ? this.#object() : this.#array();
      this.#depth -= 1;
    } else if (first === '"') written = this.#string();
    else written = this.#take(word) ?? this.#number();
    this.#take(space);
    return written;
  }

  #object(): string | null {
    const entries = new Map<string, string>();
    this.#at += 1;
    this.#take(space);
    if (this.#skip('}')) return '{}';
    do {
      this.#take(space);
      const key = this.#string();
      this.#take(space);
      if (key === null || !this.#skip(':')) return null;
      const value = this.#value();
      if (value === null) return null;
      if (entries.has(key)) this.duplicates = true;
      entries.set(key, value);
    } while (this.#skip(','));
    if (!this.#skip('}')) return null;
    const sorted = [...entries]
      .map(([key, value]) => ({ key, value, bytes: Buffer.from(JSON.parse(key) as string) }))
      .sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
    return `{${sorted.map(({ key, value }) => `${key}: ${value}`).join(', ')}}`;
  }

  #array(): string | null {
    const items: string[] = [];
    this.#at += 1;
    this.#take(space);
    if (this.#skip(']')) return '[]';
    do {
      const item = this.#value();
      if (item === null) return null;
      items.push(item);
    } while (this.#skip(','));
    return this.#skip(']') ? `[${items.join(', ')}]` : null;
  }

  /** With the escapes of PostgreSQL, which are those of JavaScript. */
  #string(): string | null {
    const raw = this.#take(text);
    if (raw === null) return null;
    if (!raw.includes('\\')) return raw;
    try {
      const value = JSON.parse(raw) as string;
      if (value.includes('\0')) {
        this.nul = true;
        return null;
      }
      return (value as string & { isWellFormed(): boolean }).isWellFormed() ? JSON.stringify(value) : null;
    } catch {
      return null;
    }
  }

  #number(): string | null {
    const digits = this.#take(number);
    if (!digits) return null;
    if (!/[eE]/.test(digits)) return digits.startsWith('-') && !/[1-9]/.test(digits) ? digits.slice(1) : digits;
    return withExponent(digits);
  }

  #skip(one: string): boolean {
    if (this.#text[this.#at] !== one) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

/** `numeric` keeps as many digits after the point as the text has, less its exponent. */
function withExponent(digits: string): string | null {
  const [mantissa = '', power = '0'] = digits.toLowerCase().split('e');
  const exponent = Number(power);
  if (Math.abs(exponent) > 16_000) return null;
  const plain = plainDecimal(digits);
  if (plain === null) return null;
  const scale = Math.max(0, (mantissa.split('.')[1] ?? '').length - exponent);
  const [whole = '0', after = ''] = plain.split('.');
  return scale === 0 ? whole : `${whole}.${after.padEnd(scale, '0')}`;
}
