import type { Row, Value } from '#shared/model/value.ts';
import { maskedText, sensitiveNames } from '../../validation/sensitive.ts';
import { previewValue } from '../../values/text-preview.ts';
import type { DryRunSample, ReadEnv } from '../step-kind.ts';
import type { Block } from './block.ts';
import type { Compiled } from './compiled.ts';
import type { RecordsPlan } from './plan-types.ts';
import { sameValue } from './same-value.ts';

const most = 40;
/** Rows of one output that are shown of a record. */
const mostRows = 5;

/**
 * Picks records to show before and after: the first one, one per reason to be set aside, one per output with and without rows,
 * one per source column that is null, and the longest. Sensitive columns are masked.
 */
export class SamplePicker {
  readonly #plan: RecordsPlan;
  readonly #compiled: Compiled;
  readonly #masked: (column: string) => boolean;
  readonly #picked = new Map<string, DryRunSample>();
  readonly #openColumns: Set<number>;
  #longest = 0;

  constructor(plan: RecordsPlan, compiled: Compiled, env: Pick<ReadEnv, 'sensitive'>) {
    this.#plan = plan;
    this.#compiled = compiled;
    this.#masked = sensitiveNames(env.sensitive);
    this.#openColumns = new Set(compiled.mapping.columns.keys());
  }

  picked(): readonly DryRunSample[] {
    return [...this.#picked.values()].slice(0, most);
  }

  look(block: Block): void {
    if (block.rows.length === 0) return;
    this.#pick('first record', block, 0);
    for (const reject of block.mapped.rejects) {
      const what = reject.output === null ? 'set aside' : 'item set aside';
      this.#pick(`${what}: ${reject.code}`, block, reject.record);
    }
    for (const output of this.#compiled.outputs) {
      const owners = block.mapped.outputs[output.index]!.records;
      if (owners.length > 0) this.#pick(`writes ${output.table}`, block, owners[0]!);
      const without = firstMissing(owners, block.rows.length);
      if (without !== null) this.#pick(`no row for ${output.table}`, block, without);
    }
    this.#lookAtNulls(block);
    this.#lookAtLength(block);
  }

  #lookAtNulls(block: Block): void {
    for (const column of this.#openColumns) {
      const record = block.rows.findIndex((row) => row[column] === null);
      if (record < 0) continue;
      this.#openColumns.delete(column);
      this.#pick(`${this.#compiled.mapping.columns[column]} is null`, block, record);
    }
  }

  #lookAtLength(block: Block): void {
    let longest = -1;
    for (const [record, row] of block.rows.entries()) {
      const length = lengthOf(row);
      if (length <= this.#longest) continue;
      this.#longest = length;
      longest = record;
    }
    if (longest < 0) return;
    this.#picked.delete('longest record');
    this.#pick('longest record', block, longest);
  }

  #pick(label: string, block: Block, record: number): void {
    if (this.#picked.has(label) || this.#picked.size >= most * 2) return;
    const row = block.rows[record]!;
    const { mapping } = this.#compiled;
    const { from, connection } = this.#plan.spec.source;
    this.#picked.set(label, {
      key: mapping.keyText(row),
      picked: label,
      source: {
        object: `${connection}.${from.kind === 'table' ? from.table : from.file}`,
        fields: mapping.columns.map((name, at) => ({ name, value: this.#text(name, row[at] ?? null) })),
      },
      outputs: this.#outputs(block, record, row),
    });
  }

  #outputs(block: Block, record: number, source: Row): DryRunSample['outputs'] {
    const { mapping, outputs } = this.#compiled;
    return outputs.flatMap((output) => {
      const { rows, records } = block.mapped.outputs[output.index]!;
      const origin = mapping.outputs[output.index]!.from;
      const own = rows.filter((_, at) => records[at] === record).slice(0, mostRows);
      return own.map((row) => ({
        table: output.table,
        fields: output.spec.columns.map((name, at) => {
          const from = origin[at] ?? null;
          const before = from === null ? undefined : (source[mapping.columns.indexOf(from)] ?? null);
          const value = row[at] ?? null;
          const change = before === undefined ? 'new' : sameValue(before, value) ? 'same' : 'changed';
          return { name, value: this.#text(name, value), change, from } as const;
        }),
      }));
    });
  }

  #text(column: string, value: Value): string | null {
    if (value === null) return null;
    return this.#masked(column) ? maskedText : previewValue(value, 2_000);
  }
}

function firstMissing(owners: readonly number[], records: number): number | null {
  let next = 0;
  for (const owner of owners) {
    if (owner > next) return next;
    if (owner === next) next += 1;
  }
  return next < records ? next : null;
}

function lengthOf(row: Row): number {
  let length = 0;
  for (const value of row) {
    if (typeof value === 'string' || value instanceof Uint8Array) length += value.length;
  }
  return length;
}
