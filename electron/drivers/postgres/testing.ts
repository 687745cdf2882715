import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row, Value } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import { silentLog } from '../../platform/log.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { type PostgresServer, startPostgres } from '../../testing/servers/postgres.ts';
import type { Access, Endpoint, RelationalSession } from '../relational.ts';
import { withChunks } from '../shared/testing.ts';
import { postgresDriver } from './index.ts';

export { allRows, chunkOf, fence, holderOf, loadChunk, outputOf } from '../shared/testing.ts';

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

/** A session that is entered, with chunks "0" to "3" waiting. */
export async function entered(base: Base): Promise<RelationalSession> {
  return withChunks(await base.connect('write'));
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
