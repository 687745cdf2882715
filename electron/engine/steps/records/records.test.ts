import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { balance } from '../../validation/ledgers.ts';
import { StepBench } from '../testing/step-bench.ts';
import type { TestRun } from '../testing/test-run.ts';

/** People with tags; one record becomes a person, a row per tag, and a row in the mapping. */
const profile = (
  given: { readonly mode?: string; readonly undo?: string; readonly chunk?: number; readonly more?: string } = {},
) => `
overland = 1
id = "t"
version = "1.0.0"
[connections]
old = { engine = "sqlite", path = "old.db", access = "read" }
new = { engine = "sqlite", path = "new.db", access = "write" }
[policy]
chunk = { rows = ${given.chunk ?? 1000}, bytes = "16MiB", seconds = 1 }
sensitive = ["old.people.secret"]
[steps.people]
kind = "records"
source = { connection = "old", table = "people", key = ["id"] }
target = { connection = "new", mode = "${given.mode ?? 'insert'}" }
undo = "${given.undo ?? 'delete_written'}"
[steps.people.into.person]
key = ["id"]
copy = ["id", "name", "age", "secret"]
set = { kind = "human" }
${given.more ?? ''}`;
const tags = `
[steps.people.into.tag]
each = { item = "tag", of = "=json(row.tags)", bad = "quarantine_item", repeated = "filter" }
key = ["person", "tag"]
surrogate = ["n"]
set = { person = "=row.id", tag = "=tag" }
`;
const target = `
CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age IS NULL OR age < 200),
  secret TEXT, kind TEXT NOT NULL, note TEXT DEFAULT 'none', seen TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE tag (
  n INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE, tag TEXT NOT NULL, UNIQUE (person, tag)
);`;
const source = 'CREATE TABLE people (id TEXT, name TEXT, age, tags TEXT, secret TEXT);';

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

type Person = {
  readonly id: string;
  readonly name?: string | null;
  readonly age?: number | string;
  readonly tags?: string;
};

function people(list: readonly Person[]): void {
  const text = (value: string | number | null | undefined) =>
    value === null || value === undefined ? 'NULL' : typeof value === 'number' ? String(value) : `'${value}'`;
  const rows = list.map(
    ({ id, name = 'n', age = 30, tags = '["a","b"]' }) =>
      `(${text(id)}, ${text(name)}, ${text(age)}, ${text(tags)}, 's')`,
  );
  bench.sql('old.db', `${source}${rows.length > 0 ? `INSERT INTO people VALUES ${rows.join(',')};` : ''}`);
}

function many(count: number, change: (at: number) => Partial<Person> = () => ({})): Person[] {
  return Array.from({ length: count }, (_, at) => ({ id: `p${String(at).padStart(4, '0')}`, ...change(at) }));
}

async function planned(text: string): Promise<TestRun> {
  bench.write({ 'profile.toml': text });
  const run = await bench.run();
  await run.plan();
  return run;
}

function reasons(run: TestRun): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const entry of run.outcomes.get('people')!.quarantine)
    found[entry.code] = [...(found[entry.code] ?? []), entry.key];
  return found;
}

/** Both ledgers, the ledger of quarantine, and both validations agree. */
async function agrees(run: TestRun): Promise<void> {
  for (const { counts, quarantine } of run.outcomes.values()) {
    expect(balance(counts)).toEqual([]);
    expect(quarantine.filter((entry) => entry.output === null)).toHaveLength(counts.rejected);
  }
  for (const scope of ['quick', 'full'] as const) {
    const items = await run.validate(scope);
    expect(items.filter((item) => item.kind === 'finding')).toEqual([]);
    expect(items.filter((item) => item.kind === 'table').every((item) => item.equal)).toBe(true);
  }
}

describe('writing', { timeout: 30_000 }, () => {
  it('writes every output and leaves nothing after the way back', async () => {
    people(many(50));
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags, chunk: 20 }));
    await run.execute();
    expect(run.outcomes.get('people')!.counts).toEqual({
      read: 50,
      filtered: 0,
      rejected: 0,
      accepted: 50,
      outputs: {
        person: { emitted: 50, inserted: 50, updated: 0, same: 0, rejected: 0 },
        tag: { emitted: 100, inserted: 100, updated: 0, same: 0, rejected: 0 },
      },
    });
    await agrees(run);
    const { results, findings } = await run.undo();
    expect(results.map((result) => result.kind === 'undone' && result.rows)).toEqual([30, 60, 60]);
    expect(findings).toEqual([]);
    expect(bench.rows('new.db', 'SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM tag)')).toEqual([[0, 0]]);
  });

  it('goes on after a stop with the chunks that the target does not call done', async () => {
    people(many(100));
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags, chunk: 10 }));
    await expect(run.execute({ stopAfter: 4 })).rejects.toThrow('stopped by the test');
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[40]]);
    run.epoch = 2n;
    await run.execute();
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[100]]);
    await agrees(run);
  });

  it('refuses to write under an old epoch', async () => {
    people(many(10));
    bench.sql('new.db', target);
    const run = await planned(profile());
    await expect(run.execute({ stopAfter: 0 })).rejects.toThrow('stopped by the test');
    const taken = bench.rows('new.db', 'SELECT epoch FROM overland_run');
    expect(taken).toEqual([[1]]);
    bench.sql(
      'new.db',
      'CREATE TRIGGER later AFTER UPDATE ON overland_run BEGIN UPDATE overland_run SET epoch = 9; END;',
    );
    await expect(run.execute()).rejects.toThrow(/[Aa]nother|epoch/);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[0]]);
  });

  it('changes nothing in a dry run and shows records before and after, masked', async () => {
    people([...many(20), { id: 'long', name: 'x'.repeat(500) }, { id: 'bad', tags: '[' }]);
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags }));
    const before = bench.rows('new.db', 'SELECT * FROM sqlite_master');
    await run.execute({ mode: 'dry_run' });
    expect(bench.rows('new.db', 'SELECT * FROM sqlite_master')).toEqual(before);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[0]]);
    expect(run.samples.map((sample) => sample.picked)).toEqual(
      expect.arrayContaining(['first record', 'item set aside: not_json', 'no row for tag', 'longest record']),
    );
    const [first] = run.samples;
    expect(first!.source.fields.find((field) => field.name === 'secret')!.value).toBe('masked');
    const person = first!.outputs.find((output) => output.table === 'person')!;
    expect(person.fields.find((field) => field.name === 'secret')!.value).toBe('masked');
    expect(person.fields.find((field) => field.name === 'name')).toMatchObject({ change: 'same', from: 'name' });
    expect(person.fields.find((field) => field.name === 'kind')).toMatchObject({ change: 'new', from: null });
  });
});

describe('setting aside', { timeout: 30_000 }, () => {
  it('bisects to the records that the target refuses and writes the rest', async () => {
    people(many(300, (at) => (at % 60 === 7 ? { age: 900 } : {})));
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags, chunk: 100 }));
    await run.execute();
    expect(reasons(run)).toEqual({ check_failed: ['p0007', 'p0067', 'p0127', 'p0187', 'p0247'] });
    expect(run.outcomes.get('people')!.splits).toBeGreaterThan(0);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[295]]);
    expect(run.outcomes.get('people')!.quarantine[0]!.record).toContain('"age":{"$int":"900"}');
    await agrees(run);
    expect((await run.undo()).results.every((result) => result.kind === 'undone')).toBe(true);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[0]]);
  });

  it('keeps the first of duplicate keys without bisecting, in a block and across chunks', async () => {
    people([...many(40), ...many(40, () => ({ name: 'again' })), ...many(5, () => ({ name: 'third' }))]);
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags, chunk: 30 }));
    await run.execute();
    expect(Object.keys(reasons(run))).toEqual(['key_exists']);
    expect(reasons(run)['key_exists']).toHaveLength(45);
    expect(run.outcomes.get('people')!.splits).toBe(0);
    expect(bench.rows('new.db', "SELECT count(*), sum(name = 'n') FROM person")).toEqual([[40, 40]]);
    for (const { counts } of run.outcomes.values()) expect(balance(counts)).toEqual([]);
    const { results, findings } = await run.undo();
    expect(results.every((result) => result.kind === 'undone')).toBe(true);
    expect(findings).toEqual([]);
    expect(bench.rows('new.db', 'SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM tag)')).toEqual([[0, 0]]);
  });

  it('sets aside what meets a row of others, and never removes that row', async () => {
    people(many(20));
    bench.sql(
      'new.db',
      `${target}INSERT INTO person (id, name, age, secret, kind) VALUES ('p0003', 'n', 30, 's', 'human');`,
    );
    const run = await planned(profile({ more: tags }));
    expect(run.planned.get('people')!.findings.map((finding) => finding.category)).toContain('target_not_empty');
    await run.execute();
    expect(reasons(run)).toEqual({ key_exists: ['p0003'] });
    await agrees(run);
    expect((await run.undo()).results).toMatchObject([{ kind: 'undone', diverged: [] }]);
    expect(bench.rows('new.db', 'SELECT id FROM person')).toEqual([['p0003']]);
  });

  it('names null, item and unreadable text with their codes', async () => {
    people([{ id: 'fine' }, { id: 'null', name: null }, { id: 'item', tags: '["a", "a", 5' }]);
    bench.sql('old.db', "INSERT INTO people VALUES ('utf', CAST(x'41ff42' AS TEXT), 1, '[]', 's');");
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags }));
    await run.execute();
    expect(reasons(run)).toEqual({ null_in_required: ['null'], not_json: ['item'], invalid_utf8: ['utf'] });
    expect(run.outcomes.get('people')!.quarantine.find((entry) => entry.code === 'invalid_utf8')!.record).toContain(
      '$bytes',
    );
    await agrees(run);
  });

  it('sets a record above the limit aside', async () => {
    people([{ id: 'small' }, { id: 'big', name: 'x'.repeat(5000) }]);
    bench.sql('new.db', target);
    const text = profile().replace('[policy]', '[policy]\nlimits = { row_bytes = "4KiB" }');
    const run = await planned(text);
    expect(run.planned.get('people')!.findings.map((finding) => finding.category)).toContain('row_too_big');
    await run.execute();
    expect(reasons(run)).toEqual({ row_too_big: ['big'] });
    await agrees(run);
  });

  it('forecasts in the plan what execute then sets aside', async () => {
    people([...many(10), ...many(2), { id: 'null', name: null }, { id: 'old', age: 999 }]);
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags }));
    const forecast = Object.fromEntries(run.planned.get('people')!.findings.map((one) => [one.category, one.count]));
    expect(forecast).toEqual({ key_exists: 2, null_in_required: 1, check_failed: 1 });
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[0]]);
    await run.execute();
    const seen = Object.fromEntries(Object.entries(reasons(run)).map(([code, keys]) => [code, keys.length]));
    expect(seen).toEqual(forecast);
  });

  it('replays only the given keys; items that are there already count as the same', async () => {
    people([{ id: 'a', tags: '["x", "y"]' }, { id: 'b' }]);
    bench.sql('new.db', target);
    const first = await planned(profile({ more: tags }));
    await first.execute();
    bench.sql('new.db', "DELETE FROM tag WHERE person = 'a' AND tag = 'y';");
    const child = await bench.run({ runId: 'run2' });
    await child.plan();
    await child.execute({ mode: 'replay', onlyKeys: new Set(['a']) });
    expect(child.outcomes.get('people')!.counts).toMatchObject({
      read: 1,
      accepted: 1,
      outputs: { person: { emitted: 1, inserted: 0, same: 1 }, tag: { emitted: 2, inserted: 1, same: 1 } },
    });
    expect(bench.rows('new.db', 'SELECT person, tag FROM tag ORDER BY person, tag')).toHaveLength(4);
    expect((await child.undo()).results).toMatchObject([{ kind: 'undone', rows: 1 }]);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[2]]);
  });
});

describe('the way back', { timeout: 30_000 }, () => {
  async function written(): Promise<TestRun> {
    people(many(10));
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags }));
    await run.execute();
    return run;
  }

  it('shows a row that was changed since and removes nothing of the chunk', async () => {
    const run = await written();
    bench.sql('new.db', "UPDATE person SET name = 'theirs' WHERE id = 'p0004';");
    const { results } = await run.undo();
    expect(results).toMatchObject([{ kind: 'diverged', findings: [{ path: 'person / p0004 / name' }] }]);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[10]]);
    expect((await run.undo('keep')).results).toMatchObject([{ kind: 'undone' }]);
    expect(bench.rows('new.db', 'SELECT id, name FROM person')).toEqual([['p0004', 'theirs']]);
  });

  it('exports a changed row before it is removed', async () => {
    const run = await written();
    bench.sql('new.db', "UPDATE person SET name = 'theirs' WHERE id = 'p0004';");
    expect((await run.undo('export_and_remove')).results).toMatchObject([{ kind: 'undone' }]);
    expect(bench.rows('new.db', 'SELECT count(*) FROM person')).toEqual([[0]]);
    expect(run.exported).toHaveLength(1);
    expect(run.exported[0]!.row).toContain('theirs');
  });

  it('does not let a cascade take rows of others along', async () => {
    const run = await written();
    bench.sql('new.db', "INSERT INTO tag (person, tag) VALUES ('p0002', 'theirs');");
    const { results } = await run.undo();
    expect(results).toMatchObject([{ kind: 'diverged' }]);
    expect(JSON.stringify(results)).toContain('refers to a row of person');
    expect((await run.undo('keep')).results).toMatchObject([{ kind: 'undone' }]);
    expect(bench.rows('new.db', 'SELECT person, tag FROM tag')).toEqual([['p0002', 'theirs']]);
    expect(bench.rows('new.db', 'SELECT id FROM person')).toEqual([['p0002']]);
  });

  it('says when rows are gone or the source has changed', async () => {
    const run = await written();
    bench.sql('new.db', "DELETE FROM person WHERE id = 'p0001';");
    bench.sql('old.db', "DELETE FROM people WHERE id = 'p0005';");
    const { results } = await run.undo();
    expect(results[0]!.kind).toBe('diverged');
    const text = JSON.stringify(results);
    expect(text).toContain('was removed after this run wrote it');
    expect(text).toContain('The source or a table it is looked up in changed since');
  });

  it('brings back what an upsert changed', async () => {
    people(many(5, (at) => ({ name: `new ${at}` })));
    bench.sql(
      'new.db',
      `${target}INSERT INTO person (id, name, age, kind, note) VALUES ('p0001', 'old', 1, 'human', 'kept'), ('x', 'x', 1, 'y', 'z');`,
    );
    const before = bench.rows('new.db', 'SELECT id, name, age, secret, kind, note FROM person ORDER BY id');
    const run = await planned(profile({ mode: 'upsert', undo: 'preimages' }));
    await run.execute();
    expect(run.outcomes.get('people')!.counts.outputs['person']).toMatchObject({ inserted: 4, updated: 1 });
    const full = await run.validate('full');
    expect(full.filter((item) => item.kind === 'finding')).toEqual([]);
    expect((await run.undo()).results).toMatchObject([{ kind: 'undone', rows: 5 }]);
    expect(bench.rows('new.db', 'SELECT id, name, age, secret, kind, note FROM person ORDER BY id')).toEqual(before);
  });
});

describe('validation', { timeout: 30_000 }, () => {
  it('finds a changed value down to row and column, and a missing row', async () => {
    people(many(10));
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags }));
    await run.execute();
    bench.sql(
      'new.db',
      "UPDATE person SET age = 31, secret = 'x' WHERE id = 'p0002'; DELETE FROM tag WHERE person = 'p0003';",
    );
    const quick = await run.validate('quick');
    expect(quick.filter((item) => item.kind === 'table').map((item) => [item.table, item.equal])).toEqual([
      ['person', false],
      ['tag', false],
    ]);
    const findings = (await run.validate('full')).flatMap((item) => (item.kind === 'finding' ? [item.finding] : []));
    expect(findings.find((one) => one.path === 'person / p0002 / age')).toMatchObject({
      oldValue: '30',
      newValue: '31',
    });
    expect(findings.find((one) => one.path === 'person / p0002 / secret')).toMatchObject({
      oldValue: 'masked',
      newValue: 'masked',
    });
    expect(findings.find((one) => one.path === 'tag / p0003, a')).toMatchObject({
      severity: 'critical',
      category: 'data_loss',
    });
  });
});

describe('a source or target that differs', { timeout: 30_000 }, () => {
  it('names a missing table with a near one', async () => {
    bench.sql('old.db', 'CREATE TABLE peoples (id TEXT);');
    bench.sql('new.db', target);
    const run = await planned(profile());
    expect(run.planned.get('people')!.findings).toMatchObject([
      { severity: 'critical', category: 'source_table_missing', path: 'old.people' },
    ]);
    expect(run.planned.get('people')!.findings[0]!.suggestion).toContain('peoples');
  });

  it('names missing columns on both sides', async () => {
    bench.sql('old.db', 'CREATE TABLE people (id TEXT, name TEXT, tags TEXT, secret TEXT);');
    bench.sql('new.db', target.replace('kind TEXT NOT NULL, ', ''));
    const run = await planned(profile());
    const found = run.planned.get('people')!.findings;
    expect(found.every((finding) => finding.severity === 'critical')).toBe(true);
    expect(found.map((finding) => finding.path)).toEqual(expect.arrayContaining(['new.person.kind']));
    expect(found.some((finding) => finding.message.includes('age'))).toBe(true);
  });

  it('names a missing target table', async () => {
    people([]);
    bench.sql('new.db', 'CREATE TABLE persons (id TEXT);');
    const run = await planned(profile());
    expect(run.planned.get('people')!.findings).toMatchObject([
      { category: 'target_table_missing', path: 'new.person' },
    ]);
  });

  it('migrates an empty source', async () => {
    people([]);
    bench.sql('new.db', target);
    const run = await planned(profile({ more: tags }));
    await run.execute();
    expect(run.outcomes.get('people')!.counts.read).toBe(0);
    await agrees(run);
  });
});
