import type { Row, Value } from '#shared/model/value.ts';

/**
 * Digest of a set of rows that does not depend on their order: the number of rows and the sums of two 32-bit hashes of each.
 * Sums of parts add up, so that chunks, steps and halves can be digested apart and compared together. It tells accidents, not
 * forgeries. Values hash alike when they are equal: an integral float like the integer, a boolean like 1 or 0 (SQLite has
 * no other), text never like a number. Every column counts by its position.
 */
export class RowDigest {
  #rows = 0;
  #first = 0;
  #second = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Adds a row; `width` limits it to its first columns. */
  add(row: Row, width: number = row.length): void {
    state.first = 0x811c9dc5 ^ width;
    state.second = 0x9747b28c ^ width;
    for (let index = 0; index < width; index += 1) hashValue(row[index] as Value);
    this.#rows += 1;
    this.#first = (this.#first + finish(state.first ^ (state.second >>> 7))) >>> 0;
    this.#second = (this.#second + finish(state.second ^ (state.first << 5))) >>> 0;
  }

  addAll(rows: Iterable<Row>): void {
    for (const row of rows) this.add(row);
  }

  merge(other: RowDigest): void {
    this.#rows += other.#rows;
    this.#first = (this.#first + other.#first) >>> 0;
    this.#second = (this.#second + other.#second) >>> 0;
  }

  /** Takes rows out again that are part of this digest. */
  subtract(other: RowDigest): void {
    this.#rows -= other.#rows;
    this.#first = (this.#first - other.#first) >>> 0;
    this.#second = (this.#second - other.#second) >>> 0;
  }

  /** `rows:` and 16 hexadecimal digits; what `parse` reads. */
  toText(): string {
    return `${this.#rows}:${hex(this.#first)}${hex(this.#second)}`;
  }

  equals(other: RowDigest): boolean {
    return this.#rows === other.#rows && this.#first === other.#first && this.#second === other.#second;
  }

  /** Throws when the text is not a digest. */
  static parse(text: string): RowDigest {
    const parts = /^(\d{1,15}):([0-9a-f]{8})([0-9a-f]{8})$/.exec(text);
    if (!parts) throw new Error(`Not a digest: ${text.slice(0, 40)}`);
    const digest = new RowDigest();
    digest.#rows = Number(parts[1]);
    digest.#first = Number.parseInt(parts[2] ?? '', 16);
    digest.#second = Number.parseInt(parts[3] ?? '', 16);
    return digest;
  }

  static of(rows: Iterable<Row>): RowDigest {
    const digest = new RowDigest();
    digest.addAll(rows);
    return digest;
  }
}

/** Sum of digests as text; the digest of no rows for none. */
export function sumDigests(texts: Iterable<string>): string {
  const sum = new RowDigest();
  for (const text of texts) sum.merge(RowDigest.parse(text));
  return sum.toText();
}

// One state for all rows: an object per row would cost more than the hash.
const state = { first: 0, second: 0 };
const view = new DataView(new ArrayBuffer(8));

const tags = { null: 1, integer: 2, wide: 3, float: 4, text: 5, bytes: 6, list: 7 } as const;

function hashValue(value: Value): void {
  switch (typeof value) {
    case 'string':
      hashText(tags.text, value);
      break;
    case 'bigint':
      hashInteger(value);
      break;
    case 'number':
      hashNumber(value);
      break;
    case 'boolean':
      hashSafeInteger(value ? 1 : 0);
      break;
    case 'object':
      hashObject(value);
  }
}

function hashObject(value: null | Uint8Array | readonly Value[]): void {
  if (value === null) {
    mix(tags.null);
  } else if (value instanceof Uint8Array) {
    hashBytes(value);
  } else {
    mix(tags.list);
    mix(value.length);
    for (const item of value) hashValue(item);
  }
}

function hashInteger(value: bigint): void {
  const small = Number(value);
  if (Number.isSafeInteger(small)) hashSafeInteger(small);
  else hashText(tags.wide, value.toString());
}

function hashNumber(value: number): void {
  const integral = Number.isInteger(value) && !Object.is(value, -0);
  if (integral && Number.isSafeInteger(value)) {
    hashSafeInteger(value);
  } else if (integral) {
    hashText(tags.wide, BigInt(value).toString());
  } else {
    // One NaN, whatever its payload.
    view.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
    mix(tags.float);
    mix(view.getInt32(0));
    mix(view.getInt32(4));
  }
}

function hashSafeInteger(value: number): void {
  mix(tags.integer);
  mix(value | 0);
  mix(Math.floor(value / 4294967296));
}

function hashText(tag: number, text: string): void {
  const { length } = text;
  let first = Math.imul(state.first ^ tag, 0x01000193) ^ length;
  let second = Math.imul(state.second ^ length, 0x5bd1e995) ^ tag;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second + unit, 0x85ebca6b) ^ (second >>> 15);
  }
  state.first = first;
  state.second = second;
}

function hashBytes(bytes: Uint8Array): void {
  mix(tags.bytes);
  mix(bytes.length);
  for (const byte of bytes) mix(byte);
}

function mix(word: number): void {
  state.first = Math.imul(state.first ^ word, 0x01000193) ^ (state.first >>> 17);
  state.second = Math.imul(state.second + word, 0x85ebca6b) ^ (state.second >>> 15);
}

/** Spreads every bit over the word, so that sums of similar rows do not cancel out. */
function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
