import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure } from '../relational.ts';
import { type Encoder, encoderOf } from './encode.ts';
import { ownFailure } from './errors.ts';
import { type Relation, requireColumn } from './relation.ts';

const special = /[\0\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Turns rows into lines of COPY's text format; names row and column of what cannot be written. */
export class RowWriter {
  readonly #table: string;
  readonly #columns: readonly string[];
  readonly #encoders: readonly Encoder[];

  constructor(relation: Relation, columns: readonly string[]) {
    this.#table = relation.name;
    this.#columns = columns;
    this.#encoders = columns.map((name) => encoderOf(requireColumn(relation, name)));
  }

  /** The row as one line with its end. `ordinal` is its position in the load. */
  line(row: Row, ordinal: number): string {
    const encoders = this.#encoders;
    let line = '';
    for (let index = 0; index < encoders.length; index += 1) {
      const value = row[index] as Value;
      if (index > 0) line += '\t';
      line += value === null || value === undefined ? '\\N' : this.#field(value, index, ordinal);
    }
    return `${line}\n`;
  }

  /** The texts of a row, for parameters. */
  texts(row: Row, ordinal: number): (string | null)[] {
    return this.#encoders.map((_encoder, index) => {
      const value = row[index] as Value;
      return value === null || value === undefined ? null : this.#text(value, index, ordinal);
    });
  }

  #field(value: Value, index: number, ordinal: number): string {
    const text = this.#text(value, index, ordinal);
    // The digits of an integer need no look.
    return typeof value !== 'bigint' && special.test(text)
      ? text.replace(/[\\\t\n\r]/g, (letter) => escapes[letter] as string)
      : text;
  }

  #text(value: Value, index: number, ordinal: number): string {
    try {
      const text = (this.#encoders[index] as Encoder)(value);
      if (typeof value === 'string' || typeof value === 'object') refuseUnfit(text);
      return text;
    } catch (error) {
      if (!(error instanceof DbFailure)) throw error;
      const place = { ...error.error, table: this.#table, column: this.#columns[index] as string };
      throw new DbFailure(place, { row: ordinal, cause: error });
    }
  }
}

/** What text of PostgreSQL cannot hold. */
export function refuseUnfit(text: string): void {
  if (text.includes('\0'))
    throw ownFailure('NUL', 'data', 'The text holds a NUL character, which PostgreSQL cannot hold.');
  // Node 20 has it; the ES2023 library that this compiles against does not know it yet.
  if (!(text as string & { isWellFormed(): boolean }).isWellFormed())
    throw ownFailure('NOT_WELL_FORMED', 'data', 'The text holds half of a surrogate pair, which UTF-8 cannot carry.');
}
