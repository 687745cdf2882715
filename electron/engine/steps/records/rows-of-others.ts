import type { Row } from '#shared/model/value.ts';
import type { OutputSpec, RelationalSession } from '../../../drivers/relational.ts';
import { previewValue } from '../../values/text-preview.ts';
import type { Output } from './compiled.ts';
import { keyTextOf } from './same-value.ts';

/** A row that refers to one of ours and is not ours: deleting ours would delete it, change it, or fail. */
export type ForeignRow = {
  readonly table: string;
  readonly key: string;
  readonly row: Row;
  readonly spec: OutputSpec;
  /** The row of ours that it refers to. */
  readonly parent: Row;
};

/** Rows that refer to these rows. `own` holds the keys of this table that are about to be removed as well. */
export async function rowsOfOthers(
  target: RelationalSession,
  output: Output,
  rows: readonly Row[],
  own: ReadonlySet<string | null>,
): Promise<readonly ForeignRow[]> {
  const found: ForeignRow[] = [];
  for (const reference of output.referredBy) {
    const at = reference.references.map((name) => output.spec.columns.indexOf(name));
    if (at.some((index) => index < 0)) continue;
    const parents = new Map(rows.map((row) => [keyTextOf(row, at), row]));
    parents.delete(null);
    if (parents.size === 0) continue;
    const keys = [...parents.values()].map((row) => at.map((index) => row[index] ?? null));
    const referring = await target.lookup(reference.table, reference.columns, reference.all, keys);
    const width = reference.columns.length;
    const name = reference.key.map((column) => reference.all.indexOf(column));
    for (const wide of referring) {
      const parent = parents.get(
        keyTextOf(
          wide,
          reference.columns.map((_, index) => index),
        ),
      );
      const row = wide.slice(width);
      if (!parent || (reference.table === output.table && own.has(keyTextOf(row, name)))) continue;
      const spec: OutputSpec = {
        table: reference.table,
        columns: reference.all,
        key: reference.key,
        mode: 'insert',
        surrogate: [],
      };
      found.push({
        table: reference.table,
        key: name.map((index) => previewValue(row[index] ?? null)).join(', '),
        row,
        spec,
        parent,
      });
    }
  }
  return found;
}
