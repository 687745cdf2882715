import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import {
  DbFailure,
  type Fingerprint,
  type ProtectEvent,
  type ProtectedItem,
  type ProtectRequest,
} from '../relational.ts';
import { tableNames } from './catalog.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Link } from './link.ts';
import {
  connectionError,
  connectionFailure,
  openLink,
  type PostgresEndpoint,
  postgresEndpoint,
  whereOf,
} from './open.ts';
import { writeDump } from './own-dump.ts';
import { writeRestoreGuide } from './restore-guide.ts';
import { findTools, runTool, type Tools } from './tools.ts';

const progressEveryMs = 100;

/**
 * Saves the schema of a connection, as one moment had it: by pg_dump where there is one that is not older than the server,
 * else by statements and COPY of our own. The fingerprint is that of the same moment. Reading back lists what was saved.
 */
export async function* protectSchema(request: ProtectRequest, env: Environment): AsyncGenerator<ProtectEvent> {
  const endpoint = postgresEndpoint(request.endpoint);
  const link = await openLink(endpoint, 'read', request.signal).catch((error: unknown) => {
    throw connectionFailure(endpoint, error);
  });
  const started = env.clock.monotonic();
  try {
    await env.fs.makeFolder(request.folder, 0o700);
    await link.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const snapshot = (await link.cell('SELECT pg_export_snapshot()')) as string;
    const schema = endpoint.fields['schema'] ?? (await link.cell('SELECT current_schema()')) ?? 'public';
    const tables = await tableNames(link, schema);
    const total = await bytesOf(link, schema);
    const tools = await findTools(link.serverVersion);
    const name = `${endpoint.name}-${schema}`.replace(/[^A-Za-z0-9._-]/g, '_');
    const file = tools ? `${name}.dump` : `${name}.sql`;
    const path = join(request.folder, file);
    await env.fs.remove(path);
    await env.fs.append(path, '', 0o600);
    const subject = endpoint.name;
    yield { kind: 'progress', subject, doing: 'saving', bytes: 0, total };
    const saving = tools
      ? dumpByTool(tools, endpoint, schema, snapshot, path, request.signal)
      : writeDump(link, schema, path, request.signal);
    yield* whileSaving(saving, async () => (await env.fs.stat(path))?.bytes ?? 0, { subject, total }, env);
    await env.fs.setMode(path, 0o600);
    if (tools) await requireListed(tools, endpoint, schema, tables, path, request.signal);
    yield { kind: 'progress', subject, doing: 'reading back', bytes: 0, total };
    const fingerprint = await fingerprintOf(link, schema, null, 'exact', request.signal);
    const digest = await env.fs.digest(path, request.signal ? { signal: request.signal } : {});
    const item = itemOf(endpoint, schema, file, digest, fingerprint);
    await writeRestoreGuide(request.folder, endpoint, item, schema, env);
    env.failpoints.hit('point.item.after');
    yield { kind: 'item', item, tookMs: env.clock.monotonic() - started };
  } catch (error) {
    throw await saveFailure(error, request, endpoint, env);
  } finally {
    await link.end();
  }
}

function itemOf(
  endpoint: PostgresEndpoint,
  schema: string,
  file: string,
  digest: { readonly bytes: number; readonly sha256: string },
  fingerprint: Fingerprint,
): ProtectedItem {
  return {
    subject: endpoint.name,
    object: `schema ${schema}`,
    how: 'dump',
    file,
    originalPath: `${whereOf(endpoint)}/${schema}`,
    bytes: digest.bytes,
    sha256: digest.sha256,
    mode: null,
    verifiedBy: 'listed',
    fingerprint,
  };
}

async function bytesOf(link: Link, schema: string): Promise<number> {
  return Number(
    await link.cell(
      `SELECT coalesce(sum(pg_table_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'm')`,
      [schema],
    ),
  );
}

async function dumpByTool(
  tools: Tools,
  endpoint: PostgresEndpoint,
  schema: string,
  snapshot: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const what = [
    '-Fc',
    `--schema=${quotedPattern(schema)}`,
    `--snapshot=${snapshot}`,
    '--lock-wait-timeout=10000',
    '-f',
    path,
  ];
  await runTool(tools.dump, what, endpoint, signal);
}

/** A name as a pattern that means only itself. */
export function quotedPattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The dump names every table, as pg_restore reads it. */
async function requireListed(
  tools: Tools,
  endpoint: PostgresEndpoint,
  schema: string,
  tables: readonly string[],
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const lines = (await runTool(tools.restore, ['--list', path], endpoint, signal)).split('\n');
  // "123; 1259 16389 TABLE public name owner"
  const missing = tables.filter((name) => !lines.some((line) => line.includes(` TABLE ${schema} ${name} `)));
  if (missing.length === 0) return;
  throw new Error(`The dump does not hold ${missing.slice(0, 5).join(', ')}: pg_restore --list does not name them`);
}

async function* whileSaving(
  work: Promise<void>,
  bytes: () => Promise<number>,
  words: { readonly subject: string; readonly total: number },
  env: Environment,
): AsyncGenerator<ProtectEvent> {
  const done = work.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([done, env.clock.sleep(progressEveryMs).then(() => false)])))
    yield { kind: 'progress', doing: 'saving', bytes: Math.min(await bytes(), words.total), ...words };
  await work;
}

async function saveFailure(
  error: unknown,
  request: ProtectRequest,
  endpoint: PostgresEndpoint,
  env: Environment,
): Promise<unknown> {
  if (request.signal?.aborted || !(error instanceof DbFailure)) return error;
  const { kind, code, message } = error.error;
  if (kind === 'space') {
    const freeBytes = (await env.fs.freeBytes(request.folder)) ?? 0;
    const advice = 'Free space there, or choose another folder for rollback points.';
    const data = { where: request.folder, neededBytes: 0, freeBytes, advice };
    return new OverlandError('SPACE', `The dump of ${endpoint.name} does not fit into ${request.folder}.`, data, {
      cause: error,
    });
  }
  if (code === '42501' || /permission denied/i.test(message)) {
    const user = endpoint.fields['user'] ?? 'the user';
    return connectionError(
      endpoint,
      `${user} may not read all that must be saved: ${message}`,
      'Give it SELECT on all tables and sequences of the schema.',
      error,
    );
  }
  return error;
}
