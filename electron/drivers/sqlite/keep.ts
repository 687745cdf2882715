import type { Row } from '#shared/model/value.ts';
import { decodeRecord, encodeRecord } from '../../engine/values/encode.ts';
import type { Chunk, Fence, OutputSpec } from '../relational.ts';
import { comparedColumns, digestOf, keyText, parseKey } from '../shared/kept-text.ts';
import { relation } from './catalog.ts';
import { type Connection, type RawRow, rowsOf } from './database.ts';
import { quote, quoteAll } from './names.ts';

/** What `load` keeps for undo, in the same transaction as the rows. */
export function keeper(db: Connection, output: OutputSpec, chunk: Chunk, fence: Fence) {
  const place = [fence.runId, chunk.unit, chunk.path, output.table] as const;
  const compared = comparedColumns(output).map((column) => output.columns.indexOf(column));
  const digest = (row: Row): string => digestOf(compared.map((index) => row[index] ?? null));
  const written = db.prepare(
    'INSERT INTO overland_written (run_id, unit, path, output, key, row_digest) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // The first image is the one from before this chunk; a key that comes twice must not replace it.
  const preimage = db.prepare(
    `INSERT INTO overland_preimage (run_id, unit, path, output, key, row, row_digest) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET row_digest = excluded.row_digest`,
  );
  return {
    written: (key: Row, row: Row) => written.run(...place, keyText(key), digest(row)),
    preimage: (key: Row, row: Row, before: { readonly columns: readonly string[]; readonly row: Row } | null) =>
      preimage.run(...place, keyText(key), before ? encodeRecord(before.columns, before.row) : null, digest(row)),
  };
}

/**
 * Takes back what this chunk wrote to one output, from what `load` kept. A row that is not as we left it stays and is
 * returned. A row that is gone already counts as undone.
 */
export function undoKept(
  db: Connection,
  output: OutputSpec,
  chunk: Chunk,
  fence: Fence,
): { readonly undone: number; readonly diverged: readonly { key: string; found: string }[] } {
  const place = [fence.runId, chunk.unit, chunk.path, output.table];
  const where = 'WHERE run_id = ? AND unit = ? AND path = ? AND output = ?';
  const byKey = output.key.map((name) => `${quote(name)} IS ?`).join(' AND ');
  const table = quote(output.table);
  const compared = comparedColumns(output);
  const find = db.prepare(`SELECT ${quoteAll(compared)} FROM ${table} WHERE ${byKey}`).raw(true);
  const remove = db.prepare(`DELETE FROM ${table} WHERE ${byKey}`);
  const kept = [
    ...rowsOf(db, `SELECT key, NULL, row_digest FROM overland_written ${where}`, place),
    ...rowsOf(db, `SELECT key, row, row_digest FROM overland_preimage ${where}`, place),
  ];
  const diverged: { key: string; found: string }[] = [];
  let undone = 0;
  for (const [text, before, digest] of kept.reverse() as [string, string | null, string][]) {
    const key = parseKey(text) as RawRow;
    const found = find.get(...key) as RawRow | undefined;
    if (found ? digestOf(found) !== digest : before !== null) {
      diverged.push({ key: text, found: found ? encodeRecord(compared, found) : 'the row is gone' });
      continue;
    }
    if (before !== null) restoreRow(db, output, key, before);
    else if (found) remove.run(...key);
    undone += 1;
  }
  for (const kind of ['overland_written', 'overland_preimage'])
    db.prepare(`DELETE FROM ${kind} ${where}`).run(...place);
  return { undone, diverged };
}

/** All columns of the row before we changed it, generated ones left out. */
export function imageColumns(db: Connection, table: string): string[] {
  return (relation(db, table)?.columns ?? []).filter((column) => !column.generated).map((column) => column.name);
}

function restoreRow(db: Connection, output: OutputSpec, key: RawRow, image: string): void {
  const record = decodeRecord(image);
  const columns = [...record.keys()];
  db.prepare(
    `UPDATE ${quote(output.table)} SET ${columns.map((name) => `${quote(name)} = ?`).join(', ')}
     WHERE ${output.key.map((name) => `${quote(name)} IS ?`).join(' AND ')}`,
  ).run(...record.values(), ...key);
}
