import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../drivers/endpoint.ts';
import { parseServerAddress } from '../../engine/profile/server-address.ts';

/** A private MariaDB in a temporary folder on a free port, or the server that OVERLAND_TEST_MYSQL_URL names. */
export type MariadbServer = {
  readonly host: string;
  readonly port: number;
  /** Null for a server that is not ours. */
  readonly folder: string | null;
  endpoint(database: string, fields?: Readonly<Record<string, string>>): Endpoint & { engine: 'mysql' };
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again in the same folder on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const binaryFolders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];

function binary(name: string): string | null {
  return binaryFolders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** Why there is no server to test on; null when there is one. */
export function mariadbMissing(): string | null {
  if (process.env['OVERLAND_TEST_MYSQL_URL']) return null;
  return binary('mariadbd') && binary('mariadb-install-db')
    ? null
    : 'MariaDB is not installed: the tests of the mysql driver DO NOT RUN. Debian: apt-get install mariadb-server';
}

export async function startMariadb(
  options: { readonly args?: readonly string[]; readonly timeZone?: string } = {},
): Promise<MariadbServer> {
  const given = process.env['OVERLAND_TEST_MYSQL_URL'];
  if (given) return givenServer(given);
  const folder = mkdtempSync(join(tmpdir(), 'overland-mariadb-'));
  const account = process.getuid?.() === 0 ? 'mysql' : null;
  const data = join(folder, 'data');
  if (account) execFileSync('chown', [account, folder]);
  const installed = spawnSync(
    binary('mariadb-install-db') ?? 'mariadb-install-db',
    [
      '--no-defaults',
      ...(account ? [`--user=${account}`] : []),
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { encoding: 'utf8' },
  );
  if (installed.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`mariadb-install-db failed: ${installed.stderr}${installed.stdout}`);
  }
  const port = await freePort();
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const started = spawn(
      binary('mariadbd') ?? 'mariadbd',
      [
        '--no-defaults',
        ...(account ? [`--user=${account}`] : []),
        `--datadir=${data}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 'my.sock')}`,
        `--pid-file=${join(folder, 'my.pid')}`,
        `--log-error=${join(folder, 'my.err')}`,
        '--local-infile=1',
        ...(options.args ?? []),
      ],
      { stdio: 'ignore', env: { ...process.env, TZ: options.timeZone ?? 'UTC' } },
    );
    const deadline = Date.now() + 60_000;
    while (!existsSync(join(folder, 'my.pid')) || !(await listening(port))) {
      if (started.exitCode !== null || Date.now() > deadline) {
        throw new Error(`MariaDB did not start: ${readFileSync(join(folder, 'my.err'), 'utf8').slice(-2000)}`);
      }
      await sleep(30);
    }
    return started;
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
    rmSync(join(folder, 'my.pid'), { force: true });
  }

  return {
    host: '127.0.0.1',
    port,
    folder,
    endpoint: (database, fields = {}) => ({
      engine: 'mysql',
      name: database,
      fields: { host: '127.0.0.1', port: String(port), user: 'root', database, ...fields },
      password: null,
    }),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      child = await launch();
    },
    async stop() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function givenServer(url: string): MariadbServer {
  const address = parseServerAddress('mysql', url);
  if (!('fields' in address)) throw new Error(`OVERLAND_TEST_MYSQL_URL: ${address.message}`);
  const notOurs = async (): Promise<void> => {
    throw new Error('The server of OVERLAND_TEST_MYSQL_URL is not ended by tests');
  };
  return {
    host: address.fields['host'] ?? '127.0.0.1',
    port: Number(address.fields['port'] ?? 3306),
    folder: null,
    endpoint: (database, fields = {}) => ({
      engine: 'mysql',
      name: database,
      fields: { ...address.fields, database, ...fields },
      password: address.password,
    }),
    kill: notOurs,
    restart: notOurs,
    stop: async () => undefined,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}

async function listening(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
