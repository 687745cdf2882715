import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasMariadb, type MariadbServer, startMariadb } from '../testing/servers/mariadb.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../testing/servers/postgres.ts';
import { CommandLineBench } from './testing.ts';

type Engine = 'sqlite' | 'postgres' | 'mysql';
const engines: Engine[] = [
  'sqlite',
  ...(hasPostgres() ? ['postgres' as const] : []),
  ...(hasMariadb() ? ['mysql' as const] : []),
];
let postgres: PostgresServer | null = null;
let mariadb: MariadbServer | null = null;

beforeAll(async () => {
  if (hasPostgres()) postgres = await startPostgres();
  if (hasMariadb()) mariadb = await startMariadb();
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres?.stop(), mariadb?.stop()]);
});

const tables = "CREATE TABLE people (id int PRIMARY KEY, name varchar(40)); INSERT INTO people VALUES (1, 'Ada');";

/** A connection as a line of the profile, and somebody else who has it open until the result is called. */
async function end(engine: Engine, bench: CommandLineBench) {
  if (engine === 'sqlite') {
    const file = join(bench.path('bundle'), 'new.db');
    const db = new Database(file);
    db.exec(tables);
    db.close();
    const script = `const db = new (require('better-sqlite3'))(${JSON.stringify(file)}); db.prepare('SELECT 1 FROM people').all(); console.log('open'); setInterval(() => db.open, 60_000)`;
    return {
      line: `engine = "sqlite", path = "new.db"`,
      open: async () => {
        const child = spawn(process.execPath, ['-e', script], {
          cwd: resolve(import.meta.dirname, '../..'),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await once(child.stdout, 'data');
        const leave = async () => {
          child.kill('SIGKILL');
          await once(child, 'close');
        };
        return { leave, shown: `(${child.pid})` };
      },
    };
  }
  const server = engine === 'postgres' ? postgres! : mariadb!;
  const database = await server.createDatabase();
  await server.sql(database, tables);
  const line = Object.entries({ ...server.fields, database })
    .map(([key, value]) => `${key} = ${key === 'port' ? value : JSON.stringify(value)}`)
    .join(', ');
  const { host, port, user } = server.fields;
  return {
    line: `engine = "${engine}", ${line}`,
    open: async () => {
      if (engine === 'postgres') {
        const client = new pg.Client({ host, port: Number(port), user, database, application_name: 'reporting' });
        await client.connect();
        return { leave: () => client.end(), shown: `reporting as ${user} since 20` };
      }
      const connection = await mysql.createConnection({ host: host!, port: Number(port), user: user!, database });
      return { leave: () => connection.end(), shown: `as ${user} since 20` };
    },
  };
}

describe.each(engines)('%s', (engine) => {
  test('check lists others; with require_quiet execute waits until they are gone', async () => {
    const bench = new CommandLineBench();
    const bundle = bench.path('bundle');
    mkdirSync(bundle);
    const legacy = new Database(join(bundle, 'old.db'));
    legacy.exec("CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (2, 'Grace');");
    legacy.close();
    const target = await end(engine, bench);
    writeFileSync(
      join(bundle, 'profile.toml'),
      `overland = 1
id = "people"
version = "1.0.0"
[connections]
old = { engine = "sqlite", path = "old.db", access = "read" }
new = { ${target.line}, access = "write" }
[policy]
require_quiet = true
[steps.people]
kind = "records"
source = { connection = "old", table = "people", key = ["id"] }
target = { connection = "new", mode = "insert" }
[steps.people.into.people]
key = ["id"]
copy = ["*"]
`,
    );
    const { leave, shown } = await target.open();
    try {
      expect((await bench.run('check', bundle)).stdout).toContain(shown);
      const refused = await bench.run('run', bundle, '--yes');
      expect(refused.code, refused.stdout + refused.stderr).toBe(1);
      expect(refused.stderr).toContain(shown);
      expect(refused.stderr).toContain('The policy requires quiet');
    } finally {
      await leave();
    }
    const ran = await bench.run('resume', 'last');
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect((await bench.run('rollback', 'last', '--yes')).code).toBe(0);
    bench.remove();
  }, 120_000);
});
