import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure, type OutputSpec } from '../relational.ts';
import { relation } from './catalog.ts';
import type { Connection } from './database.ts';
import { codeOf, dbFailure, ownFailure } from './errors.ts';
import { missingParent } from './foreign-keys.ts';
import { quote, quoteAll } from './names.ts';
import { isWellFormed, type Stored, storedForm } from './types.ts';

/** Rows per INSERT: measured here 1.15 M rows/s with 16, 0.68 M with 1, 1.06 M with 32, 0.54 M through json_each. */
const rowsPerInsert = 16;
/** Inserts rows of one output, many per statement, and finds the row when one is refused. */
export class RowWriter {
  readonly #db: Connection;
  readonly #output: OutputSpec;
  readonly #affinities: readonly ReturnType<typeof affinity>[];
  readonly #key: readonly number[];
  readonly #one;
  readonly #many;
  readonly #values: Stored[] = [];

  constructor(db: Connection, output: OutputSpec) {
    const found = relation(db, output.table);
    if (!found)
      throw ownFailure('NO_TABLE', 'permanent', `The target has no table '${output.table}'.`, { table: output.table });
    this.#db = db;
    this.#output = output;
    this.#affinities = output.columns.map((name) => affinity(found, name));
    this.#key = output.key.map((name) => output.columns.indexOf(name));
    this.#one = db.prepare(this.insertSql(1));
    this.#many = db.prepare(this.insertSql(rowsPerInsert));
  }

  insertSql(rows: number): string {
    const { table, columns } = this.#output;
    const places = `(${columns.map(() => '?').join(', ')})`;
    return `INSERT INTO ${quote(table)} (${quoteAll(columns)}) VALUES ${Array(rows).fill(places).join(', ')}`;
  }

  keyOf(stored: readonly Stored[]): Stored[] {
    return this.#key.map((index) => stored[index] ?? null);
  }

  /** The row as it will be read back. Throws a DbFailure that names row and column for what cannot be held. */
  stored(row: Row, ordinal: number): Stored[] {
    const stored: Stored[] = [];
    this.#append(row, ordinal, stored);
    return stored;
  }

  insert(batch: readonly Row[], from: number, to: number, first: number): void {
    let at = from;
    for (; at + rowsPerInsert <= to; at += rowsPerInsert) {
      const values = this.#values;
      values.length = 0;
      for (let index = at; index < at + rowsPerInsert; index += 1) {
        this.#append(batch[index] as Row, first + index - from, values);
      }
      try {
        this.#many.run(values);
      } catch {
        // The statement was taken back as a whole; one by one, the row that is refused shows itself.
        for (let index = at; index < at + rowsPerInsert; index += 1)
          this.#insertOne(batch[index] as Row, first + index - from);
      }
    }
    for (; at < to; at += 1) this.#insertOne(batch[at] as Row, first + at - from);
  }

  /** Names the row, and for a foreign key also the column, when SQLite refuses. */
  guarded(act: () => void, stored: readonly Stored[], ordinal: number): void {
    try {
      act();
    } catch (error) {
      const { table, columns } = this.#output;
      const orphan = missingParent(this.#db, error, table, columns, stored);
      const place = { row: ordinal, statement: this.insertSql(1), ...tableWhenUnnamed(error, table) };
      if (!orphan) throw dbFailure(error, place);
      const named = Object.assign(new Error(orphan.message, { cause: error }), { code: codeOf(error) });
      throw dbFailure(named, { ...place, column: orphan.column });
    }
  }

  #insertOne(row: Row, ordinal: number): void {
    const stored = this.stored(row, ordinal);
    this.guarded(() => this.#one.run(stored), stored, ordinal);
  }

  #append(row: Row, ordinal: number, into: Stored[]): void {
    const affinities = this.#affinities;
    for (let index = 0; index < affinities.length; index += 1) {
      const value = row[index] as Value;
      const kind = affinities[index] as ReturnType<typeof affinity>;
      // The common cases, without a call each.
      if (value === null) into.push(null);
      else if (typeof value === 'string' && kind === 'text' && isWellFormed(value)) into.push(value);
      else into.push(this.#converted(value, kind, index, ordinal));
    }
  }

  #converted(value: Value, kind: ReturnType<typeof affinity>, index: number, ordinal: number): Stored {
    try {
      return storedForm(value, kind);
    } catch (error) {
      if (!(error instanceof DbFailure)) throw error;
      const column = this.#output.columns[index] as string;
      throw new DbFailure({ ...error.error, table: this.#output.table, column }, { row: ordinal, cause: error });
    }
  }
}

function affinity(found: NonNullable<ReturnType<typeof relation>>, name: string) {
  const column = found.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (column) return column.affinity;
  throw ownFailure('NO_COLUMN', 'permanent', `The table '${found.name}' has no column '${name}'.`, {
    table: found.name,
    column: name,
  });
}

/** Messages of a CHECK or a foreign key do not name the table. */
function tableWhenUnnamed(error: unknown, table: string): { table?: string } {
  return error instanceof Error && /^(?:UNIQUE|NOT NULL) constraint failed: /.test(error.message) ? {} : { table };
}
