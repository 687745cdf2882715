import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
afterAll(() => bench.remove());

const bundle = bench.path('b');
const files = {
  'profile.toml': `overland = 1
id = "three"
version = "1.0.0"
[connections]
new = { engine = "sqlite", path = "new.db", access = "write" }
[steps.model]
kind = "schema"
target = "new"
migrations = "sql"
`,
  'sql/001_a.up.sql': 'CREATE TABLE a (x);',
  'sql/001_a.down.sql': 'DROP TABLE a;',
  'sql/002_b.up.sql': 'CREATE TABLE b (x);',
  'sql/002_b.down.sql': 'DROP TABLE b;',
  'sql/003_c.up.sql': 'CREATE TABLE c (x);\nCREATE INDEX c_x ON c (x);',
  'sql/003_c.down.sql': 'DROP TABLE c;',
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(bundle, name)), { recursive: true });
    writeFileSync(join(bundle, name), text);
  }
  expect(await bench.run('run', bundle, '--yes', '--json')).toMatchObject({ code: 0 });
}, 60_000);

function sql(text: string): unknown[] {
  const db = new Database(join(bundle, 'new.db'));
  try {
    if (!/^SELECT/.test(text)) return [db.exec(text)];
    return db.prepare(text).pluck().all();
  } finally {
    db.close();
  }
}

async function status(code: number) {
  const ended = await bench.run('migrations', 'status', bundle, '--json');
  expect(ended).toMatchObject({ code });
  return JSON.parse(ended.stdout).steps[0];
}

const tables = () => sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");

it('status tells each migration, and that nothing changed since', async () => {
  const view = await status(0);
  expect(view).toMatchObject({ step: 'model', engine: 'sqlite', tracked: true, drift: [], withoutStructure: 0 });
  expect(view.migrations.map((one: { id: string; state: string }) => [one.id, one.state])).toEqual([
    ['001', 'applied'],
    ['002', 'applied'],
    ['003', 'applied'],
  ]);
});

it('what a run applied that is not cleaned up is that run’s to take back', async () => {
  const ended = await bench.run('migrations', 'rollback', bundle, '--yes');
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('is not cleaned up') });
  expect(tables()).toContain('c');
  expect(await bench.run('cleanup', 'last', '--yes')).toMatchObject({ code: 0 });
});

it('status names drift', async () => {
  sql('ALTER TABLE b ADD COLUMN more TEXT; DROP INDEX c_x; CREATE TABLE theirs (x);');
  const view = await status(3);
  expect(view.drift).toEqual([
    { object: 'b', how: 'changed', migration: '002' },
    { object: 'c', how: 'changed', migration: '003' },
  ]);
});

it('a preview changes nothing and names what the down scripts run over', async () => {
  sql('INSERT INTO c VALUES (1), (2);');
  const ended = await bench.run('migrations', 'rollback', bundle, '--to', '001', '--preview', '--json');
  const view = JSON.parse(ended.stdout);
  expect(view.migrations.map((one: { id: string; state: string }) => [one.id, one.state])).toEqual([
    ['003', 'planned'],
    ['002', 'planned'],
  ]);
  expect(view.findings.map((one: { category: string }) => one.category)).toEqual([
    'structure_changed_since',
    'structure_changed_since',
    'rows_of_others',
  ]);
  expect(tables()).toEqual(['a', 'b', 'c', 'overland_migrations', 'theirs']);
});

it('rollback takes back one, keeps a copy, and goes on to a version', async () => {
  const one = JSON.parse((await bench.run('migrations', 'rollback', bundle, '--yes', '--json')).stdout);
  expect(one.migrations).toMatchObject([{ id: '003', state: 'done' }]);
  expect(readdirSync(join(one.saved, 'new')).some((name) => name.endsWith('.db'))).toBe(true);
  expect(tables()).toEqual(['a', 'b', 'overland_migrations', 'theirs']);
  const rest = await bench.run('migrations', 'rollback', bundle, '--to', '0', '--no-backup', '--yes', '--json');
  expect(JSON.parse(rest.stdout)).toMatchObject({ saved: null, migrations: [{ id: '002' }, { id: '001' }] });
  expect(tables()).toEqual(['overland_migrations', 'theirs']);
  expect((await status(0)).migrations.map((row: { state: string }) => row.state)).toEqual(Array(3).fill('pending'));
});

it('a down script that fails stops there; what was done stays, what follows is not reached', async () => {
  expect(await bench.run('run', bundle, '--yes', '--json')).toMatchObject({ code: 0 });
  expect(await bench.run('cleanup', 'last', '--yes')).toMatchObject({ code: 0 });
  sql('DROP TABLE b;');
  const ended = await bench.run('migrations', 'rollback', bundle, '--last', '3', '--yes', '--json');
  expect(ended.code).toBe(8);
  expect(JSON.parse(ended.stdout).migrations).toMatchObject([
    { id: '003', state: 'done' },
    { id: '002', state: 'failed', message: expect.stringContaining('no such table') },
    { id: '001', state: 'not_reached' },
  ]);
}, 60_000);

it.each([
  [['--to', '9'], 'There is no migration 9'],
  [['--to', '001', '--last', '1'], '--to and --last'],
  [['--step', 'none'], 'no schema step none'],
])('rollback refuses %j', async (args, words) => {
  const ended = await bench.run('migrations', 'rollback', bundle, ...args, '--yes');
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
});
