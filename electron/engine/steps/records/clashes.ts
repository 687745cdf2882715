import type { Row } from '#shared/model/value.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import type { MappedBlock } from '../../values/mapping-types.ts';
import { previewValue } from '../../values/text-preview.ts';
import type { Output } from './compiled.ts';
import { rowsInTarget } from './rows-in-target.ts';
import { keyTextOf, sameValue } from './same-value.ts';

/** A record that cannot be inserted because its key is taken, by the target or by an earlier record. */
export type Clash = {
  readonly record: number;
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: string;
};

export type ClashSearch = {
  readonly clashes: readonly Clash[];
  /** Per output, positions of rows that the target already holds with the same content. Filled only when `sameIsFine`. */
  readonly same: ReadonlyMap<string, ReadonlySet<number>>;
};

/**
 * Looks for taken keys of a block before it is inserted, with one query per unique key: the first record keeps the key, later
 * ones are named. Sees what this transaction wrote before.
 */
export async function findClashes(
  target: RelationalSession,
  outputs: readonly Output[],
  block: MappedBlock,
  records: number,
  sameIsFine: boolean,
): Promise<ClashSearch> {
  const same = new Map<string, Set<number>>();
  const keys: UniqueKey[] = [];
  for (const output of outputs) {
    const { rows, records: owners } = block.outputs[output.index]!;
    const known = sameIsFine ? await sameRows(target, output, rows) : new Set<number>();
    if (known.size > 0) same.set(output.table, known);
    for (const columns of uniqueKeys(output)) {
      const at = columns.map((name) => output.spec.columns.indexOf(name));
      const texts = rows.map((row, index) => (known.has(index) ? null : keyTextOf(row, at)));
      const wanted = rows
        .filter((_, index) => texts[index] !== null)
        .map((row) => at.map((column) => row[column] ?? null));
      const found = wanted.length === 0 ? [] : await target.lookup(output.table, columns, [], wanted);
      const taken = new Set(
        found.map((row) =>
          keyTextOf(
            row,
            columns.map((_, column) => column),
          ),
        ),
      );
      keys.push({ table: output.table, columns, rows, at, texts, owners, taken, next: 0 });
    }
  }
  return { clashes: inOrderOfRecords(keys, records), same };
}

type UniqueKey = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly at: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly owners: readonly number[];
  readonly taken: Set<string | null>;
  next: number;
};

/** A record that is set aside frees the keys it would have taken, so records are looked at one after the other. */
function inOrderOfRecords(keys: readonly UniqueKey[], records: number): Clash[] {
  const clashes: Clash[] = [];
  for (let record = 0; record < records; record += 1) {
    let clash: Clash | null = null;
    const added: { readonly key: UniqueKey; readonly text: string }[] = [];
    for (const key of keys) {
      for (; key.owners[key.next] === record; key.next += 1) {
        const text = key.texts[key.next] ?? null;
        if (text === null) continue;
        if (key.taken.has(text)) clash ??= { record, table: key.table, columns: key.columns, key: readable(key) };
        else {
          key.taken.add(text);
          added.push({ key, text });
        }
      }
    }
    if (!clash) continue;
    clashes.push(clash);
    for (const { key, text } of added) key.taken.delete(text);
  }
  return clashes;
}

/** Rows that are there already, equal in every column that is written: what a replay meets of an item that was taken before. */
async function sameRows(target: RelationalSession, output: Output, rows: readonly Row[]): Promise<Set<number>> {
  const { columns, key } = output.spec;
  const rest = columns.filter((name) => !key.includes(name));
  const inTarget = await rowsInTarget(target, output, rows, rest);
  const stored = [...key, ...rest].map((name) => output.comparable.indexOf(name));
  const written = [...key, ...rest].map((name) => columns.indexOf(name));
  const same = new Set<number>();
  for (const [index, row] of rows.entries()) {
    const there = inTarget(row);
    if (!there) continue;
    const expected = output.stored(row);
    const equal = there.every((value, column) => {
      const position = stored[column]!;
      return sameValue(value, (position < 0 ? row[written[column]!] : expected[position]) ?? null);
    });
    if (equal) same.add(index);
  }
  return same;
}

/** Primary and unique keys whose columns are all written. */
function uniqueKeys(output: Output): readonly (readonly string[])[] {
  const all = [output.info.primaryKey, ...output.info.uniques].filter(
    (columns) => columns.length > 0 && columns.every((name) => output.spec.columns.includes(name)),
  );
  const seen = new Set<string>();
  return all.filter((columns) => {
    const text = JSON.stringify([...columns].sort());
    return seen.has(text) ? false : seen.add(text);
  });
}

/** The key of the row that is looked at. */
function readable({ rows, at, next }: UniqueKey): string {
  return at.map((column) => previewValue(rows[next]?.[column] ?? null)).join(', ');
}
