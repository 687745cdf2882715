import type { Value } from '#shared/model/value.ts';
import { postgresFacts } from '../../../drivers/postgres/declare.ts';
import type { TypeFamily } from '../../../drivers/relational.ts';
import { Fault } from '../fault.ts';
import { faults } from './faults.ts';
import { textOfNumber } from './numbers.ts';

/** An array of PostgreSQL, its own literal or a list of values, as a JSON list. */
export function arrayToJson(value: Value, items: string): string | Fault {
  const { family } = postgresFacts(items);
  if (Array.isArray(value)) return listToJson(value as readonly Value[], family);
  if (typeof value !== 'string') return faults.wrongClass;
  // `[0:1]={a,b}` counts from another number than 1.
  if (value.startsWith('[')) return faults.arrayBounds;
  const reader = new ArrayText(value, family);
  return reader.read() ?? faults.wrongClass;
}

function listToJson(list: readonly Value[], family: TypeFamily): string | Fault {
  const items: string[] = [];
  for (const item of list) {
    const text = Array.isArray(item) ? listToJson(item as readonly Value[], family) : itemOf(item, family);
    if (text instanceof Fault) return text;
    items.push(text);
  }
  return `[${items.join(',')}]`;
}

function itemOf(item: Value, family: TypeFamily): string | Fault {
  if (item === null) return 'null';
  if (typeof item === 'boolean' || typeof item === 'bigint') return String(item);
  if (typeof item === 'number') return Number.isFinite(item) ? textOfNumber(item) : JSON.stringify(String(item));
  return typeof item === 'string' ? jsonItem(item, family) : faults.bytesForText;
}

/** Numbers and JSON stand as they are, so that no digit is lost. */
function jsonItem(text: string, family: TypeFamily): string {
  switch (family) {
    case 'bool':
      return text === 't' || text === 'true' ? 'true' : 'false';
    case 'int':
    case 'float':
    case 'decimal':
      return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text) ? text : JSON.stringify(text);
    case 'json':
      return text;
    default:
      return JSON.stringify(text);
  }
}

class ArrayText {
  readonly #text: string;
  readonly #family: TypeFamily;
  #at = 0;

  constructor(text: string, family: TypeFamily) {
    this.#text = text;
    this.#family = family;
  }

  read(): string | null {
    const list = this.#list();
    return list !== null && this.#at === this.#text.length ? list : null;
  }

  #list(): string | null {
    if (this.#text[this.#at] !== '{') return null;
    this.#at += 1;
    const items: string[] = [];
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return '[]';
    }
    for (;;) {
      const item = this.#text[this.#at] === '{' ? this.#list() : this.#item();
      if (item === null) return null;
      items.push(item);
      const next = this.#text[this.#at];
      this.#at += 1;
      if (next === '}') return `[${items.join(',')}]`;
      if (next !== ',') return null;
    }
  }

  #item(): string | null {
    if (this.#text[this.#at] !== '"') {
      const start = this.#at;
      while (this.#at < this.#text.length && !',}'.includes(this.#text[this.#at] as string)) this.#at += 1;
      const bare = this.#text.slice(start, this.#at);
      if (bare === 'NULL') return 'null';
      return bare === '' ? null : jsonItem(bare, this.#family);
    }
    const quoted = /"((?:[^"\\]|\\.)*)"/sy;
    quoted.lastIndex = this.#at;
    const found = quoted.exec(this.#text);
    if (!found) return null;
    this.#at = quoted.lastIndex;
    return jsonItem((found[1] ?? '').replace(/\\(.)/gs, '$1'), this.#family);
  }
}
