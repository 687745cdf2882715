import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure, type LoadResult, type OutputSpec } from '../relational.ts';
import { digestOf, keyText } from '../shared/kept-text.ts';
import type { MysqlConnection } from './connection.ts';
import { endsTransaction } from './errors.ts';
import { columnLiteral, imageColumns, type keeper, keyCondition } from './keep.ts';
import { quote } from './names.ts';
import type { RowWriter } from './row-writer.ts';
import { rowsByKey } from './rows-by-key.ts';

type Work = {
  readonly connection: MysqlConnection;
  readonly writer: RowWriter;
  readonly output: OutputSpec;
  readonly kept: ReturnType<typeof keeper> | null;
};

/**
 * Upsert and replace: looks at the rows that are there, so that counts and preimages are exact. Rows whose keys are alike go
 * one after the other.
 */
export async function changeRows(
  connection: MysqlConnection,
  writer: RowWriter,
  output: OutputSpec,
  rows: readonly Row[],
  first: number,
  kept: ReturnType<typeof keeper> | null,
): Promise<LoadResult> {
  const work = { connection, writer, output, kept };
  let result: LoadResult = { inserted: 0, updated: 0, same: 0 };
  let at = 0;
  while (at < rows.length) {
    const end = distinctUntil(writer, rows, at, first);
    await connection.run('SAVEPOINT overland_change');
    try {
      result = add(result, await changeDistinct(work, rows.slice(at, end), first + at));
    } catch (error) {
      if (!(error instanceof DbFailure) || error.error.kind !== 'data' || endsTransaction(error) || end - at === 1)
        throw error;
      // Keys that differ in case alone are one to the server: then each sees what the one before it wrote.
      await connection.run('ROLLBACK TO SAVEPOINT overland_change');
      for (let index = at; index < end; index += 1)
        result = add(result, await changeDistinct(work, rows.slice(index, index + 1), first + index));
    }
    at = end;
  }
  return result;
}

async function changeDistinct(work: Work, rows: readonly Row[], first: number): Promise<LoadResult> {
  const { connection, writer, output, kept } = work;
  const columns = imageColumns(writer.relation);
  const place = new Map(columns.map((name, index) => [name.toLowerCase(), index]));
  const compared = output.columns.map((name) => place.get(name.toLowerCase()) ?? -1);
  const stored = rows.map((row, index) => writer.stored(row, first + index));
  const keys = stored.map((row) => writer.keyOf(row));
  const before = new Map<number, Value[]>();
  for await (const part of rowsByKey(connection, writer.relation, output.key, columns, keys, true))
    for (const { key, row } of part) before.set(key, row);
  const fresh: { row: Row; ordinal: number; index: number }[] = [];
  const changed: number[] = [];
  let same = 0;
  for (const [index, row] of stored.entries()) {
    const found = before.get(index);
    if (!found) fresh.push({ row: rows[index] as Row, ordinal: first + index, index });
    else if (output.mode === 'upsert' && digestOf(compared.map((at) => found[at] ?? null)) === digestOf(row)) same += 1;
    else changed.push(index);
  }
  const image = (index: number) => ({
    key: keys[index] as Row,
    row: stored[index] as Row,
    before: before.has(index) ? { columns, row: before.get(index) as Row } : null,
  });
  await kept?.preimages([...fresh.map((one) => one.index), ...changed].map(image));
  for (const { row, ordinal } of consecutive(fresh)) await writer.insert(row, ordinal);
  for (const index of changed) await update(work, columns, stored[index] as Row, keys[index] as Row, first + index);
  return { inserted: fresh.length, updated: changed.length, same };
}

/** Runs of rows that follow each other, so that a refused row is named by its own position. */
function consecutive(fresh: readonly { row: Row; ordinal: number }[]): { row: Row[]; ordinal: number }[] {
  const runs: { row: Row[]; ordinal: number }[] = [];
  for (const { row, ordinal } of fresh) {
    const last = runs.at(-1);
    if (last && last.ordinal + last.row.length === ordinal) last.row.push(row);
    else runs.push({ row: [row], ordinal });
  }
  return runs;
}

async function update(work: Work, columns: readonly string[], row: Row, key: Row, ordinal: number): Promise<void> {
  const { connection, writer, output } = work;
  const found = writer.relation;
  const isKey = new Set(output.key.map((name) => name.toLowerCase()));
  const given = new Map(output.columns.map((name, index) => [name.toLowerCase(), index]));
  const surrogates = new Set(output.surrogate.map((name) => name.toLowerCase()));
  const set = columns.flatMap((name) => {
    const at = given.get(name.toLowerCase());
    if (isKey.has(name.toLowerCase())) return [];
    if (at !== undefined) return [`${quote(name)} = ${columnLiteral(found, name, row[at] ?? null)}`];
    return output.mode === 'replace' && !surrogates.has(name.toLowerCase()) ? [`${quote(name)} = DEFAULT`] : [];
  });
  if (set.length === 0) return;
  try {
    const { warnings } = await connection.run(
      `UPDATE ${quote(found.name)} SET ${set.join(', ')} WHERE ${keyCondition(found, output.key, key)}`,
    );
    if (warnings > 0) await writer.refuseAltered(ordinal);
  } catch (error) {
    throw writer.placed(error, ordinal);
  }
}

/** The end of the rows from `at` whose keys are all different. */
function distinctUntil(writer: RowWriter, rows: readonly Row[], at: number, first: number): number {
  const seen = new Set<string>();
  for (let index = at; index < rows.length; index += 1) {
    const key = keyText(writer.keyOf(writer.stored(rows[index] as Row, first + index)));
    if (seen.has(key)) return index;
    seen.add(key);
  }
  return rows.length;
}

function add(a: LoadResult, b: LoadResult): LoadResult {
  return { inserted: a.inserted + b.inserted, updated: a.updated + b.updated, same: a.same + b.same };
}
