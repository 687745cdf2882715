import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../../platform/environment.ts';
import { StepBench } from '../testing/step-bench.ts';
import { type Base, type EngineUnderTest, engines } from './testing-engines.ts';

type Options = { readonly scratch?: boolean; readonly policy?: string };

let bench: StepBench;
let base: Base;

function profile({ scratch = true, policy = '' }: Options = {}): string {
  const server = !base.connection.includes('sqlite');
  return `overland = 1
id = "t"
version = "1.0.0"
[connections]
${base.connection}
[policy]
retry = { attempts = 2, delay = "10ms", max_delay = "20ms" }
timeouts = { lock = "1s" }
${policy}
[steps.model]
kind = "schema"
target = "new"
migrations = "sql"
${scratch && server ? 'scratch = "target"\n' : ''}`;
}

/** Two tables, an index, a foreign key, rows of the script's own. */
const two = {
  'sql/001_a.up.sql': `CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, x VARCHAR(20));
CREATE INDEX a_x ON a (x);
INSERT INTO a (id, x) VALUES (1, 'one; two');
`,
  'sql/001_a.down.sql': 'DROP TABLE a;\n',
  'sql/002_b.up.sql': `-- needs: 001
CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, CONSTRAINT b_a FOREIGN KEY (a) REFERENCES a (id));
`,
  'sql/002_b.down.sql': 'DROP TABLE b;\n',
};
const tracked = 'SELECT id, state, statements FROM overland_migrations ORDER BY id';

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

describe.each(engines)('the schema step on $engine', (under: EngineUnderTest) => {
  const server = under.engine !== 'sqlite';
  const single = under.engine === 'mysql';
  beforeAll(() => under.start());
  afterAll(() => under.stop());
  beforeEach(async () => {
    bench = new StepBench();
    base = await under.make(bench);
  });
  afterEach(() => bench.remove());

  it('rehearses, applies, records, validates and undoes; nothing is left behind', async () => {
    bench.write({ 'profile.toml': profile(), ...two });
    await base.sql('CREATE TABLE theirs (x INTEGER)');
    const run = await bench.run();
    expect((await run.plan()).map((finding) => finding.category)).toEqual(server ? ['rehearsed_on_server'] : []);
    expect(await base.scratches()).toEqual([]);
    expect(await base.tables()).toEqual(['theirs']);
    const planned = run.planned.get('model')!;
    expect(planned).toMatchObject({ commit: single ? 'probe' : 'target_transaction', amount: 4 });
    expect([...planned.after.tables.get('new')!.keys()].sort()).toEqual(['a', 'b', 'theirs']);
    await run.execute();
    expect(await base.tables()).toEqual(['a', 'b', 'overland_migrations', 'theirs']);
    expect(await base.sql('SELECT id, x FROM a')).toEqual([['1', 'one; two']]);
    expect(await base.sql(tracked)).toEqual([
      ['001', 'applied', null],
      ['002', 'applied', null],
    ]);
    expect((await run.validate('quick')).map((item) => item.kind === 'check' && item.severity)).toEqual(['ok', 'ok']);
    const { results, findings } = await run.undo();
    expect(new Set(results.map((result) => result.kind))).toEqual(new Set(['undone']));
    expect(findings).toEqual([]);
    await run.cleanUp();
    expect(await base.tables()).toEqual(['theirs']);
  });

  it.runIf(server)('without consent reads only, and knows afterwards what was made', async () => {
    bench.write({ 'profile.toml': profile({ scratch: false }), ...two });
    const run = await bench.run();
    expect((await run.plan()).map((finding) => finding.category)).toEqual(['not_rehearsed']);
    expect(run.planned.get('model')!.touches.map((touch) => [touch.object, touch.how])).toEqual([
      ['a', 'create'],
      ['b', 'create'],
    ]);
    await run.execute();
    const [[structure]] = (await base.sql("SELECT structure FROM overland_migrations WHERE id = '002'")) as [[string]];
    expect(JSON.parse(structure)).toMatchObject({
      objects: { a: expect.any(String), b: expect.any(String) },
      rows: { a: 1, b: 0 },
    });
    await base.sql('INSERT INTO b (id) VALUES (7)');
    expect((await run.undo()).results).toMatchObject([
      { kind: 'diverged', findings: [{ category: 'rows_of_others' }] },
    ]);
    await base.sql('DELETE FROM b');
    expect((await run.undo()).findings).toEqual([]);
    await run.cleanUp();
    expect(await base.tables()).toEqual([]);
  });

  it.runIf(server)('never rehearses what reaches beyond the scratch place, whatever the consent', async () => {
    bench.write({
      'profile.toml': profile(),
      'sql/001_a.up.sql': 'CREATE TABLE a (id INTEGER);\nGRANT SELECT ON a TO nobody;\n',
    });
    const findings = await (await bench.run()).plan();
    expect(findings.find((finding) => finding.category === 'not_rehearsed')?.message).toContain(
      'sql/001_a.up.sql:2 has GRANT',
    );
    if (!single) return;
    bench.write({ 'sql/001_a.up.sql': 'CREATE TABLE a (id INTEGER);\nINSERT INTO `mysql`.t (id) VALUES (1);\n' });
    const named = await (await bench.run()).plan();
    expect(named.find((finding) => finding.category === 'not_rehearsed')?.message).toContain(
      'sql/001_a.up.sql:2 names `mysql`.t',
    );
  });

  it('names file and line of a statement that fails, and changes nothing', async () => {
    bench.write({
      'profile.toml': profile(),
      ...two,
      'sql/002_b.up.sql': '\nCREATE TABLE b (id INTEGER);\nCREATE INDEX i ON nowhere (x);\n',
    });
    const findings = await (await bench.run()).plan();
    expect(findings).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ severity: 'critical', category: 'migration_fails', path: 'sql/002_b.up.sql:3' }),
      ]),
    );
    expect(await base.tables()).toEqual([]);
    expect(await base.scratches()).toEqual([]);
  });

  it('goes on where it failed once the cause is gone', async () => {
    bench.write({
      'profile.toml': profile(),
      ...two,
      'sql/002_b.up.sql': 'CREATE TABLE b (id INTEGER);\nCREATE TABLE c (id INTEGER);\nCREATE TABLE d (id INTEGER);\n',
      'sql/002_b.down.sql': 'DROP TABLE d;\nDROP TABLE c;\nDROP TABLE b;\n',
    });
    const run = await bench.run();
    await run.plan();
    await base.sql('CREATE TABLE c (x INTEGER)');
    await expect(run.execute()).rejects.toThrow(/already exists/);
    expect(await base.tables()).toEqual(
      single ? ['a', 'b', 'c', 'overland_migrations'] : ['a', 'c', 'overland_migrations'],
    );
    await base.sql('DROP TABLE c');
    await run.execute();
    expect(await base.tables()).toEqual(['a', 'b', 'c', 'd', 'overland_migrations']);
    expect((await run.undo()).findings).toEqual([]);
  });

  it.each(
    ['migration.statement.before', 'migration.statement.after', 'migration.commit.before', 'migration.commit.after']
      .filter((place) => single || place.startsWith('migration.commit'))
      .flatMap((place) =>
        [true, false].filter((scratch) => scratch || server).map((scratch) => [place, scratch] as const),
      ),
  )('is resumed after a crash at %s (rehearsed: %s): the same as undisturbed', async (place, scratch) => {
    bench.write({ 'profile.toml': profile({ scratch }), ...two });
    for (const time of [1, 2]) {
      const run = await bench.run({ runId: `run${time}` });
      await run.plan();
      const mend = stopAt(place, time);
      await expect(run.execute()).rejects.toThrow('killed');
      mend();
      run.epoch += 1n;
      await run.execute();
      expect(await base.sql('SELECT id, x FROM a')).toEqual([['1', 'one; two']]);
      expect(await base.sql(tracked)).toEqual([
        ['001', 'applied', null],
        ['002', 'applied', null],
      ]);
      expect((await run.undo()).findings).toEqual([]);
      await run.cleanUp();
      expect(await base.tables()).toEqual([]);
    }
  });

  it.runIf(single)('a migration that is left half way is taken up by the next run, or taken back', async () => {
    bench.write({ 'profile.toml': profile(), ...two });
    const first = await bench.run();
    await first.plan();
    const mend = stopAt('migration.statement.after', 2);
    await expect(first.execute()).rejects.toThrow('killed');
    mend();
    await first.cleanUp();
    expect(await base.sql(tracked)).toEqual([['001', 'partial', '1']]);
    // The index was made and not recorded: the next run finds it and does not make it again.
    await base.sql('DROP INDEX a_x ON a');
    const second = await bench.run({ runId: 'run2' });
    expect((await second.plan()).map((finding) => finding.category)).toContain('migration_half_applied');
    await second.execute();
    expect(await base.sql(tracked)).toEqual([
      ['001', 'applied', null],
      ['002', 'applied', null],
    ]);
  });

  it('takes over the table of another tool', async () => {
    bench.write({ 'profile.toml': profile(), ...two });
    await base.sql('CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, x VARCHAR(20))');
    await base.sql(
      'CREATE TABLE schema_migrations (version VARCHAR(50) PRIMARY KEY, name VARCHAR(255), executed_at TIMESTAMP NULL, status VARCHAR(20))',
    );
    await base.sql("INSERT INTO schema_migrations VALUES ('001', 'a', '2024-05-06 07:08:09', 'completed')");
    const run = await bench.run();
    expect((await run.plan()).map((finding) => finding.category)).toContain('migration_adopted');
    await run.execute();
    const rows = await base.sql('SELECT id, applied_at, state FROM overland_migrations ORDER BY id');
    expect(rows[0]).toEqual(['001', expect.stringMatching(/^2024-05-06.07:08:09/), 'adopted']);
    expect(await base.sql('SELECT version, status FROM schema_migrations')).toEqual([['001', 'completed']]);
  });

  it.runIf(server)('says which statements make others wait, and for how many rows', async () => {
    await base.sql('CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, note VARCHAR(10))');
    await base.sql("INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    const alter = under.engine === 'postgres' ? 'ALTER COLUMN note TYPE varchar(5)' : 'MODIFY note VARCHAR(5)';
    bench.write({
      'profile.toml': profile(),
      'sql/001_o.up.sql': `\nALTER TABLE orders ${alter};\nCREATE TABLE fresh (id INTEGER);\nCREATE INDEX fresh_id ON fresh (id);\n`,
    });
    const findings = await (await bench.run()).plan();
    const locks = findings.filter((finding) => finding.category.startsWith('table_'));
    expect(locks).toMatchObject([{ category: 'table_rewritten', path: 'sql/001_o.up.sql:2' }]);
    expect(locks[0]!.message).toContain('orders (3 rows');
  });
});

describe.each(engines.filter((under) => under.engine === 'postgres'))(
  'what PostgreSQL refuses in a transaction',
  (under) => {
    beforeAll(() => under.start());
    afterAll(() => under.stop());
    beforeEach(async () => {
      bench = new StepBench();
      base = await under.make(bench);
      await base.sql('CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t VALUES (1, 1), (2, 1)');
    });
    afterEach(() => bench.remove());

    const concurrent = {
      'sql/001_i.up.sql': '-- overland: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x);\nVACUUM t;\n',
      'sql/001_i.down.sql': '-- overland: no-transaction\nDROP INDEX CONCURRENTLY t_x;\n',
    };
    const index = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('t_x')";

    it('is named when it is not declared', async () => {
      bench.write({
        'profile.toml': profile(),
        'sql/001_i.up.sql': 'SELECT 1;\nCREATE INDEX CONCURRENTLY t_x ON t (x);\n',
      });
      const findings = await (await bench.run()).plan();
      expect(findings).toMatchObject(
        expect.arrayContaining([expect.objectContaining({ category: 'migration_fails', path: 'sql/001_i.up.sql:2' })]),
      );
    });

    it('leaves no invalid index when it fails, and is done when the cause is gone', async () => {
      bench.write({ 'profile.toml': profile({ scratch: false }), ...concurrent });
      const run = await bench.run();
      await run.plan();
      await expect(run.execute()).rejects.toThrow(/t_x/);
      expect(await base.sql(index)).toEqual([]);
      await base.sql('DELETE FROM t WHERE id = 2');
      await run.execute();
      expect(await base.sql(index)).toEqual([['t']]);
      expect((await run.undo()).findings).toEqual([]);
      expect(await base.sql(index)).toEqual([]);
    });

    it('drops the invalid index that a killed attempt left behind', async () => {
      bench.write({ 'profile.toml': profile({ scratch: false }), ...concurrent });
      const run = await bench.run();
      await run.plan();
      await expect(base.sql('CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)')).rejects.toThrow();
      expect(await base.sql(index)).toEqual([['f']]);
      await base.sql('DELETE FROM t WHERE id = 2');
      await run.execute();
      expect(await base.sql(index)).toEqual([['t']]);
    });

    it('waits for a lock no longer than the policy says', async () => {
      bench.write({
        'profile.toml': profile({ scratch: false }),
        'sql/001_c.up.sql': 'ALTER TABLE t ADD COLUMN y int;\n',
      });
      const run = await bench.run();
      await run.plan();
      const holding = base.sql('BEGIN; LOCK TABLE t IN ACCESS SHARE MODE; SELECT pg_sleep(6); COMMIT');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = performance.now();
      await expect(run.execute()).rejects.toThrow(/lock timeout.*tried 2 times/);
      expect(performance.now() - began).toBeLessThan(5_000);
      await holding;
      await run.execute();
      expect(await base.sql(tracked)).toEqual([['001', 'applied', null]]);
    });
  },
);
