import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../../platform/environment.ts';
import { StepBench } from '../testing/step-bench.ts';

const profile = `
overland = 1
id = "t"
version = "1.0.0"
[connections]
new = { engine = "sqlite", path = "new.db", access = "write" }
[steps.model]
kind = "schema"
target = "new"
migrations = "sql"
`;
const single = '-- overland: no-transaction\n';
const bundle = {
  'profile.toml': profile,
  'sql/001_a.up.sql': `${single}CREATE TABLE a (x);\nVACUUM;\nINSERT INTO a VALUES (1);\nPRAGMA journal_mode = WAL;\nCREATE TABLE b (y);\n`,
  'sql/001_a.down.sql': `${single}DROP TABLE b;\nPRAGMA journal_mode = DELETE;\nDROP TABLE a;\n`,
};

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

/** Stops as a crash would, at the n-th time that a place is reached. */
function stopAt(name: string, time: number): () => void {
  let seen = 0;
  const { failpoints } = bench.environment;
  const failing: Environment['failpoints'] = {
    hit: (place) => {
      if (place === name && ++seen === time) throw new Error('killed');
    },
  };
  Object.assign(bench.environment, { failpoints: failing });
  return () => Object.assign(bench.environment, { failpoints });
}

describe('a migration that says no-transaction', { timeout: 30_000 }, () => {
  it('runs statement by statement, is recorded once, and is undone by its down script', async () => {
    bench.write(bundle);
    const run = await bench.run();
    expect(await run.plan()).toEqual([]);
    expect(run.planned.get('model')).toMatchObject({ commit: 'probe', amount: 5 });
    await run.execute();
    expect(bench.rows('new.db', 'PRAGMA journal_mode')).toEqual([['wal']]);
    expect(bench.rows('new.db', 'SELECT id, state, statements FROM overland_migrations')).toEqual([
      ['001', 'applied', null],
    ]);
    expect(
      bench.rows('new.db', 'SELECT bounds FROM overland_chunk ORDER BY path').map(([text]) => JSON.parse(String(text))),
    ).toMatchObject(
      [0, 1, 2, 3, 4].map((at) => ({
        from: expect.stringMatching(`^001:${at} `),
        to: expect.stringMatching(`^001:${at + 1} `),
      })),
    );
    expect((await run.validate('quick')).map((item) => item.kind === 'check' && item.severity)).toEqual(['ok', 'ok']);
    const { results, findings } = await run.undo();
    expect(results.map((result) => result.kind)).toEqual(Array(5).fill('undone'));
    expect(findings).toEqual([]);
    await run.cleanUp();
    expect(bench.rows('new.db', "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).toEqual([]);
  });

  it.each([
    ['migration.statement.before', 1],
    ['migration.statement.after', 1],
    ['migration.statement.after', 2],
    ['migration.commit.before', 3],
    ['migration.commit.after', 4],
  ] as const)('goes on after the last statement that happened: %s, time %i', async (place, time) => {
    bench.write(bundle);
    const run = await bench.run();
    await run.plan();
    const mend = stopAt(place, time);
    await expect(run.execute()).rejects.toThrow('killed');
    mend();
    run.epoch += 1n;
    await run.execute();
    expect(bench.rows('new.db', 'SELECT * FROM a')).toEqual([[1]]);
    expect(bench.rows('new.db', 'SELECT state FROM overland_migrations')).toEqual([['applied']]);
  });

  it('is taken up by the next run when it was left half way', async () => {
    bench.write(bundle);
    const run = await bench.run();
    await run.plan();
    const mend = stopAt('migration.commit.before', 4);
    await expect(run.execute()).rejects.toThrow('killed');
    mend();
    await run.cleanUp();
    expect(bench.rows('new.db', 'SELECT state, statements FROM overland_migrations')).toEqual([['partial', 3]]);
    const next = await bench.run({ runId: 'run2' });
    const findings = await next.plan();
    expect(findings).toMatchObject([
      { category: 'migration_half_applied', message: expect.stringContaining('3 statements done') },
    ]);
    expect(next.planned.get('model')!.amount).toBe(2);
    await next.execute();
    expect(bench.rows('new.db', 'SELECT * FROM a')).toEqual([[1]]);
    expect(bench.rows('new.db', 'SELECT id, state FROM overland_migrations')).toEqual([['001', 'applied']]);
  });

  it('is taken back from half way', async () => {
    bench.write(bundle);
    const run = await bench.run();
    await run.plan();
    const mend = stopAt('migration.commit.before', 4);
    await expect(run.execute()).rejects.toThrow('killed');
    mend();
    const { results, findings } = await run.undo();
    expect(results.map((result) => result.kind)).toEqual(Array(3).fill('undone'));
    expect(findings).toEqual([]);
    await run.cleanUp();
    expect(bench.rows('new.db', "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).toEqual([]);
  });

  it('goes on with a down script that was cut short', async () => {
    bench.write(bundle);
    const run = await bench.run();
    await run.plan();
    await run.execute();
    const mend = stopAt('migration.statement.after', 1);
    await expect(run.undo()).rejects.toThrow('killed');
    mend();
    expect(bench.rows('new.db', 'SELECT state, statements FROM overland_migrations')).toEqual([['undoing', 1]]);
    const { findings } = await run.undo();
    expect(findings).toEqual([]);
    await run.cleanUp();
    expect(bench.rows('new.db', "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).toEqual([]);
  });

  it('must say so: what cannot run in a transaction is named with its line', async () => {
    bench.write({ ...bundle, 'sql/001_a.up.sql': 'CREATE TABLE a (x);\n\nVACUUM;\n' });
    const findings = await (await bench.run()).plan();
    expect(findings).toMatchObject([{ severity: 'critical', category: 'migration_fails', path: 'sql/001_a.up.sql:3' }]);
    expect(findings[0]!.message).toContain('no-transaction');
  });
});

describe('a tracking table of the first version', () => {
  it('gets the new columns with the first migration and keeps its rows', async () => {
    bench.write({
      'profile.toml': profile,
      'sql/001_a.up.sql': 'CREATE TABLE a (x);',
      'sql/002_b.up.sql': 'CREATE TABLE b (x);',
    });
    const run = await bench.run();
    await run.plan();
    await run.execute({ stopAfter: 1 }).catch(() => undefined);
    await run.cleanUp();
    bench.sql(
      'new.db',
      `ALTER TABLE overland_migrations DROP COLUMN structure; ALTER TABLE overland_migrations DROP COLUMN statements;
       ALTER TABLE overland_migrations DROP COLUMN state;`,
    );
    const next = await bench.run({ runId: 'run2' });
    expect((await next.plan()).map((finding) => finding.category)).toContain('migration_applied');
    await next.execute();
    expect(bench.rows('new.db', 'SELECT id, state FROM overland_migrations ORDER BY id')).toEqual([
      ['001', null],
      ['002', 'applied'],
    ]);
  });
});
