import type { Row } from '#shared/model/value.ts';
import { encodeRecord } from '../../../values/encode.ts';
import { keyTextOf } from '../same-value.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';

const keysAtOnce = 500;

/**
 * The source records that rows of the target came from, whole and by name, found by their key. A record that is not found by it
 * (no key, or one that the copy converts) is told by the row of the target.
 */
export async function sourceRecords(
  { source }: WholeContext,
  { table, mapping, outputs }: CompiledTable,
  rows: readonly Row[],
): Promise<{ readonly name: string; readonly record: string }[]> {
  const columns = outputs[0]!.spec.columns;
  const at = table.targetKey.map((name) => columns.indexOf(name));
  const found = new Map<string | null, Row>();
  if (at.length > 0 && table.sourceKey.length === at.length) {
    const inFound = at.map((_, index) => index);
    for (let from = 0; from < rows.length; from += keysAtOnce) {
      const keys = rows.slice(from, from + keysAtOnce).map((row) => at.map((index) => row[index] ?? null));
      for (const wide of await source.lookup(table.copy.source, table.sourceKey, mapping.columns, keys))
        found.set(keyTextOf(wide, inFound), wide.slice(at.length));
    }
  }
  return rows.map((row) => {
    const record = (at.length > 0 ? found.get(keyTextOf(row, at)) : undefined) ?? row;
    return { name: mapping.keyText(record), record: encodeRecord(mapping.columns, record) };
  });
}
