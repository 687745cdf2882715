import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import { silentLog } from '../../platform/log.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { startMariadb } from '../../testing/servers/mariadb.ts';
import type { Access, Chunk, Fence, OutputSpec, RelationalSession } from '../relational.ts';
import type { MysqlEndpoint } from './open.ts';
import { openSession } from './session.ts';

/** A server with a database for each test, and a real environment in a folder of its own. */
export type Bench = {
  readonly env: Environment;
  readonly folder: string;
  readonly server: Awaited<ReturnType<typeof startMariadb>>;
  /** An empty database; its name. */
  database(): Promise<string>;
  endpoint(database: string, fields?: Readonly<Record<string, string>>): MysqlEndpoint;
  open(database: string, access?: Access): Promise<RelationalSession>;
  /** A session that is entered, with chunks "0" to "3" waiting. */
  entered(database: string): Promise<RelationalSession>;
  sql(database: string, text: string): Promise<(string | null)[][]>;
  remove(): Promise<void>;
};

export async function makeBench(settings: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const server = await startMariadb(settings);
  const folder = mkdtempSync(join(tmpdir(), 'overland-mysql-'));
  const env: Environment = {
    ...createNodeEnvironment({
      home: join(folder, 'home'),
      resources: folder,
      helpers: {
        run: () => {
          throw new Error('The driver needs no helper');
        },
      },
      logName: null,
    }),
    log: silentLog,
  };
  const endpoint = (database: string, fields: Readonly<Record<string, string>> = {}): MysqlEndpoint => ({
    engine: 'mysql',
    name: 'shop',
    fields: { ...server.fields, database, ...fields },
    password: server.password,
  });
  const open = (database: string, access: Access = 'write'): Promise<RelationalSession> =>
    openSession(endpoint(database), access, env);
  return {
    env,
    folder,
    server,
    database: () => server.createDatabase(),
    endpoint,
    open,
    async entered(database) {
      const session = await open(database);
      await session.control.enter(fence, 'hash', holderOf());
      await session.control.addChunks(
        fence,
        'unit',
        ['0', '1', '2', '3'].map((path) => ({ path, bounds: chunkOf(path).bounds })),
      );
      return session;
    },
    sql: server.sql,
    async remove() {
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

/** Claims a chunk, loads rows and commits. */
export async function loadChunk(
  session: RelationalSession,
  output: OutputSpec,
  rows: readonly Row[],
  keep: 'nothing' | 'written' | 'preimages' = 'nothing',
  path = '0',
) {
  await using transaction = await session.begin();
  const claim = await transaction.claim(chunkOf(path), fence);
  if (claim !== 'claimed') return claim;
  const result = await transaction.load(output, [rows], keep, chunkOf(path), fence);
  await transaction.commit(noCounts, 'digest');
  return result;
}

export async function allRows(session: RelationalSession, table: string, columns: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of session.scan(table, columns)) rows.push(...batch.rows);
  return rows;
}

/** Values that `toEqual` tells apart: bytes as hex, integers by a suffix. */
export function plain(row: Row): unknown[] {
  return row.map((one) =>
    one instanceof Uint8Array ? `0x${Buffer.from(one).toString('hex')}` : typeof one === 'bigint' ? `${one}n` : one,
  );
}
