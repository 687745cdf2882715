import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasMariadb, type MariadbServer, startMariadb } from '../testing/servers/mariadb.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../testing/servers/postgres.ts';
import { CommandLineBench } from './testing.ts';

const engines = (['postgres', 'mysql'] as const).filter((engine) =>
  engine === 'postgres' ? hasPostgres() : hasMariadb(),
);
const servers = new Map<string, PostgresServer | MariadbServer>();

beforeAll(async () => {
  for (const engine of engines)
    servers.set(engine, engine === 'postgres' ? await startPostgres() : await startMariadb());
}, 120_000);
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
});

type Engine = (typeof engines)[number];
const user = 'mover';

/** A source, a target that holds rows already, and a user who may do nothing with either. */
async function lab(engine: Engine, steps: string, files: Readonly<Record<string, string>> = {}) {
  const server = servers.get(engine)!;
  const bench = new CommandLineBench();
  const [old, target] = [await server.createDatabase(), await server.createDatabase()];
  await server.sql(
    old,
    `CREATE TABLE people (id int PRIMARY KEY, name varchar(40) NOT NULL);
     INSERT INTO people VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Edsger');`,
  );
  await server.sql(
    target,
    `CREATE TABLE persons (id int PRIMARY KEY, name varchar(40) NOT NULL); INSERT INTO persons VALUES (9, 'Alan');
     CREATE TABLE names (id int PRIMARY KEY, name varchar(40) NOT NULL); INSERT INTO names VALUES (1, 'nobody'), (9, 'Alan');
     CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1);`,
  );
  if (engine === 'postgres') {
    await server.sql(target, `DROP ROLE IF EXISTS ${user}`).catch(() => undefined);
    const known = await server.sql(target, `SELECT 1 FROM pg_roles WHERE rolname = '${user}'`);
    if (known.length === 0) await server.sql(target, `CREATE ROLE ${user} LOGIN`);
    for (const database of [old, target])
      await server.sql(
        database,
        `REVOKE ALL ON DATABASE "${database}" FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC`,
      );
  } else await server.sql(target, `DROP USER IF EXISTS ${user}@'%'; CREATE USER ${user}@'%'`);
  const fields = Object.entries({ ...server.fields, user })
    .map(([key, value]) => `${key} = ${key === 'port' ? value : JSON.stringify(value)}`)
    .join(', ');
  const bundle = bench.path('bundle');
  const profile = `overland = 1
id = "people"
version = "1.0.0"
[connections]
old = { engine = "${engine}", ${fields}, database = "${old}", access = "read" }
new = { engine = "${engine}", ${fields}, database = "${target}", access = "write" }
${steps}`;
  for (const [name, text] of Object.entries({ ...files, 'profile.toml': profile })) {
    mkdirSync(dirname(join(bundle, name)), { recursive: true });
    writeFileSync(join(bundle, name), text);
  }
  return { server, bench, old, target, bundle };
}

/** What the command prints, run by the owner of the databases. */
async function grant({ server, bench, old, target, bundle }: Awaited<ReturnType<typeof lab>>): Promise<string> {
  const printed = await bench.run('check', bundle, '--grants');
  expect(printed.code, printed.stderr).toBe(0);
  const parts = printed.stdout.split(/^(?=-- (?:old|new), )/m);
  for (const part of parts.filter(Boolean)) await server.sql(part.startsWith('-- old') ? old : target, part);
  return printed.stdout;
}

describe.each(engines)('%s', (engine) => {
  test('a user with these grants and no others moves rows into tables that are there, and takes them back', async () => {
    const made = await lab(
      engine,
      `[steps.persons]
kind = "records"
source = { connection = "old", table = "people", key = ["id"] }
target = { connection = "new", mode = "insert" }
[steps.persons.into.persons]
key = ["id"]
copy = ["*"]
[steps.names]
kind = "records"
needs = ["persons"]
source = { connection = "old", table = "people", key = ["id"] }
target = { connection = "new", mode = "upsert" }
[steps.names.into.names]
key = ["id"]
copy = ["*"]
`,
    );
    const { server, bench, target, bundle } = made;
    try {
      expect((await bench.run('plan', bundle)).code).not.toBe(0);
      const statements = await grant(made);
      expect(statements).not.toContain('other');
      const ran = await bench.run('run', bundle, '--yes');
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(await server.sql(target, 'SELECT name FROM names ORDER BY id')).toEqual([
        ['Ada'],
        ['Grace'],
        ['Edsger'],
        ['Alan'],
      ]);
      const back = await bench.run('rollback', 'last', '--yes');
      expect(back.code, back.stdout + back.stderr).toBe(0);
      expect(await server.sql(target, 'SELECT name FROM names ORDER BY id')).toEqual([['nobody'], ['Alan']]);
      expect(await server.sql(target, 'SELECT name FROM persons ORDER BY id')).toEqual([['Alan']]);
      const cleaned = await bench.run('cleanup', 'last', '--yes');
      expect(cleaned.code, cleaned.stdout + cleaned.stderr).toBe(0);
    } finally {
      bench.remove();
    }
  }, 120_000);

  test('a user with these grants makes tables by a migration and fills them', async () => {
    const made = await lab(
      engine,
      `[steps.model]
kind = "schema"
target = "new"
migrations = "sql"
scratch = "target"
undo = "down"
[steps.persons]
kind = "records"
needs = ["model"]
source = { connection = "old", table = "people", key = ["id"] }
target = { connection = "new", mode = "insert" }
[steps.persons.into.made]
key = ["id"]
copy = ["*"]
`,
      {
        'sql/001_made.up.sql':
          'CREATE TABLE made (id int PRIMARY KEY, name varchar(40) NOT NULL);\nCREATE INDEX made_name ON made (name);\n',
        'sql/001_made.down.sql': 'DROP TABLE made;\n',
      },
    );
    const { server, bench, target, bundle } = made;
    try {
      await grant(made);
      const ran = await bench.run('run', bundle, '--yes');
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(await server.sql(target, 'SELECT count(*) FROM made')).toEqual([['3']]);
      const back = await bench.run('rollback', 'last', '--yes');
      expect(back.code, back.stdout + back.stderr).toBe(0);
      await expect(server.sql(target, 'SELECT 1 FROM made')).rejects.toThrow();
    } finally {
      bench.remove();
    }
  }, 120_000);
});
