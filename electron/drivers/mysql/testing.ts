import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import { silentLog } from '../../platform/log.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { startMariadb } from '../../testing/servers/mariadb.ts';
import type { Access, RelationalSession } from '../relational.ts';
import { withChunks } from '../shared/testing.ts';
import type { MysqlEndpoint } from './open.ts';
import { openSession } from './session.ts';

export { allRows, chunkOf, fence, holderOf, loadChunk, outputOf } from '../shared/testing.ts';

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
    entered: async (database) => withChunks(await open(database)),
    sql: server.sql,
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Values that `toEqual` tells apart: bytes as hex, integers by a suffix. */
export function plain(row: Row): unknown[] {
  return row.map((one) =>
    one instanceof Uint8Array ? `0x${Buffer.from(one).toString('hex')}` : typeof one === 'bigint' ? `${one}n` : one,
  );
}
