import type { Row } from '#shared/model/value.ts';
import type { IndexInfo, RelationalTransaction } from '../../../../drivers/relational.ts';
import { quoteName } from '../../transaction.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';
import type { TakenOut } from './taken-out.ts';

/** Whether the rows that clash under an index can be told: it is over plain columns, and rows have a key. */
export function canTellDuplicates(compiled: CompiledTable, index: IndexInfo): boolean {
  return (
    index.unique &&
    index.where === null &&
    index.parts.every((part) => part.column !== null && part.length === null) &&
    compiled.table.targetKey.length > 0
  );
}

/** Deletes all but the first row, by their key, of those that are the same under a unique index, as the target compares them. */
export async function removeDuplicates(
  context: WholeContext,
  transaction: RelationalTransaction,
  compiled: CompiledTable,
  index: IndexInfo,
): Promise<TakenOut | null> {
  const quote = (name: string) => quoteName(context.target, name);
  const { table, spec } = compiled.outputs[0]!;
  const columns = index.parts.map((part) => part.column!);
  const all = spec.columns.map(quote).join(', ');
  const filled = columns.map((name) => `${quote(name)} IS NOT NULL`).join(' AND ');
  const number = `row_number() OVER (PARTITION BY ${columns.map(quote).join(', ')} ORDER BY ${spec.key.map(quote).join(', ')})`;
  const rows = await transaction.query(
    `SELECT ${all} FROM (SELECT ${all}, ${number} AS overland_n FROM ${quote(table)} WHERE ${filled}) AS numbered WHERE overland_n > 1`,
  );
  if (rows.length === 0) return null;
  await removeByKey(context, transaction, compiled, rows);
  return {
    compiled,
    rows,
    code: 'key_exists',
    message: `${table} already holds a row with this ${columns.join(', ')}, as the target compares it.`,
    column: columns.length === 1 ? columns[0]! : null,
  };
}

async function removeByKey(
  context: WholeContext,
  transaction: RelationalTransaction,
  compiled: CompiledTable,
  rows: readonly Row[],
): Promise<void> {
  const { table, spec } = compiled.outputs[0]!;
  const place = (at: number) => (context.target.endpoint.engine === 'postgres' ? `$${at + 1}` : '?');
  const same = spec.key.map((name, at) => `${quoteName(context.target, name)} = ${place(at)}`).join(' AND ');
  const key = spec.key.map((name) => spec.columns.indexOf(name));
  const sql = `DELETE FROM ${quoteName(context.target, table)} WHERE ${same}`;
  for (const row of rows)
    await transaction.execute(
      sql,
      key.map((index) => row[index] ?? null),
    );
}
