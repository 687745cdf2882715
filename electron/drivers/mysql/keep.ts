import type { Row } from '#shared/model/value.ts';
import { decodeRecord, encodeRecord } from '../../engine/values/encode.ts';
import type { Chunk, Fence, OutputSpec } from '../relational.ts';
import { comparedColumns, digestOf, keyText, parseKey } from '../shared/kept-text.ts';
import type { MysqlConnection } from './connection.ts';
import { encoderFor } from './encode.ts';
import { literal, places, quote } from './names.ts';
import type { Relation } from './relation.ts';
import { columnOf, keyLiteral, rowsByKey } from './rows-by-key.ts';

/** Rows of our tables per INSERT. */
const perInsert = 200;

type Image = { readonly columns: readonly string[]; readonly row: Row };
type Preimage = { readonly key: Row; readonly row: Row; readonly before: Image | null };

/** What `load` keeps for undo, in the same transaction as the rows. */
export function keeper(connection: MysqlConnection, output: OutputSpec, chunk: Chunk, fence: Fence) {
  const place = [fence.runId, chunk.unit, chunk.path, output.table];
  const compared = comparedColumns(output).map((column) => output.columns.indexOf(column));
  const digest = (row: Row): string => digestOf(compared.map((index) => row[index] ?? null));
  const insert = async (
    table: string,
    columns: string,
    width: number,
    rows: readonly (string | null)[][],
    end = '',
  ) => {
    for (let at = 0; at < rows.length; at += perInsert) {
      const part = rows.slice(at, at + perInsert);
      const values = part.map(() => `(${places(width + place.length)}, UNHEX(SHA2(?, 256)))`).join(', ');
      await connection.run(
        `INSERT INTO ${table} (run_id, unit, path, output, ${columns}, key_sha) VALUES ${values}${end}`,
        part.flatMap((row) => [...place, ...row, row[0] ?? null]),
      );
    }
  };
  return {
    written: (rows: readonly { readonly key: Row; readonly row: Row }[]) =>
      insert(
        'overland_written',
        '`key`, row_digest',
        2,
        rows.map(({ key, row }) => [keyText(key), digest(row)]),
      ),
    /** The first image is the one from before this chunk; a key that comes twice must not replace it. */
    preimages: (rows: readonly Preimage[]) =>
      insert(
        'overland_preimage',
        '`key`, `row`, row_digest',
        3,
        rows.map(({ key, row, before }) => [
          keyText(key),
          before ? encodeRecord(before.columns, before.row) : null,
          digest(row),
        ]),
        ' ON DUPLICATE KEY UPDATE row_digest = VALUES(row_digest)',
      ),
  };
}

/** All columns of a row before we change it, generated ones left out. */
export function imageColumns(found: Relation): string[] {
  return found.columns.filter((column) => column.generatedAs === null).map((column) => column.name);
}

/** WHERE of one row by its key. */
export function keyCondition(found: Relation, on: readonly string[], key: Row): string {
  return on
    .map((name, index) => {
      const column = columnOf(found, name);
      const value = key[index] ?? null;
      return value === null
        ? `${quote(column.name)} IS NULL`
        : `${quote(column.name)} = ${keyLiteral(encoderFor(column)(value), column)}`;
    })
    .join(' AND ');
}

/**
 * Takes back what this chunk wrote to one output, from what `load` kept. A row that is not as we left it stays and is
 * returned. A row that is gone already counts as undone.
 */
export async function undoKept(
  connection: MysqlConnection,
  found: Relation,
  output: OutputSpec,
  chunk: Chunk,
  fence: Fence,
): Promise<{ readonly undone: number; readonly diverged: readonly { key: string; found: string }[] }> {
  const where = `WHERE ${['run_id', 'unit', 'path', 'output']
    .map((name, index) => `${name} = ${literal([fence.runId, chunk.unit, chunk.path, output.table][index] as string)}`)
    .join(' AND ')}`;
  const compared = comparedColumns(output);
  const kept = [
    ...(await connection.rows(`SELECT \`key\`, NULL, row_digest FROM overland_written ${where} ORDER BY seq`)),
    ...(await connection.rows(`SELECT \`key\`, \`row\`, row_digest FROM overland_preimage ${where} ORDER BY seq`)),
  ].reverse() as [string, string | null, string][];
  const keys = kept.map(([text]) => parseKey(text));
  const now = new Map<number, Row>();
  for await (const part of rowsByKey(connection, found, output.key, compared, keys, true))
    for (const { key, row } of part) now.set(key, row);
  const diverged: { key: string; found: string }[] = [];
  const remove: Row[] = [];
  let undone = 0;
  for (const [index, [text, before, digest]] of kept.entries()) {
    const row = now.get(index);
    if (row ? digestOf(row) !== digest : before !== null) {
      diverged.push({ key: text, found: row ? encodeRecord(compared, row) : 'the row is gone' });
      continue;
    }
    if (before !== null) await restoreRow(connection, found, output, keys[index] as Row, before);
    else if (row) remove.push(keys[index] as Row);
    undone += 1;
  }
  await removeByKey(connection, found, output.key, remove);
  for (const table of ['overland_written', 'overland_preimage']) await connection.run(`DELETE FROM ${table} ${where}`);
  return { undone, diverged };
}

/** Deletes rows by key, many per statement. */
export async function removeByKey(
  connection: MysqlConnection,
  found: Relation,
  on: readonly string[],
  keys: readonly Row[],
): Promise<void> {
  for (let at = 0; at < keys.length; at += perInsert) {
    const part = keys.slice(at, at + perInsert);
    const [only, ...more] = on;
    const where =
      only !== undefined && more.length === 0 && part.every(([value]) => value !== null)
        ? `${quote(columnOf(found, only).name)} IN (${part.map(([value]) => columnLiteral(found, only, value ?? null)).join(', ')})`
        : part.map((key) => `(${keyCondition(found, on, key)})`).join(' OR ');
    await connection.run(`DELETE FROM ${quote(found.name)} WHERE ${where}`);
  }
}

/** A value as SQL that puts it into its column exactly. */
export function columnLiteral(found: Relation, name: string, value: Row[number]): string {
  if (value === null) return 'NULL';
  const column = columnOf(found, name);
  if (column.kind === 'enum' && value === '') return '0';
  return keyLiteral(encoderFor(column)(value), column);
}

async function restoreRow(
  connection: MysqlConnection,
  found: Relation,
  output: OutputSpec,
  key: Row,
  image: string,
): Promise<void> {
  const set = [...decodeRecord(image)].map(([name, value]) => `${quote(name)} = ${columnLiteral(found, name, value)}`);
  await connection.run(
    `UPDATE ${quote(found.name)} SET ${set.join(', ')} WHERE ${keyCondition(found, output.key, key)}`,
  );
}
