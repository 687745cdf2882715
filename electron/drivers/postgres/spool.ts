import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import { spoolPrefix } from '../../platform/paths.ts';
import type { Bounds } from '../relational.ts';
import { copyOut } from './copy-out.ts';
import type { Link } from './link.ts';
import { literal, quote } from './names.ts';

/**
 * The rows of a query, kept as the server wrote them in a scratch file, in an order that depends on nothing but the rows.
 * Their address is their ordinal, from 1.
 */
export type Spool = {
  readonly kind: 'spool';
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Byte at which every `step`-th line begins. */
  readonly offsets: readonly number[];
  readonly bytes: number;
};

const step = 512;
const version = 1;

/**
 * Reads a query once into scratch. `state` says what the source looked like: a file with the same mark is used again, so that
 * a run which goes on after a crash finds the ordinals that it stored.
 */
export async function spoolQuery(
  link: Link,
  query: {
    readonly sql: string;
    readonly columns: readonly string[];
    readonly key: readonly string[];
    readonly state: string;
  },
  env: Environment,
  signal?: AbortSignal,
): Promise<Spool> {
  const mark = createHash('sha256')
    .update(JSON.stringify([version, query]))
    .digest('hex');
  const file = join(env.paths.scratch, `${spoolPrefix}${mark.slice(0, 24)}.copy`);
  const index = `${file}.json`;
  if (await env.fs.exists(index)) {
    const known = JSON.parse(await env.fs.readText(index)) as Spool & { readonly mark: string };
    if (known.mark === mark && (await env.fs.stat(file))?.bytes === known.bytes)
      return { ...known, kind: 'spool', file };
  }
  await env.fs.remove(index);
  await env.fs.remove(file);
  // Its rows are the source's; made here, so that nobody else may read them.
  await env.fs.append(file, '', 0o600);
  env.failpoints.hit('spool.commit.before');
  const written = await writeLines(link, orderedQuery(query), file, signal);
  const spool: Spool = { kind: 'spool', file, columns: query.columns, ...written };
  await env.fs.writeDurable(index, JSON.stringify({ ...spool, mark }));
  env.failpoints.hit('spool.commit.after');
  return spool;
}

/** By key and then by all columns, each as text of its bytes: the same rows always come in the same order. */
function orderedQuery({
  sql,
  columns,
  key,
}: {
  sql: string;
  columns: readonly string[];
  key: readonly string[];
}): string {
  const first = key.filter((name) => columns.includes(name));
  const order = [...first, ...columns.filter((name) => !first.includes(name))];
  const by = order.map((name) => `${quote(name)}::text COLLATE "C"`).join(', ');
  return `SELECT * FROM (${sql}) overland_query${by ? ` ORDER BY ${by}` : ''}`;
}

async function writeLines(link: Link, query: string, file: string, signal?: AbortSignal) {
  const handle = await open(file, 'w', 0o600);
  const offsets: number[] = [0];
  let rows = 0;
  let bytes = 0;
  try {
    for await (const chunk of copyOut(link, query, signal)) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
        rows += 1;
        if (rows % step === 0) offsets.push(bytes + at + 1);
      }
      bytes += chunk.length;
      await handle.write(chunk);
    }
  } finally {
    await handle.close();
  }
  return { rows, offsets, bytes };
}

/** Bytes of the lines of a range. */
export async function* spoolBytes(spool: Spool, bounds: Bounds, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const from = bounds.from === null ? 0 : Number(bounds.from);
  const to = bounds.to === null ? spool.rows : Number(bounds.to);
  if (to <= from) return;
  const handle = await open(spool.file, 'r');
  try {
    let line = Math.floor(from / step) * step;
    let position = spool.offsets[line / step] as number;
    const buffer = Buffer.alloc(1 << 17);
    while (line < to) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      let start = line >= from ? 0 : -1;
      let end = bytesRead;
      for (let at = buffer.indexOf(10); at >= 0 && at < bytesRead; at = buffer.indexOf(10, at + 1)) {
        line += 1;
        if (line === from) start = at + 1;
        if (line === to) {
          end = at + 1;
          break;
        }
      }
      if (start >= 0 && start < end) yield Buffer.from(buffer.subarray(start, end));
    }
  } finally {
    await handle.close();
  }
}

/** The state of a database after its last transaction that wrote; any write anywhere in the server changes it. */
export async function stateOf(link: Link, where: string): Promise<string> {
  const [row] = await link.rows(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text, d.oid, (SELECT max(oid::bigint) FROM pg_class)
       FROM pg_database d WHERE d.datname = current_database()`,
  );
  return `${where} ${row?.join(' ')}`;
}

/** The one statement of a query file, fit to stand in brackets: without its semicolon, with a line end after a comment. */
export function asSubquery(statement: string): string {
  return `${statement.trim().replace(/;\s*$/, '')}\n`;
}

export function emptyWhere(sql: string): string {
  return `SELECT * FROM (${sql}) overland_query WHERE ${literal('')} <> ''`;
}
