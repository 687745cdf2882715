import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { parseServerAddress } from '../../engine/profile/server-address.ts';
import { freePort } from './free-port.ts';
import { watchOver } from './watchdog.ts';

const run = promisify(execFile);

/** A MariaDB of our own for tests, or the server that `OVERLAND_TEST_MYSQL_URL` names. */
export type MariadbServer = {
  /** Fields of a connection, as a profile has them, without the database. */
  readonly fields: Readonly<Record<string, string>>;
  readonly password: string | null;
  /** Makes an empty database and returns its name. */
  createDatabase(): Promise<string>;
  /** Runs SQL as the superuser with an empty SQL mode, outside of the code that is tested. All values come back as text. */
  sql(database: string, text: string): Promise<(string | null)[][]>;
  /** Null where the server is not ours to end. `crash` kills it at once. */
  readonly control: {
    crash(): Promise<void>;
    start(): Promise<void>;
    readonly log: string;
    readonly folder: string;
  } | null;
  stop(): Promise<void>;
};

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];

function program(name: string): string | null {
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** Whether tests with MariaDB can run here. */
export function hasMariadb(): boolean {
  return (
    Boolean(process.env['OVERLAND_TEST_MYSQL_URL']) ||
    (program('mariadbd') !== null && program('mariadb-install-db') !== null)
  );
}

/** Starts an empty server in a temporary folder. It ends with `stop`, and in any case with this process. */
export async function startMariadb(settings: Readonly<Record<string, string>> = {}): Promise<MariadbServer> {
  const given = process.env['OVERLAND_TEST_MYSQL_URL'];
  if (given) return givenServer(given);
  const daemon = program('mariadbd');
  const installer = program('mariadb-install-db');
  if (!daemon || !installer)
    throw new Error('There is no MariaDB here: install it (Debian: apt install mariadb-server)');
  const folder = mkdtempSync(join(tmpdir(), 'overland-mariadb-'));
  // The server refuses to run as root.
  const account = process.getuid?.() === 0 ? ['--user=mysql'] : [];
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  if (account.length > 0) execFileSync('chown', ['mysql', folder, temporary]);
  const data = join(folder, 'data');
  const log = join(folder, 'server.log');
  const pidFile = join(folder, 'server.pid');
  const port = await freePort();
  const dog = watchOver(folder, pidFile);
  const all = {
    datadir: data,
    // A server that starts removes the temporary tables in its folder, also those of others that are at work.
    tmpdir: temporary,
    port: String(port),
    'bind-address': '127.0.0.1',
    socket: join(folder, 'server.sock'),
    'pid-file': pidFile,
    'log-error': log,
    'local-infile': '1',
    // Foreign on purpose: what the driver reads and writes must not depend on it.
    'sql-mode': 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH',
    'character-set-server': 'latin1',
    ...settings,
  };
  const options = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const launch = async (): Promise<ChildProcess> => {
    const started = spawn(daemon, ['--no-defaults', ...account, ...options], {
      stdio: 'ignore',
      env: { ...process.env, TZ: 'America/St_Johns' },
    });
    const deadline = Date.now() + 60_000;
    while (!existsSync(pidFile) || !(await answers(port))) {
      if (started.exitCode !== null || Date.now() > deadline) {
        throw new Error(`MariaDB did not start: ${existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : ''}`);
      }
      await sleep(20);
    }
    return started;
  };
  let child: ChildProcess;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
    rmSync(pidFile, { force: true });
  };
  try {
    const choices = [`--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'];
    const install = () => run(installer, ['--no-defaults', ...account, ...choices]);
    // Seen once on a machine under load: the bootstrap ended by signal 11, and the next one was fine.
    await install().catch(() => {
      rmSync(data, { recursive: true, force: true });
      return install();
    });
    child = await launch();
  } catch (error) {
    dog.release();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    ...accessTo({ host: '127.0.0.1', port: String(port), user: 'root' }, null),
    control: {
      crash: () => end('SIGKILL'),
      async start() {
        await end('SIGTERM');
        child = await launch();
      },
      log,
      folder,
    },
    async stop() {
      await end('SIGTERM');
      dog.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function givenServer(address: string): Promise<MariadbServer> {
  const parsed = parseServerAddress('mysql', address);
  if (!('fields' in parsed)) throw new Error(`OVERLAND_TEST_MYSQL_URL: ${parsed.message}`);
  const { database: _database, ...fields } = parsed.fields;
  const made: string[] = [];
  const access = accessTo(fields, parsed.password);
  return {
    ...access,
    async createDatabase() {
      const name = await access.createDatabase();
      made.push(name);
      return name;
    },
    control: null,
    async stop() {
      for (const name of made) await access.sql('mysql', `DROP DATABASE IF EXISTS \`${name}\``);
    },
  };
}

function accessTo(fields: Readonly<Record<string, string>>, password: string | null) {
  const sql = async (database: string, text: string): Promise<(string | null)[][]> => {
    const connection = await mysql.createConnection({
      host: fields['host'] ?? '127.0.0.1',
      port: Number(fields['port'] ?? 3306),
      user: fields['user'] ?? 'root',
      ...(password === null ? {} : { password }),
      database,
      multipleStatements: true,
      rowsAsArray: true,
      typeCast: (field) => field.string('utf8'),
      charset: 'utf8mb4',
    });
    try {
      await connection.query("SET SESSION sql_mode = '', time_zone = '+00:00'");
      const [found] = await connection.query(text);
      const results = Array.isArray(found) ? found : [];
      const last = results.at(-1);
      // Of several statements the result of the last one.
      return (Array.isArray(last) && Array.isArray(last[0]) ? last : results) as unknown as (string | null)[][];
    } finally {
      await connection.end();
    }
  };
  return {
    fields,
    password,
    sql,
    async createDatabase(): Promise<string> {
      const name = `overland_test_${Math.random().toString(36).slice(2, 10)}`;
      await sql('mysql', `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
      return name;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
