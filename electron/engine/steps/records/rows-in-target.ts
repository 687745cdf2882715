import type { Row } from '#shared/model/value.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import type { Output } from './compiled.ts';
import { keyTextOf } from './same-value.ts';

/**
 * What the target holds under the keys of these rows, found with one query: for a row, the stored row as
 * [...key columns, ...take], or undefined when there is none.
 */
export async function rowsInTarget(
  target: RelationalSession,
  { table, spec: { key, columns } }: Output,
  rows: readonly Row[],
  take: readonly string[],
): Promise<(row: Row) => Row | undefined> {
  const at = key.map((name) => columns.indexOf(name));
  const keys = rows.map((row) => at.map((column) => row[column] ?? null));
  const found = await target.lookup(table, key, take, keys);
  const inFound = key.map((_, index) => index);
  const byKey = new Map(found.map((row) => [keyTextOf(row, inFound), row]));
  return (row) => byKey.get(keyTextOf(row, at));
}
