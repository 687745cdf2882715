import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
const sql = { a: 'CREATE TABLE a (x);', b: 'CREATE TABLE b (x);', c: 'CREATE TABLE c (x);' };
const bundle = {
  'profile.toml': profile,
  'sql/001_make_a.up.sql': sql.a,
  'sql/001_make_a.down.sql': 'DROP TABLE a;',
  'sql/002_make_b.up.sql': sql.b,
  'sql/002_make_b.down.sql': 'DROP TABLE b;',
  'sql/003_make_c.up.sql': sql.c,
  'sql/003_make_c.down.sql': 'DROP TABLE c;',
};
const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

/** As the agent framework leaves it. */
function frameworkTable(rows: string): void {
  bench.sql(
    'new.db',
    `CREATE TABLE schema_migrations (version VARCHAR(50) PRIMARY KEY, name TEXT, description TEXT, executed_at TEXT,
       execution_time_ms INTEGER, status VARCHAR(20));
     INSERT INTO schema_migrations VALUES ${rows}; ${sql.a}`,
  );
}

/** As the step framework leaves it. */
function stepTable(rows: string): void {
  bench.sql(
    'new.db',
    `CREATE TABLE _migrations (id VARCHAR(255) PRIMARY KEY, name VARCHAR(255), description TEXT, checksum VARCHAR(64),
       applied_at TEXT, execution_time_ms REAL, status VARCHAR(50));
     INSERT INTO _migrations VALUES ${rows}; ${sql.a}`,
  );
}

describe('tables of other tools', () => {
  it('are taken over with the first migration, stay as they are, and are given back by the undo', async () => {
    bench.write(bundle);
    frameworkTable("('001', 'make_a', '', '2024-05-06T07:08:09Z', 12, 'completed')");
    const run = await bench.run();
    const findings = await run.plan();
    expect(findings.map((finding) => finding.category)).toEqual(['migration_adopted']);
    expect(findings[0]!.message).toContain('schema_migrations says that 1 migration is applied: 001');
    expect(run.planned.get('model')!.consents).toEqual([]);
    await run.execute();
    expect(bench.rows('new.db', 'SELECT id, applied_at, state FROM overland_migrations ORDER BY id')).toEqual([
      ['001', '2024-05-06T07:08:09Z', 'adopted'],
      ['002', expect.stringMatching(/^\d{4}-/), 'applied'],
      ['003', expect.stringMatching(/^\d{4}-/), 'applied'],
    ]);
    expect(bench.rows('new.db', 'SELECT count(*) FROM schema_migrations')).toEqual([[1]]);
    const again = await bench.run({ runId: 'run2' });
    expect((await again.plan()).map((finding) => finding.category)).toEqual(['migration_applied']);
    await run.undo();
    await run.cleanUp();
    expect(bench.rows('new.db', "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).toEqual([
      ['a'],
      ['schema_migrations'],
    ]);
  });

  it('are compared by the checksum where they have one', async () => {
    bench.write(bundle);
    stepTable(`('001', 'make_a', NULL, '${short(sql.a)}', '2024-01-01', 1.5, 'completed'),
      ('2', 'make_b', NULL, '0000000000000000', '2024-01-01', 1.5, 'completed')`);
    const run = await bench.run();
    const findings = await run.plan();
    expect(findings.map((finding) => finding.category)).toEqual(['migration_adopted', 'adoption_in_doubt']);
    expect(run.planned.get('model')!.consents).toMatchObject([{ name: 'adopt-model', step: 'model' }]);
    expect(run.planned.get('model')!.consents![0]!.text).toContain('002 (its checksum 0000000000000000');
  });

  it('name what they have not finished, and what the bundle lacks; neither counts as applied', async () => {
    bench.write(bundle);
    frameworkTable(
      "('003', 'make_c', '', '2024-01-01', 1, 'failed'), ('777', 'lucky', '', '2024-01-01', 1, 'completed')",
    );
    bench.sql('new.db', 'DROP TABLE a;');
    const run = await bench.run();
    const findings = await run.plan();
    expect(findings.map((finding) => finding.category)).toEqual(['adoption_unknown', 'adoption_unfinished']);
    expect(findings[0]!.message).toContain('777 (lucky)');
    expect(run.planned.get('model')!.amount).toBe(3);
  });

  it('ask for a consent when they know more than our own table', async () => {
    bench.write(bundle);
    frameworkTable("('001', 'make_a', '', '2024-01-01', 1, 'completed')");
    const first = await bench.run();
    await first.plan();
    await first.execute();
    await first.cleanUp();
    bench.write({ 'sql/004_make_d.up.sql': 'CREATE TABLE d (x);' });
    bench.sql('new.db', "INSERT INTO schema_migrations VALUES ('004', 'make_d', '', '2024-02-01', 1, 'completed');");
    const second = await bench.run({ runId: 'run2' });
    await second.plan();
    expect(second.planned.get('model')!.consents![0]!.text).toContain('overland_migrations does not list it');
  });

  it('that only know the last version are left alone', async () => {
    bench.write(bundle);
    bench.sql(
      'new.db',
      'CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, dirty BOOLEAN); INSERT INTO schema_migrations VALUES (2, 0);',
    );
    const findings = await (await bench.run()).plan();
    expect(findings).toMatchObject([
      { category: 'adoption_impossible', suggestion: expect.stringContaining('baseline') },
    ]);
  });
});

describe('the baseline of the profile', () => {
  it('is recorded with the first migration and is not run', async () => {
    bench.write({ ...bundle, 'profile.toml': `${profile}baseline = "002"\n` });
    bench.sql('new.db', `${sql.a} ${sql.b}`);
    const run = await bench.run();
    expect((await run.plan()).map((finding) => finding.category)).toEqual(['migration_baseline']);
    await run.execute();
    expect(bench.rows('new.db', 'SELECT id, state FROM overland_migrations ORDER BY id')).toEqual([
      ['001', 'baseline'],
      ['002', 'baseline'],
      ['003', 'applied'],
    ]);
  });

  it('must be a migration of the folder', async () => {
    bench.write({ ...bundle, 'profile.toml': `${profile}baseline = "02"\n` });
    await expect(bench.load()).rejects.toThrow(/steps.model.baseline: There is no migration `02`/);
  });
});
