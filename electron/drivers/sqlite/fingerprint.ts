import { createHash } from 'node:crypto';
import type { Row } from '#shared/model/value.ts';
import { RowDigest } from '../../engine/values/digest.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Fingerprint } from '../relational.ts';
import { relation, structureOf, tableNames } from './catalog.ts';
import { type Connection, cell, rowsOf } from './database.ts';
import { lookAt } from './file-look.ts';
import { partsOf } from './file-parts.ts';
import { quote } from './names.ts';
import { orderedTable, wholeRange } from './ordered.ts';
import { readRange } from './read.ts';

type Part = { readonly object: string; readonly value: string };

/** Structure, content, sequences, user_version and application_id; tables of ours and statistics left out. */
export async function exactFingerprint(
  db: Connection,
  tables: readonly string[] | null,
  signal?: AbortSignal,
  onRows?: (rows: number) => void,
): Promise<Fingerprint> {
  const parts: Part[] = [];
  let rows = 0;
  for (const table of chosen(db, tables)) {
    const content = await contentDigest(db, table, signal, (more) => onRows?.(rows + more));
    rows += Number(content.split(':')[0]);
    parts.push({
      object: table,
      value: `${sha256(structureOf(db, table)).slice(0, 16)} ${content}${sequenceOf(db, table)}`,
    });
  }
  if (tables === null) parts.push(...fileParts(db));
  return { strength: 'exact', value: sha256(JSON.stringify(parts)), parts };
}

/** Counts, highest row addresses and the file's own counters: cheap, and enough to notice most changes. */
export function markerFingerprint(db: Connection, tables: readonly string[] | null): Fingerprint {
  const parts: Part[] = chosen(db, tables).map((table) => {
    const found = relation(db, table);
    const rows = cell(db, `SELECT count(*) FROM ${quote(table)}`);
    const last = found?.rowid ? cell(db, `SELECT max(${found.rowid}) FROM ${quote(table)}`) : null;
    return { object: table, value: `${sha256(structureOf(db, table)).slice(0, 16)} ${rows} ${last ?? '-'}` };
  });
  if (tables === null)
    parts.push({ object: 'data_version', value: String(cell(db, 'PRAGMA data_version')) }, ...fileParts(db));
  return { strength: 'markers', value: sha256(JSON.stringify(parts)), parts };
}

/** sha256 of the main file and of what waits beside it, and the change counter. */
export async function fileFingerprint(path: string, env: Environment, signal?: AbortSignal): Promise<Fingerprint> {
  const parts: Part[] = [];
  for (const part of await partsOf(path, env)) {
    if (part.suffix !== '' && part.bytes === 0) continue;
    const { bytes, sha256: digest } = await env.fs.digest(path + part.suffix, signal ? { signal } : {});
    parts.push({ object: part.suffix === '' ? 'main file' : part.suffix, value: `${digest} ${bytes}` });
  }
  if (parts.length === 0) parts.push({ object: 'main file', value: 'absent' });
  const look = await lookAt(path, env);
  if (look.changeCounter !== null) parts.push({ object: 'change counter', value: String(look.changeCounter) });
  return { strength: 'file', value: sha256(JSON.stringify(parts)), parts };
}

/** Count and sum of the row hashes of a table; invalid text counts with its bytes. */
export async function contentDigest(
  db: Connection,
  table: string,
  signal?: AbortSignal,
  onRows?: (rows: number) => void,
): Promise<string> {
  const found = relation(db, table);
  const digest = new RowDigest();
  const ordered = found && orderedTable(db, found);
  if (!ordered) {
    if (found) for (const row of rowsOf(db, `SELECT * FROM ${quote(table)}`)) digest.add(row as Row);
    return digest.toText();
  }
  for await (const batch of readRange(ordered, ordered.columns, [], wholeRange, signal)) {
    for (const row of batch.rows) digest.add(row);
    for (const reject of batch.rejects) digest.add(reject.row);
    onRows?.(digest.rows);
  }
  return digest.toText();
}

function chosen(db: Connection, tables: readonly string[] | null): string[] {
  const wanted = tables && new Set(tables.map((name) => name.toLowerCase()));
  return tableNames(db).filter((name) => !wanted || wanted.has(name.toLowerCase()));
}

function fileParts(db: Connection): Part[] {
  const views = rowsOf(
    db,
    `SELECT name, sql FROM sqlite_schema WHERE type = 'view'
       OR (type = 'trigger' AND tbl_name IN (SELECT name FROM sqlite_schema WHERE type = 'view')) ORDER BY name`,
  );
  return [
    { object: 'views', value: sha256(JSON.stringify(views)).slice(0, 16) },
    { object: 'user_version', value: String(cell(db, 'PRAGMA user_version')) },
    { object: 'application_id', value: String(cell(db, 'PRAGMA application_id')) },
  ];
}

function sequenceOf(db: Connection, table: string): string {
  const known = cell(db, `SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`) !== undefined;
  const sequence = known ? cell(db, 'SELECT seq FROM sqlite_sequence WHERE name = ?', [table]) : undefined;
  return sequence === undefined || sequence === null ? '' : ` next ${sequence}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
