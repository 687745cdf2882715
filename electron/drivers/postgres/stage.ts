import { createHash } from 'node:crypto';
import type { Row } from '#shared/model/value.ts';
import type { OutputSpec } from '../relational.ts';
import { keyText } from '../shared/kept-text.ts';
import { copyIn } from './copy-in.ts';
import type { Link } from './link.ts';
import { literal, quote, quoteAll } from './names.ts';
import { fromOf, type Relation, requireColumn } from './relation.ts';
import { RowWriter } from './row-writer.ts';

/** Without a count of them the planner joins so many rows as if there were a handful. */
export const worthAnalysing = 500;

/**
 * Rows on their way to a table that must be compared with what is there: a temporary table of the columns of one output, with
 * the position of each row (`overland_n`) and its key as text. Comparing, counting and digesting happen in the server.
 */
export class Stage {
  readonly table: string;
  readonly output: OutputSpec;
  readonly relation: Relation;
  readonly #link: Link;
  readonly #writer: RowWriter;
  readonly #keyAt: readonly number[];
  #made = false;
  #withNull: ReadonlySet<string> = new Set();

  constructor(link: Link, relation: Relation, output: OutputSpec) {
    this.#link = link;
    this.relation = relation;
    this.output = output;
    this.#writer = new RowWriter(relation, output.columns);
    this.#keyAt = output.key.map((name) => output.columns.indexOf(name));
    const shape = [relation.oid, output.columns.map((name) => [name, requireColumn(relation, name).declared])];
    this.table = `pg_temp.overland_stage_${createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16)}`;
  }

  /** Replaces what is staged. `first` is the position of the first row in the load. */
  async fill(rows: readonly Row[], first: number, signal?: AbortSignal): Promise<void> {
    const columns = quoteAll(this.output.columns);
    if (!this.#made) {
      await this.#link.query(
        `CREATE TEMP TABLE IF NOT EXISTS ${this.table.slice('pg_temp.'.length)} ON COMMIT DELETE ROWS AS
           SELECT NULL::bigint AS overland_n, NULL::text AS overland_key, NULL::text AS overland_digest, ${columns} FROM ${fromOf(this.relation)} WHERE false`,
      );
      this.#made = true;
    }
    await this.#link.query(`TRUNCATE ${this.table}`);
    const keyOf = (row: Row): Row => this.#keyAt.map((at) => row[at] ?? null);
    this.#withNull = columnsWithNull(this.output.key, rows.map(keyOf));
    const into = `${this.table} (overland_n, overland_key, ${columns})`;
    const line = (row: Row, index: number): string => {
      const key = keyText(keyOf(row)).replaceAll('\\', '\\\\');
      return `${first + index}\t${key}\t${this.#writer.line(row, first + index)}`;
    };
    const target = {
      into,
      table: this.output.table,
      relation: this.table.slice('pg_temp.'.length),
      columns: this.output.columns,
    };
    await copyIn(this.#link, target, [rows], line, signal);
    if (rows.length >= worthAnalysing) await this.#link.query(`ANALYZE ${this.table}`);
  }

  /** Condition under which a row `t` of the table and a row `s` of the stage have the same key. */
  get match(): string {
    return matchOf(this.output.key, this.#withNull);
  }
}

/**
 * NULL in a key is equal to NULL, as the rows that we wrote are found by it. Only columns in which one is staged are compared so:
 * such a condition allows no hash and no index.
 */
export function matchOf(key: readonly string[], withNull: ReadonlySet<string>): string {
  const parts = key.map((name) => {
    const column = quote(name);
    const equal = `t.${column} = s.${column}`;
    return withNull.has(name) ? `(${equal} OR (t.${column} IS NULL AND s.${column} IS NULL))` : equal;
  });
  return parts.length === 0 ? 'false' : parts.join(' AND ');
}

/** Key columns in which one of the keys is NULL. */
export function columnsWithNull(key: readonly string[], keys: Iterable<Row>): Set<string> {
  const found = new Set<string>();
  for (const values of keys)
    for (const [index, name] of key.entries()) if ((values[index] ?? null) === null) found.add(name);
  return found;
}

/** The content of some columns as one text, NULL apart from the empty text. */
export function contentOf(alias: string, columns: readonly string[]): string {
  return `ROW(${columns.map((name) => `${alias}.${quote(name)}`).join(', ')})::text`;
}

export function digestOf(alias: string, columns: readonly string[]): string {
  return `md5(${contentOf(alias, columns)})`;
}

/** Columns of the row before we changed it: all that may be set again. */
export function imageColumns(relation: Relation): string[] {
  return relation.columns
    .filter((column) => !column.generated && column.identity !== 'always')
    .map((column) => column.name);
}

/** The row `t` as JSON, every value its text. */
export function imageOf(relation: Relation): string {
  const columns = imageColumns(relation);
  const names = columns.map((name) => literal(name)).join(', ');
  const texts = columns.map((name) => `t.${quote(name)}::text`).join(', ');
  return `json_object(ARRAY[${names}]::text[], ARRAY[${texts}]::text[])::text`;
}
