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
undo = "down"
`;
const up1 = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);\nCREATE INDEX a_x ON a (x);\n';
const up2 = '-- needs: 001\nCREATE TABLE b (a INTEGER REFERENCES a (id) ON DELETE CASCADE);\n';
const good = {
  'profile.toml': profile,
  'sql/001_a.up.sql': up1,
  'sql/001_a.down.sql': 'DROP TABLE a;\n',
  'sql/002_b.up.sql': up2,
  'sql/002_b.down.sql': 'DROP TABLE b;\n',
};
const objects =
  "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'overland_%' ORDER BY name";

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

describe('the schema step', { timeout: 30_000 }, () => {
  it('applies, records, validates and undoes; nothing is left behind', async () => {
    bench.write(good);
    bench.sql('new.db', 'CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);');
    const run = await bench.run();
    expect(await run.plan()).toEqual([]);
    await run.execute();
    expect(bench.rows('new.db', objects).flat()).toEqual(['a', 'a_x', 'b', 'theirs']);
    expect(bench.rows('new.db', 'SELECT id, name, length(checksum), run_id FROM overland_migrations')).toEqual([
      ['001', 'a', 64, 'run1'],
      ['002', 'b', 64, 'run1'],
    ]);
    const items = await run.validate('quick');
    expect(items.map((item) => item.kind === 'check' && item.severity)).toEqual(['ok', 'ok']);
    const { results, findings } = await run.undo();
    expect(results.map((result) => result.kind)).toEqual(['undone', 'undone']);
    expect(findings).toEqual([]);
    await run.cleanUp();
    expect(bench.rows('new.db', "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).toEqual([['theirs']]);
  });

  it('knows the tables that it will make while nothing is written', async () => {
    bench.write(good);
    const run = await bench.run();
    await run.plan();
    const { after, touches } = run.planned.get('model')!;
    expect([...after.tables.get('new')!.keys()]).toEqual(['a', 'b']);
    expect(touches.map((touch) => [touch.object, touch.how])).toEqual([
      ['a', 'create'],
      ['b', 'create'],
    ]);
    expect(await bench.environment.fs.exists(bench.path('new.db'))).toBe(false);
  });

  it('skips what is applied and says so; a changed text is an error', async () => {
    bench.write(good);
    const first = await bench.run();
    await first.plan();
    await first.execute();
    await first.cleanUp();
    bench.write({ 'sql/001_a.up.sql': `${up1.replaceAll('\n', '\r\n')}`, 'sql/002_b.up.sql': `${up2}-- more\n` });
    const second = await bench.run({ runId: 'run2' });
    const findings = await second.plan();
    expect(findings.map((finding) => finding.category)).toEqual(['migration_applied', 'migration_changed']);
    await second.execute();
    expect(second.outcomes.get('model')!.counts.read).toBe(0);
  });

  it('names file and line of a statement that fails, before anything is written', async () => {
    bench.write({ ...good, 'sql/002_b.up.sql': '\n\nCREATE TABLE b (x);\nCREATE INDEX i ON nowhere (x);\n' });
    const run = await bench.run();
    const findings = await run.plan();
    expect(findings).toMatchObject([{ severity: 'critical', category: 'migration_fails', path: 'sql/002_b.up.sql:4' }]);
    expect(findings[0]!.message).toContain('nowhere');
  });

  it('counts lines of a section from the top of its file', async () => {
    bench.write({
      'profile.toml': profile,
      'sql/001_a.sql': '-- up\nCREATE TABLE a (x);\n-- down\nDROP TABLE a;\nDROP TABLE c;\n',
    });
    const findings = await (await bench.run()).plan();
    expect(findings).toMatchObject([{ category: 'down_script_fails', path: 'sql/001_a.sql:5' }]);
  });

  it('refuses statements that would end its transaction', async () => {
    bench.write({ ...good, 'sql/002_b.up.sql': 'CREATE TABLE b (x);\n-- done\nCOMMIT;\n' });
    const findings = await (await bench.run()).plan();
    expect(findings).toMatchObject([{ category: 'migration_fails', path: 'sql/002_b.up.sql:3' }]);
    expect(findings[0]!.message).toContain('COMMIT is not allowed');
  });

  it('says when a down script is missing or leaves something out', async () => {
    bench.write({ ...good, 'sql/001_a.down.sql': 'DROP INDEX a_x;\n', 'sql/002_b.down.sql': '-- none\n' });
    const run = await bench.run();
    const findings = await run.plan();
    expect(findings.map((finding) => finding.category).sort()).toEqual(['down_script_incomplete', 'no_way_back']);
    expect(run.planned.get('model')!.undo).toBe('none');
  });

  it('forecasts rows that a rebuilt table loses', async () => {
    bench.write({
      ...good,
      'sql/001_a.up.sql': 'DELETE FROM theirs WHERE x > 1;\nCREATE TABLE a (x);\n',
      'sql/002_b.up.sql': 'SELECT 1;',
    });
    bench.sql('new.db', 'CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1), (2), (3);');
    const findings = await (await bench.run()).plan();
    expect(findings.find((finding) => finding.category === 'rows_lost')).toMatchObject({ severity: 'error', count: 2 });
  });

  it('does not drop rows of others in silence', async () => {
    bench.write(good);
    const run = await bench.run();
    await run.plan();
    await run.execute();
    bench.sql('new.db', "INSERT INTO a VALUES (7, 'theirs');");
    const stopped = await run.undo();
    expect(stopped.results.map((result) => result.kind)).toEqual(['undone', 'diverged']);
    expect(bench.rows('new.db', 'SELECT * FROM a')).toEqual([[7, 'theirs']]);
    const forced = await run.undo('export_and_remove');
    expect(forced.results.map((result) => result.kind)).toEqual(['undone']);
    expect(run.exported).toEqual([{ output: 'a', key: '7', row: '{"id":{"$int":"7"},"x":"theirs"}' }]);
    expect(bench.rows('new.db', objects)).toEqual([]);
  });

  it('finds a structure that somebody changed since', async () => {
    bench.write(good);
    const run = await bench.run();
    await run.plan();
    await run.execute();
    bench.sql('new.db', 'ALTER TABLE b ADD COLUMN more TEXT;');
    const items = await run.validate('quick');
    expect(items.some((item) => item.kind === 'finding' && item.finding.category === 'structure_differs')).toBe(true);
    const { results } = await run.undo();
    expect(results).toMatchObject([{ kind: 'diverged', findings: [{ path: 'b' }] }]);
  });

  it('leaves nothing of a migration that fails half way', async () => {
    bench.write(good);
    const run = await bench.run();
    await run.plan();
    bench.sql('new.db', 'CREATE TABLE b (x);');
    await expect(run.execute()).rejects.toThrow(/already exists/);
    expect(bench.rows('new.db', 'SELECT id FROM overland_migrations')).toEqual([['001']]);
    bench.sql('new.db', 'DROP TABLE b;');
    await run.execute();
    expect(bench.rows('new.db', 'SELECT id FROM overland_migrations')).toEqual([['001'], ['002']]);
  });
});
