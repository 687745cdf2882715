import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { Environment } from '../../platform/environment.ts';
import { forkHelperHost } from '../../platform/helper/fork-helper-host.ts';
import { silentLog } from '../../platform/log.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import type { Endpoint, RelationalSession } from '../relational.ts';
import { withChunks } from '../shared/testing.ts';
import { sqliteDriver } from './index.ts';

export { allRows, chunkOf, fence, holderOf, loadChunk, outputOf } from '../shared/testing.ts';

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

/** A session that is entered, with chunks "0" to "3" waiting. */
export async function entered(bench: Bench, name: string): Promise<RelationalSession> {
  return withChunks(await sqliteDriver.connect(bench.endpoint(name), 'write', bench.env));
}
