import type { Bounds, Engine, RelationalSession } from '../../../../drivers/relational.ts';
import { ClashCounter, foldedKeys } from '../../../copy/collation.ts';
import type { ReadEnv } from '../../step-kind.ts';
import { bytesOf, mapRange } from '../block.ts';
import type { CompiledTable } from './compiled-table.ts';

/** Records of one table that would be set aside for one reason. */
export type Misfits = {
  readonly table: string;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly rule: string | null;
  readonly example: string;
  count: number;
};

export type TableForecast = {
  readonly records: number;
  /** False when the table ended before the limit: then every figure is exact. */
  readonly sampled: boolean;
  readonly accepted: number;
  readonly filtered: number;
  readonly bytes: number;
  readonly largestBytes: number;
  readonly seconds: number;
  readonly misfits: readonly Misfits[];
  /** Per column of the copy: how many nulls, and the longest text. */
  readonly columns: readonly { nulls: number; longest: number }[];
  /** Keys that the target may take for the same although the source does not. */
  readonly clashes: readonly ClashCounter[];
};

const mostRecords = 200_000;
/** For all tables; each has its share of what is left. */
export const forecastSeconds = 20;

const everything: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };

/** Reads a table up to a limit of records and time, and takes every value through its conversion to `engine`; nothing is written. */
export async function forecastTable(
  compiled: CompiledTable,
  source: RelationalSession,
  engine: Engine,
  seconds: number,
  env: ReadEnv,
  onRecords: (records: number) => void,
): Promise<TableForecast> {
  const { clock } = env.environment;
  const began = clock.monotonic();
  const misfits = new Map<string, Misfits>();
  const clashes = foldedKeys(compiled.table.copy, engine).map((key) => new ClashCounter(key));
  const columns = compiled.mapping.columns.map(() => ({ nulls: 0, longest: 0 }));
  const seen = { records: 0, accepted: 0, filtered: 0, bytes: 0, largestBytes: 0 };
  let sampled = false;
  for await (const block of mapRange(source, compiled.read, everything, compiled.mapping, env)) {
    const { counts, rejects } = block.mapped;
    seen.records += block.rows.length + block.unreadable.length;
    seen.accepted += counts.accepted;
    seen.filtered += counts.filtered;
    seen.bytes += block.bytes;
    for (const row of block.rows) {
      const bytes = bytesOf(row);
      if (bytes > seen.largestBytes) seen.largestBytes = bytes;
      for (let at = 0; at < columns.length; at += 1) {
        const value = row[at];
        const column = columns[at]!;
        if (value === null) column.nulls += 1;
        else if (typeof value === 'string' && value.length > column.longest) column.longest = value.length;
      }
    }
    if (clashes.length > 0)
      for (const row of block.mapped.outputs[0]!.rows) for (const counter of clashes) counter.add(row);
    for (const reject of rejects) addMisfit(misfits, compiled, reject, reject.rule);
    for (const reject of block.unreadable) addMisfit(misfits, compiled, reject, null);
    onRecords(seen.records);
    if (seen.records < mostRecords && clock.monotonic() - began < seconds * 1000) continue;
    sampled = seen.records < compiled.table.records;
    break;
  }
  const found = [...misfits.values()].sort((a, b) => b.count - a.count);
  return { ...seen, sampled, seconds: (clock.monotonic() - began) / 1000, misfits: found, columns, clashes };
}

function addMisfit(
  misfits: Map<string, Misfits>,
  compiled: CompiledTable,
  reject: { readonly code: string; readonly message: string; readonly column: string | null; readonly key: string },
  rule: string | null,
): void {
  const { code, column } = reject;
  const key = `${column}\u0000${code}\u0000${rule}`;
  const known = misfits.get(key);
  if (known) known.count += 1;
  else {
    const { message, key: example } = reject;
    misfits.set(key, { table: compiled.table.copy.source, column, code, message, rule, example, count: 1 });
  }
}
