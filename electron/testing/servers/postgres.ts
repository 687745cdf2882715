import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { watchOver } from './watchdog.ts';

const run = promisify(execFile);

/** A PostgreSQL of our own for tests, or the one that `OVERLAND_TEST_POSTGRES_URL` names. */
export type PostgresServer = {
  /** Fields of a connection, as a profile has them, without the database. */
  readonly fields: Readonly<Record<string, string>>;
  readonly password: string | null;
  /** Makes an empty database and returns its name. */
  createDatabase(): Promise<string>;
  /** Runs SQL as the superuser, outside of the code that is tested. All values come back as text. */
  sql(database: string, text: string): Promise<(string | null)[][]>;
  /** Null where the server is not ours to end. `crash` kills it at once. */
  readonly control: { crash(): void; start(): Promise<void>; readonly log: string; readonly folder: string } | null;
  stop(): Promise<void>;
};

/** Folder of the newest server programs, null when there are none. */
export function postgresPrograms(): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl'))) ?? null;
}

/** Whether tests with PostgreSQL can run here. */
export function hasPostgres(): boolean {
  return Boolean(process.env.OVERLAND_TEST_POSTGRES_URL) || postgresPrograms() !== null;
}

/** Starts an empty server in a temporary folder. It ends with `stop`, and in any case with this process. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const given = process.env.OVERLAND_TEST_POSTGRES_URL;
  if (given) return givenServer(given);
  const programs = postgresPrograms();
  if (!programs) throw new Error('There is no PostgreSQL here: install it (Debian: apt install postgresql)');
  const owner = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'overland-postgres-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
  const port = await freePort();
  const data = join(folder, 'data');
  const log = join(folder, 'server.log');
  const dog = watchOver(folder, join(data, 'postmaster.pid'));
  const asOwner = { ...(owner ?? {}), env: { ...process.env, HOME: folder, LC_ALL: 'C' } };
  const all = {
    port: String(port),
    unix_socket_directories: folder,
    listen_addresses: '127.0.0.1',
    fsync: 'off',
    // Foreign on purpose: what the driver reads and writes must not depend on it.
    timezone: 'America/St_Johns',
    datestyle: 'SQL, DMY',
    intervalstyle: 'sql_standard',
    max_connections: '60',
    ...settings,
  };
  const options = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`);
  const start = async (): Promise<void> => {
    const args = ['-D', data, '-w', '-t', '60', '-l', log, '-o', options.join(' '), 'start'];
    await run(join(programs, 'pg_ctl'), args, asOwner);
  };
  const crash = (): void => {
    const pidFile = join(data, 'postmaster.pid');
    killAll(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
    // Where nobody collects the dead (a container's first process), the server would take its old self for alive.
    rmSync(pidFile);
    rmSync(join(folder, `.s.PGSQL.${port}.lock`), { force: true });
  };
  try {
    const choices = ['-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
    await run(join(programs, 'initdb'), ['-D', data, ...choices], asOwner);
    await start();
  } catch (error) {
    dog.release();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const fields = { host: '127.0.0.1', port: String(port), user: 'postgres' };
  return {
    ...databases(fields, null),
    fields,
    password: null,
    control: {
      crash,
      start,
      log,
      folder,
    },
    async stop() {
      await run(join(programs, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], asOwner).catch(
        () => undefined,
      );
      dog.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server and its sessions, which would go on for a while without it. */
function killAll(server: number): void {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server)], { encoding: 'utf8' });
  process.kill(server, 'SIGKILL');
  for (const child of children.split(/\s+/).filter(Boolean)) {
    try {
      process.kill(Number(child), 'SIGKILL');
    } catch {
      // It noticed by itself.
    }
  }
}

function givenServer(url: string): PostgresServer {
  const { hostname, port, username, password } = new URL(url);
  const fields = { host: hostname, port: port || '5432', user: decodeURIComponent(username || 'postgres') };
  const secret = password ? decodeURIComponent(password) : null;
  const made: string[] = [];
  const admin = databases(fields, secret);
  return {
    ...admin,
    fields,
    password: secret,
    control: null,
    async createDatabase() {
      const name = await admin.createDatabase();
      made.push(name);
      return name;
    },
    async stop() {
      for (const name of made.splice(0)) await admin.sql('postgres', `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
}

function databases(fields: { host: string; port: string; user: string }, password: string | null) {
  const sql = async (database: string, text: string): Promise<(string | null)[][]> => {
    const client = new pg.Client({
      ...fields,
      port: Number(fields.port),
      database,
      types: { getTypeParser: () => (value: string) => value },
      ...(password === null ? {} : { password }),
    });
    // A server that is killed on purpose ends its sessions.
    client.on('error', () => undefined);
    await client.connect();
    try {
      const result = await client.query({ text, rowMode: 'array' });
      const last = Array.isArray(result) ? result.at(-1) : result;
      return (last?.rows ?? []) as (string | null)[][];
    } finally {
      await client.end();
    }
  };
  return {
    sql,
    async createDatabase() {
      const name = `overland_test_${Math.random().toString(36).slice(2, 12)}`;
      await sql('postgres', `CREATE DATABASE ${name}`);
      return name;
    },
  };
}

/** PostgreSQL refuses to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The next one.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody');
}
