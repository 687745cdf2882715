import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Row } from '#shared/model/value.ts';
import type { Chunk, RelationalTransaction } from '../../../drivers/relational.ts';
import { decodeRecord, encodeRecord } from '../../values/encode.ts';
import { previewValue } from '../../values/text-preview.ts';
import type { UndoEnv } from '../step-kind.ts';
import type { Output } from './compiled.ts';
import { type ForeignRow, rowsOfOthers } from './rows-of-others.ts';
import { keyTextOf, sameValue } from './same-value.ts';
import type { RecordsUnit } from './unit-context.ts';

/** Differences that are listed one by one; the rest is counted. */
const mostFindings = 200;
const batchRows = 2_000;

/** Removes rows inside one undo transaction and keeps the books of what was found to differ. */
export class Removal {
  removed = 0;
  /** Set when going on would remove something of others that nobody decided about. */
  mustStop = false;
  readonly #unit: RecordsUnit;
  readonly #transaction: RelationalTransaction;
  readonly #undo: UndoEnv;
  readonly #accounted = new Map<Output, number>();
  readonly #findings: Finding[] = [];
  #more = 0;

  constructor(unit: RecordsUnit, transaction: RelationalTransaction, undo: UndoEnv) {
    this.#unit = unit;
    this.#transaction = transaction;
    this.#undo = undo;
  }

  static notUndone(unit: RecordsUnit, chunks: number): Finding {
    return makeFinding({
      severity: 'error',
      category: 'not_undone',
      step: unit.step.id,
      message: `${figure(chunks)} chunks of ${unit.step.id} are still written.`,
      suggestion: 'Roll back again; what is undone stays undone.',
      count: chunks,
    });
  }

  collector(): Row[] {
    return [];
  }

  findings(): readonly Finding[] {
    if (this.#more === 0) return this.#findings;
    const message = `${figure(this.#more)} more rows differ and are not listed.`;
    return [...this.#findings, this.#finding(this.#unit.step.id, message, this.#more)];
  }

  async kept(
    output: Output,
    result: { readonly undone: number; readonly diverged: readonly { readonly key: string; readonly found: string }[] },
  ): Promise<void> {
    this.removed += result.undone;
    for (const { key, found } of result.diverged) {
      this.#changed(output, key);
      if (this.#undo.diverged !== 'export_and_remove' || !found.startsWith('{')) continue;
      await this.#undo.export({ output: output.table, key, row: found });
      if (output.spec.mode !== 'insert') continue;
      const record = decodeRecord(found);
      const row = output.spec.columns.map((name) => record.get(name) ?? null);
      this.removed += (await this.#transaction.removeExact(output.spec, [row])).removed;
    }
  }

  /** The deletion of our rows took rows of others along. They are not exported, so the transaction must not commit. */
  cascaded(output: Output, table: string, rows: number): void {
    this.mustStop = true;
    this.#add(
      table,
      `${figure(rows)} rows of ${table} that this run did not write refer to rows of ${output.table} and would be deleted with them.`,
      rows,
    );
  }

  async removeReferred(output: Output, rows: readonly Row[]): Promise<void> {
    const key = output.spec.key.map((name) => output.spec.columns.indexOf(name));
    const own = new Set(rows.map((row) => keyTextOf(row, key)));
    for (let from = 0; from < rows.length; from += batchRows) {
      const batch = rows.slice(from, from + batchRows);
      const others = await rowsOfOthers(this.#unit.target, output, batch, own);
      await this.remove(output, await this.#decideAbout(output, batch, others));
    }
  }

  /** Rows of others that refer to ours: kept with the row they refer to, or exported and removed before it. */
  async #decideAbout(output: Output, rows: readonly Row[], others: readonly ForeignRow[]): Promise<readonly Row[]> {
    if (others.length === 0) return rows;
    for (const other of others) {
      this.#add(
        `${other.table} / ${other.key}`,
        `Row ${other.key} of ${other.table} was not written by this run and refers to a row of ${output.table} that it wrote.`,
      );
    }
    if (this.#undo.diverged === 'export_and_remove') {
      for (const other of others) {
        await this.#undo.export({
          output: other.table,
          key: other.key,
          row: encodeRecord(other.spec.columns, other.row),
        });
        await this.#transaction.removeExact(other.spec, [other.row]);
      }
      return rows;
    }
    const referred = new Set(others.map((other) => other.parent));
    const left = rows.filter((row) => !referred.has(row));
    this.#account(output, rows.length - left.length);
    return left;
  }

  async remove(output: Output, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const result = await this.#transaction.removeExact(output.spec, rows);
    this.removed += result.removed;
    this.#account(output, result.removed + result.diverged.length + result.missing.length);
    for (const row of result.missing) {
      const key = this.#key(output, row);
      this.#add(`${output.table} / ${key}`, `Row ${key} of ${output.table} was removed after this run wrote it.`);
    }
    for (const { expected, found } of result.diverged)
      this.#changed(output, this.#key(output, expected), expected, found);
    if (this.#undo.diverged !== 'export_and_remove' || result.diverged.length === 0) return;
    const found = result.diverged.map((one) => one.found);
    for (const row of found) {
      await this.#undo.export({
        output: output.table,
        key: this.#key(output, row),
        row: encodeRecord(output.spec.columns, row),
      });
    }
    this.removed += (await this.#transaction.removeExact(output.spec, found)).removed;
  }

  /** Holds the rows that were met against the ledger: a source or a lookup that changed since maps to other rows. */
  expect(output: Output, written: number, chunk: Chunk): void {
    const met = this.#accounted.get(output) ?? 0;
    if (met === written) return;
    this.#add(
      output.table,
      `Chunk ${chunk.path} of ${this.#unit.step.id} wrote ${figure(written)} rows into ${output.table}; read again, its records give ${figure(met)}. The source or a table it is looked up in changed since.`,
      Math.abs(written - met),
    );
  }

  #account(output: Output, rows: number): void {
    this.#accounted.set(output, (this.#accounted.get(output) ?? 0) + rows);
  }

  #changed(output: Output, key: string, expected?: Row, found?: Row): void {
    const { columns } = output.spec;
    const names =
      expected && found ? columns.filter((_, at) => !sameValue(expected[at] ?? null, found[at] ?? null)) : [];
    const where = names.length > 0 ? ` (${names.join(', ')})` : '';
    this.#add(
      `${output.table} / ${key}${names.length > 0 ? ` / ${names.join(', ')}` : ''}`,
      `Row ${key} of ${output.table} was changed after this run wrote it${where}.`,
    );
  }

  #key(output: Output, row: Row): string {
    return output.spec.key.map((name) => previewValue(row[output.spec.columns.indexOf(name)] ?? null)).join(', ');
  }

  #add(path: string, message: string, count: number | null = null): void {
    if (this.#findings.length < mostFindings) this.#findings.push(this.#finding(path, message, count));
    else this.#more += 1;
  }

  #finding(path: string, message: string, count: number | null): Finding {
    return makeFinding({
      severity: 'error',
      category: 'diverged',
      step: this.#unit.step.id,
      path,
      message,
      count,
      suggestion: 'Keep these rows, or export and remove them.',
    });
  }
}
