import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCounts } from '#shared/model/run.ts';
import type { Row, Value } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import { silentLog } from '../../platform/log.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { type PostgresServer, startPostgres } from '../../testing/servers/postgres.ts';
import type { Access, Chunk, Endpoint, Fence, OutputSpec, RelationalSession } from '../relational.ts';
import { postgresDriver } from './index.ts';

/** A server with an environment; each test makes its own database. */
export type Bench = {
  readonly server: PostgresServer;
  readonly env: Environment;
  readonly folder: string;
  /** Makes a database by SQL. */
  make(sql: string): Promise<Base>;
  stop(): Promise<void>;
};
export type Base = {
  readonly name: string;
  readonly endpoint: Endpoint;
  sql(text: string): Promise<(string | null)[][]>;
  connect(access?: Access, fields?: Readonly<Record<string, string>>): Promise<RelationalSession>;
};

export async function makeBench(settings: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const server = await startPostgres(settings);
  const folder = mkdtempSync(join(tmpdir(), 'overland-postgres-home-'));
  const env: Environment = {
    ...createNodeEnvironment({
      home: join(folder, 'home'),
      resources: folder,
      helpers: { run: () => Promise.reject(new Error('No helper is needed here')) },
      logName: null,
    }),
    log: silentLog,
  };
  return {
    server,
    env,
    folder,
    async make(sql) {
      const name = await server.createDatabase();
      if (sql) await server.sql(name, sql);
      const endpoint: Endpoint = {
        engine: 'postgres',
        name: 'base',
        fields: { ...server.fields, database: name },
        password: server.password,
      };
      return {
        name,
        endpoint,
        sql: (text) => server.sql(name, text),
        connect: (access = 'write', fields = {}) =>
          postgresDriver.connect({ ...endpoint, fields: { ...endpoint.fields, ...fields } }, access, env),
      };
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
export async function entered(base: Base): Promise<RelationalSession> {
  const session = await base.connect('write');
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

/** A row that vitest can compare and print. */
export function plain(row: Row): unknown[] {
  const one = (value: Value): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    if (typeof value === 'bigint') return `${value}n`;
    return Object.is(value, -0) ? '-0' : value;
  };
  return row.map(one);
}
