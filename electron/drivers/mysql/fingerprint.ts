import { createHash } from 'node:crypto';
import { RowDigest } from '../../engine/values/digest.ts';
import type { Fingerprint } from '../relational.ts';
import type { Streaming } from './bounds.ts';
import { nextNumber, structureOf, tableFacts } from './catalog.ts';
import type { MysqlConnection } from './connection.ts';
import { quote } from './names.ts';
import type { Server } from './open.ts';
import { orderedTable, wholeRange } from './ordered.ts';
import { otherObjects } from './other-objects.ts';
import { rangeReader } from './read.ts';
import { relation } from './relation.ts';

type Part = { readonly object: string; readonly value: string };

/** Structure, content and next numbers; tables of ours left out. */
export async function exactFingerprint(
  connection: MysqlConnection,
  server: Server,
  tables: readonly string[] | null,
  stream: Streaming,
): Promise<Fingerprint> {
  const parts: Part[] = [];
  for (const table of await chosen(connection, tables)) {
    const structure = await structureDigest(connection, table);
    const content = await contentDigest(connection, server, table, stream);
    const next = await nextNumber(connection, table);
    parts.push({ object: table, value: `${structure} ${content}${next === null ? '' : ` next ${next}`}` });
  }
  if (tables === null) parts.push(await othersPart(connection, server));
  return made('exact', parts);
}

/**
 * Counts, the highest number given and when the table was written last: cheap, and enough to notice most changes. The time
 * is lost when the server starts again, which counts as a change.
 */
export async function markerFingerprint(
  connection: MysqlConnection,
  server: Server,
  tables: readonly string[] | null,
): Promise<Fingerprint> {
  const counters = new Map(
    (
      await connection.rows(
        `SELECT TABLE_NAME, AUTO_INCREMENT, UPDATE_TIME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`,
      )
    ).map(([name, next, written]) => [String(name), `${next ?? '-'} ${written ?? '-'}`]),
  );
  const parts: Part[] = [];
  for (const table of await chosen(connection, tables)) {
    const rows = await connection.cell(`SELECT count(*) FROM ${quote(table)}`);
    const structure = await structureDigest(connection, table);
    parts.push({ object: table, value: `${structure} ${rows} ${counters.get(table) ?? '-'}` });
  }
  if (tables === null) parts.push(await othersPart(connection, server));
  return made('markers', parts);
}

/** Count and sum of the row hashes of a table; invalid text counts with its bytes. */
export async function contentDigest(
  connection: MysqlConnection,
  server: Server,
  table: string,
  stream: Streaming,
): Promise<string> {
  const found = await relation(connection, server, table);
  const source = found && orderedTable(found);
  const digest = new RowDigest();
  if (!source) return digest.toText();
  // No order is needed: the digest is a sum.
  const { sql, sink } = rangeReader({ ...source, address: [] }, source.columns, [], wholeRange);
  for await (const batch of stream(sql, sink)) {
    for (const row of batch.rows) digest.add(row);
    for (const reject of batch.rejects) digest.add(reject.row);
  }
  return digest.toText();
}

async function chosen(connection: MysqlConnection, tables: readonly string[] | null): Promise<string[]> {
  const wanted = tables && new Set(tables.map((name) => name.toLowerCase()));
  return (await tableFacts(connection))
    .map((facts) => facts.name)
    .filter((name) => !wanted || wanted.has(name.toLowerCase()));
}

async function structureDigest(connection: MysqlConnection, table: string): Promise<string> {
  return sha256(await structureOf(connection, table)).slice(0, 16);
}

export const othersObject = 'views, triggers, routines';

export async function othersPart(connection: MysqlConnection, server: Server): Promise<Part> {
  const objects = await otherObjects(connection, server);
  return { object: othersObject, value: sha256(JSON.stringify(objects)).slice(0, 16) };
}

function made(strength: Fingerprint['strength'], parts: readonly Part[]): Fingerprint {
  return { strength, value: sha256(JSON.stringify(parts)), parts };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
