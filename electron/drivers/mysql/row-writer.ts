import { Readable } from 'node:stream';
import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure, type OutputSpec } from '../relational.ts';
import { LineBuffer } from '../shared/line-buffer.ts';
import type { MysqlConnection } from './connection.ts';
import { decoderFor, invalidText } from './decode.ts';
import { type Encoder, encoderFor } from './encode.ts';
import { dbFailure, endsTransaction, errnoOf, keyIn, ownFailure, rowIn } from './errors.ts';
import { quote, quoteAll } from './names.ts';
import type { Column, Relation } from './relation.ts';
import { columnOf } from './rows-by-key.ts';

/** Bytes handed to the socket at once. */
const pieceBytes = 128 << 10;
/** Rows of one INSERT: prepared once for each size. */
const sizes = [256, 16, 1] as const;
const mostPlaceholders = 60_000;
const insertBytes = 1 << 20;

/** Notes and warnings that change no value. */
const harmless = new Set([1287, 1592, 1681, 1831, 3719, 3778, 4095]);

type Encoded = readonly (string | Buffer | null)[];

/** Writes rows of one output, and finds the row when one is refused. */
export class RowWriter {
  readonly #connection: MysqlConnection;
  readonly #output: OutputSpec;
  readonly #found: Relation;
  readonly #columns: readonly Column[];
  readonly #encoders: readonly Encoder[];
  readonly #key: readonly number[];
  readonly #loadSql: string;

  constructor(connection: MysqlConnection, found: Relation, output: OutputSpec) {
    this.#connection = connection;
    this.#output = output;
    this.#found = found;
    this.#columns = output.columns.map((name) => columnOf(found, name));
    this.#encoders = this.#columns.map(encoderFor);
    this.#key = output.key.map((name) => output.columns.indexOf(name));
    this.#loadSql = this.#loadStatement();
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  get relation(): Relation {
    return this.#found;
  }

  keyOf(row: Row): Row {
    return this.#key.map((index) => row[index] ?? null);
  }

  /** The row as it will be read back. Throws a DbFailure that names row and column for what cannot be held. */
  stored(row: Row, ordinal: number): Value[] {
    return this.encoded(row, ordinal).map((cell, index): Value => {
      const column = this.#columns[index] as Column;
      if (cell === null) return null;
      if (typeof cell !== 'string') return new Uint8Array(cell);
      const value = row[index];
      if (typeof value === 'string' && (column.kind === 'text' || column.kind === 'char')) return value;
      const read = decoderFor(column)(Buffer.from(cell, 'utf8'));
      return read === invalidText ? cell : read;
    });
  }

  encoded(row: Row, ordinal: number): Encoded {
    const cells: (string | Buffer | null)[] = [];
    for (let index = 0; index < this.#encoders.length; index += 1) {
      const value = row[index] ?? null;
      cells.push(value === null ? null : this.#cell(value, index, ordinal));
    }
    return cells;
  }

  /** One LOAD DATA of these rows. False when the server warned of anything: then the caller takes it back and inserts. */
  async load(rows: readonly Row[], first: number): Promise<boolean> {
    const refused: { error?: unknown } = {};
    const source = (): Readable => Readable.from(this.#pieces(rows, first, refused), { objectMode: false });
    try {
      const { affected, warnings } = await this.#connection.loadLocal(this.#loadSql, source);
      if (refused.error) throw refused.error;
      return affected === rows.length && (warnings === 0 || (await this.#harmless()));
    } catch (error) {
      if (refused.error) throw refused.error;
      if (endsTransaction(error)) throw this.placed(error);
      // Some refusals end the statement even here; the row shows itself below.
      return false;
    }
  }

  /** Strict INSERTs; the first row that is refused, or that would be altered, ends it with its name. */
  async insert(rows: readonly Row[], first: number): Promise<void> {
    const most = Math.max(1, Math.floor(mostPlaceholders / Math.max(1, this.#columns.length)));
    let at = 0;
    while (at < rows.length) {
      const { group, bytes } = this.#group(rows, at, first, most);
      // One row alone may be as big as it is.
      if (group.length === 1 || bytes <= insertBytes) await this.#insertGroup(group, first + at);
      else
        for (let index = 0; index < group.length; index += 1)
          await this.#insertOne(group[index] as Encoded, first + at + index);
      at += group.length;
    }
  }

  #group(rows: readonly Row[], at: number, first: number, most: number): { group: Encoded[]; bytes: number } {
    const size = sizes.find((one) => one <= Math.min(most, rows.length - at)) ?? 1;
    const group: Encoded[] = [];
    let bytes = 0;
    for (let index = 0; index < size; index += 1) {
      const cells = this.encoded(rows[at + index] as Row, first + at + index);
      for (const cell of cells) bytes += cell === null ? 1 : cell.length;
      group.push(cells);
    }
    return { group, bytes };
  }

  async #insertGroup(group: readonly Encoded[], first: number): Promise<void> {
    if (group.length === 1) return this.#insertOne(group[0] as Encoded, first);
    try {
      const { warnings } = await this.#connection.execute(this.#insertSql(group.length), group.flat());
      if (warnings === 0) return;
      await this.refuseAltered(first);
    } catch (error) {
      if (endsTransaction(error)) throw this.placed(error);
      if (error instanceof DbFailure && error.row !== null) throw error;
      // The statement was taken back as a whole; one by one, the row that is refused shows itself.
      for (let index = 0; index < group.length; index += 1)
        await this.#insertOne(group[index] as Encoded, first + index);
    }
  }

  async #insertOne(cells: Encoded, ordinal: number): Promise<void> {
    try {
      const { warnings } = await this.#connection.execute(this.#insertSql(1), [...cells]);
      if (warnings > 0) await this.refuseAltered(ordinal);
    } catch (error) {
      throw this.placed(error, ordinal);
    }
  }

  /** A note such as "Data truncated for column" comes where the value was altered; strict mode lets some of them pass. */
  async refuseAltered(first: number): Promise<void> {
    const worst = (await this.#connection.warnings()).find((one) => !harmless.has(one.errno));
    if (!worst) return;
    const row = rowIn(worst.message);
    const error = Object.assign(new Error(worst.message), {
      errno: worst.errno,
      code: `MYSQL_${worst.errno}`,
      kind: 'data',
    });
    throw this.placed(error, first + Math.max(0, (row ?? 1) - 1));
  }

  async #harmless(): Promise<boolean> {
    return (await this.#connection.warnings()).every((one) => harmless.has(one.errno));
  }

  placed(error: unknown, ordinal?: number): DbFailure {
    const given = dbFailure(error);
    const place = ordinal === undefined ? {} : { row: ordinal };
    const key = errnoOf(error) === 1062 ? keyIn(given.error.message) : null;
    const column = given.error.column ?? (key === 'PRIMARY' ? (this.#found.primaryKey[0] ?? null) : null);
    return new DbFailure(
      { ...given.error, statement: this.#insertSql(1), table: this.#output.table, column },
      { ...place, cause: given.cause ?? error },
    );
  }

  /** The rows as text, to the first one that cannot be held; an error of the stream would leave mysql2 in disorder. */
  *#pieces(rows: readonly Row[], first: number, refused: { error?: unknown }): Generator<Buffer> {
    const lines = new LineBuffer(pieceBytes);
    try {
      for (let at = 0; at < rows.length; at += 1) {
        const row = rows[at] as Row;
        let line = '';
        for (let index = 0; index < this.#encoders.length; index += 1) {
          if (index > 0) line += '\t';
          const value = row[index] ?? null;
          line += value === null ? '\\N' : loadText(this.#cell(value, index, first + at));
        }
        line += '\n';
        if (lines.add(line)) continue;
        yield lines.take();
        lines.add(line);
      }
    } catch (error) {
      refused.error = error;
      return;
    }
    if (!lines.isEmpty) yield lines.take();
  }

  #cell(value: Exclude<Value, null>, index: number, ordinal: number): string | Buffer {
    try {
      return (this.#encoders[index] as Encoder)(value);
    } catch (error) {
      if (!(error instanceof DbFailure)) throw error;
      const column = this.#output.columns[index] as string;
      throw new DbFailure({ ...error.error, table: this.#output.table, column }, { row: ordinal, cause: error });
    }
  }

  #loadStatement(): string {
    const sets: string[] = [];
    const targets = this.#columns.map((column, index) => {
      const name = quote(column.name);
      const variable = `@overland_${index}`;
      if (column.kind === 'bit') sets.push(`${name} = CAST(${variable} AS UNSIGNED)`);
      else if (isHex(column)) sets.push(`${name} = UNHEX(${variable})`);
      else return name;
      return variable;
    });
    const set = sets.length > 0 ? ` SET ${sets.join(', ')}` : '';
    return `LOAD DATA LOCAL INFILE 'overland' INTO TABLE ${quote(this.#found.name)} CHARACTER SET utf8mb4
      FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${targets.join(', ')})${set}`;
  }

  #insertSql(rows: number): string {
    const place = this.#columns.map(({ kind }) =>
      kind === 'bit' ? 'CAST(? AS UNSIGNED)' : kind === 'hex' ? 'UNHEX(?)' : '?',
    );
    const names = quoteAll(this.#columns.map((column) => column.name));
    const values = Array(rows)
      .fill(`(${place.join(', ')})`)
      .join(', ');
    return `INSERT INTO ${quote(this.#found.name)} (${names}) VALUES ${values}`;
  }
}

/** Bytes go as hexadecimal digits: LOAD DATA takes everything for text of its character set. */
function isHex({ kind }: Column): boolean {
  return kind === 'bytes' || kind === 'binary' || kind === 'hex';
}

function loadText(cell: string | Buffer): string {
  if (typeof cell !== 'string') return cell.toString('hex');
  return special.test(cell)
    ? cell.replace(/[\\\t\n]/g, (one) => `\\${one === '\t' ? 't' : one === '\n' ? 'n' : one}`)
    : cell;
}

const special = /[\\\t\n]/;

/** A table that a chunk cannot be rolled back in. */
export function refuseWithoutTransactions(found: Relation): void {
  if (found.engine === null || /^(InnoDB|ROCKSDB|TokuDB|SEQUENCE|ndbcluster)$/i.test(found.engine)) return;
  throw ownFailure(
    'NO_TRANSACTIONS',
    'permanent',
    `The table '${found.name}' uses the storage engine ${found.engine}, which has no transactions, so that a chunk could not be taken back.`,
    { table: found.name },
  );
}
