import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import { forkHelperHost } from '../../platform/helper/fork-helper-host.ts';
import { silentLog } from '../../platform/log.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import type { Chunk, Endpoint, Fence, OutputSpec, RelationalSession } from '../relational.ts';
import { sqliteDriver } from './index.ts';

/** A folder of its own with a real environment; for tests. */
export type Bench = {
  readonly folder: string;
  readonly env: Environment;
  path(name: string): string;
  endpoint(name: string): Endpoint;
  /** Makes a file by SQL and returns its path. */
  make(name: string, sql: string): string;
  remove(): void;
};

export function makeBench(within: string = tmpdir()): Bench {
  const folder = mkdtempSync(join(within, 'overland-sqlite-'));
  const env: Environment = {
    ...createNodeEnvironment({
      home: join(folder, 'home'),
      resources: folder,
      helpers: forkHelperHost(fileURLToPath(new URL('../helper-main.ts', import.meta.url))),
      logName: null,
    }),
    log: silentLog,
  };
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    env,
    path,
    endpoint: (name) => ({ engine: 'sqlite', name: name.replace(/\..*$/, ''), path: path(name) }),
    make(name, sql) {
      const db = new Database(path(name));
      db.exec(sql);
      db.close();
      return path(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Names, sizes, times and hashes of a folder: what a trace would change. */
export function traces(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder).sort()) {
    const stat = statSync(join(folder, name));
    if (stat.isFile()) found[name] = `${stat.size} ${stat.mtimeMs} ${sha256(join(folder, name))}`;
  }
  return found;
}

export function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

export const fence: Fence = { runId: 'run1', epoch: 1n };
export const holderOf = (runId = 'run1') => ({
  runId,
  person: 'anna',
  machine: 'here',
  pid: 1,
  bundle: 'b',
  phase: 'execute',
  since: '2025-01-01T00:00:00Z',
  lastSign: '2025-01-01T00:00:00Z',
  alive: 'unknown' as const,
});
export const chunkOf = (path = '0'): Chunk => ({
  unit: 'unit',
  path,
  bounds: { from: null, to: null, inclusive: 'to', records: 1 },
  attempt: 1,
});

export function outputOf(table: string, columns: readonly string[], given: Partial<OutputSpec> = {}): OutputSpec {
  return { table, columns, key: [columns[0] as string], mode: 'insert', surrogate: [], ...given };
}

/** A session that is entered, with chunks "0" to "3" waiting. */
export async function entered(bench: Bench, name: string): Promise<RelationalSession> {
  const session = await sqliteDriver.connect(bench.endpoint(name), 'write', bench.env);
  await session.control.enter(fence, 'hash', holderOf());
  await session.control.addChunks(
    fence,
    'unit',
    ['0', '1', '2', '3'].map((path) => ({ path, bounds: chunkOf(path).bounds })),
  );
  return session;
}

/** Claims a chunk, loads rows and commits. */
export async function loadChunk(
  session: RelationalSession,
  output: OutputSpec,
  rows: readonly Row[],
  keep: 'nothing' | 'written' | 'preimages' = 'nothing',
  path = '0',
) {
  const transaction = await session.begin();
  try {
    const claim = await transaction.claim(chunkOf(path), fence);
    if (claim !== 'claimed') return claim;
    const result = await transaction.load(output, [rows], keep, chunkOf(path), fence);
    await transaction.commit(noCounts, 'digest');
    return result;
  } finally {
    await transaction[Symbol.asyncDispose]();
  }
}

export async function allRows(session: RelationalSession, table: string, columns: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of session.scan(table, columns)) rows.push(...batch.rows);
  return rows;
}
