import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasMariadb, startMariadb } from '../testing/servers/mariadb.ts';
import { hasPostgres, startPostgres } from '../testing/servers/postgres.ts';
import { CommandLineBench } from './testing.ts';

const servers = [
  ...(hasPostgres() ? [{ engine: 'postgres' as const, start: () => startPostgres() }] : []),
  ...(hasMariadb() ? [{ engine: 'mysql' as const, start: () => startMariadb() }] : []),
];
const columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'checkpoints'";
const digest = {
  postgres: 'SELECT md5(string_agg(c::text, chr(10) ORDER BY checkpoint_id)) FROM checkpoints c',
  mysql:
    "SELECT md5(group_concat(concat_ws('|', thread_id, checkpoint_id, parent_checkpoint_id, checkpoint, metadata, created_at) ORDER BY checkpoint_id)) FROM checkpoints",
};

describe.each(servers)('the bundle agent-framework on $engine', ({ engine, start }) => {
  const bench = new CommandLineBench();
  const bundle = bench.path('b');
  let server: Awaited<ReturnType<typeof start>>;
  let database: string;
  let before: unknown;
  const sql = (text: string) => server.sql(database, text);

  beforeAll(async () => {
    server = await start();
    database = await server.createDatabase();
    expect(await bench.run('init', 'agent-framework', bundle, '--engine', engine, '--tasks', '40')).toMatchObject({
      code: 0,
    });
    await sql(readFileSync(join(bundle, 'checkpoints.sql'), 'utf8'));
    const fields = Object.entries({ ...server.fields, database }).map(([name, value]) => `${name} = "${value}"`);
    const profile = readFileSync(join(bundle, 'profile.toml'), 'utf8');
    const line = `app = { engine = "${engine}", ${fields.join(', ')}, access = "write" }`;
    writeFileSync(join(bundle, 'profile.toml'), profile.replace(/^app = .*$/m, line));
    before = [await sql(columns), await sql(digest[engine])];
  });
  afterAll(async () => {
    await server?.stop();
    bench.remove();
  });

  const run = (...args: string[]) => bench.json(...args);

  it('is planned with a rehearsal, run, and validated', async () => {
    const ended = await run('run', bundle, '--yes');
    expect(ended.stderr).not.toContain('error:');
    expect(ended.code).toBe(0);
    expect(await sql("SELECT count(*) FROM checkpoints WHERE state_version = '2.0'")).toEqual(
      await sql('SELECT count(*) FROM checkpoints'),
    );
    expect(await sql('SELECT id, state FROM overland_migrations ORDER BY id')).toEqual([
      ['001', 'applied'],
      ['002', 'applied'],
      ['003', 'applied'],
    ]);
  });

  it('has no drift, until somebody changes something', async () => {
    expect(await run('migrations', 'status', bundle)).toMatchObject({ code: 0 });
    await sql('ALTER TABLE performance_metrics ADD COLUMN mine INTEGER');
    const { answer, code } = await run('migrations', 'status', bundle);
    expect(code).toBe(3);
    expect(answer.steps[0].drift).toEqual([{ object: 'performance_metrics', how: 'changed', migration: '002' }]);
    await sql('ALTER TABLE performance_metrics DROP COLUMN mine');
  });

  it('is taken back: the table as it was, the rows as they were', async () => {
    const ended = await run('rollback', 'last', '--yes');
    expect(ended.code).toBe(0);
    expect([await sql(columns), await sql(digest[engine])]).toEqual(before);
    expect(await run('cleanup', 'last', '--yes')).toMatchObject({ code: 0 });
  });

  it('is resumed after kill -9 between a statement and its record', async () => {
    // The dry run before it passes the same places: 14 statements, 3 commits.
    const place = engine === 'mysql' ? 'migration.statement.after:23' : 'migration.commit.before:5';
    process.env['OVERLAND_FAILPOINT'] = place;
    const killed = await run('run', bundle, '--yes');
    delete process.env['OVERLAND_FAILPOINT'];
    expect(killed.code).toBeNull();
    expect((await sql('SELECT count(*) FROM overland_migrations'))[0]).not.toEqual(['3']);
    expect(await run('resume', 'last', '--yes')).toMatchObject({ code: 0 });
    expect(await run('migrations', 'status', bundle)).toMatchObject({ code: 0 });
    expect(await sql('SELECT id, state, statements FROM overland_migrations ORDER BY id')).toEqual([
      ['001', 'applied', null],
      ['002', 'applied', null],
      ['003', 'applied', null],
    ]);
  });

  it('is taken back without its run as well', async () => {
    expect(await run('cleanup', 'last', '--yes')).toMatchObject({ code: 0 });
    const { answer, code } = await run('migrations', 'rollback', bundle, '--to', '0', '--yes');
    expect(code).toBe(0);
    expect(answer.migrations.map((one: { id: string; state: string }) => `${one.id} ${one.state}`)).toEqual([
      '003 done',
      '002 done',
      '001 done',
    ]);
    expect([await sql(columns), await sql(digest[engine])]).toEqual(before);
  });
});
