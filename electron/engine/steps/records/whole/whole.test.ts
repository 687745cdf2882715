import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StepBench } from '../../testing/step-bench.ts';

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

const head = `overland = 1
id = "copy"
version = "1.0.0"
[connections]
old = { engine = "sqlite", path = "old.db", access = "read" }
new = { engine = "sqlite", path = "new.db", access = "write" }
`;

function profile(step = '', policy = ''): string {
  return `${head}${policy === '' ? '' : `[policy]\n${policy}\n`}
[steps.shop]
kind = "records"
source = { connection = "old", tables = ["*"], except = ["tmp_*"] }
target = { connection = "new", mode = "create" }
${step}`;
}

const shop = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id), note TEXT, total NUMERIC);
CREATE TABLE items (order_id INTEGER NOT NULL REFERENCES orders (id), line INTEGER NOT NULL, part TEXT,
  PRIMARY KEY (order_id, line));
CREATE TABLE parts (id INTEGER PRIMARY KEY, inside INTEGER REFERENCES parts (id));
CREATE TABLE log (at TEXT, what TEXT);
CREATE TABLE tmp_work (x);
CREATE VIEW recent AS SELECT * FROM orders;
INSERT INTO customers (id, name, mail) SELECT value, 'name ' || value, 'm' || value FROM generate_series(1, 20);
INSERT INTO orders (id, customer, note, total) SELECT value, 1 + value % 20, 'note ' || value, value / 4.0 FROM generate_series(1, 300);
INSERT INTO items (order_id, line, part) SELECT 1 + value / 3, value % 3, 'p' || value FROM generate_series(0, 599);
INSERT INTO parts (id, inside) VALUES (1, 3), (2, 1), (3, NULL);
INSERT INTO log (at, what) SELECT '2024-01-01', 'same' FROM generate_series(1, 50);
`.replaceAll(/FROM generate_series\((\d+), (\d+)\)/g, (_all, from, to) => {
  return `FROM (WITH RECURSIVE n (value) AS (SELECT ${from} UNION ALL SELECT value + 1 FROM n WHERE value < ${to}) SELECT value FROM n)`;
});

const orphaned = `PRAGMA foreign_keys = OFF; ${shop}
INSERT INTO customers VALUES (30, 'gone', 'gone');
INSERT INTO orders (id, customer) VALUES (400, 30), (401, 99);
INSERT INTO items (order_id, line) VALUES (401, 0), (402, 0), (1, 9);
`;

const tables = ['customers', 'orders', 'items', 'parts', 'log'];
const contents = (file: string) => tables.map((table) => bench.rows(file, `SELECT * FROM ${table} ORDER BY 1, 2`));

async function start(text: string, sql = shop) {
  bench.write({ 'profile.toml': text });
  bench.sql('old.db', sql);
  return bench.run();
}

describe('a whole schema', () => {
  test('is planned: what is made, what is not copied, what covers the source', async () => {
    const run = await start(profile());
    const findings = await run.plan();
    expect(findings.filter((one) => one.severity === 'critical' || one.severity === 'error')).toEqual([]);
    expect(findings.find((one) => one.category === 'object_not_copied')).toMatchObject({
      path: 'recent',
      oldValue: expect.stringContaining('SELECT * FROM orders'),
    });
    const planned = run.planned.get('shop')!;
    expect(planned.amount).toBe(20 + 300 + 600 + 3 + 50);
    expect(planned.touches.map((one) => one.object).sort()).toEqual([...tables].sort());
    expect(planned.reads).toContain('old.orders.*');
    expect(planned.reads).not.toContain('old.tmp_work.*');
    const order = planned.touches.map((one) => one.object);
    expect(order.indexOf('customers')).toBeLessThan(order.indexOf('orders'));
    expect(order.indexOf('orders')).toBeLessThan(order.indexOf('items'));
  });

  test('arrives, is validated in both levels, and is dropped again', async () => {
    const run = await start(profile('', 'chunk = { rows = 70 }'));
    await run.plan();
    await run.execute();
    expect(contents('new.db')).toEqual(contents('old.db'));
    expect(bench.rows('new.db', 'PRAGMA foreign_key_check')).toEqual([]);
    expect(bench.rows('new.db', 'PRAGMA foreign_key_list(items)')).toHaveLength(1);
    expect(() => bench.sql('new.db', "INSERT INTO customers VALUES (900, 'x', 'm1')")).toThrow(/UNIQUE/);
    for (const scope of ['quick', 'full'] as const) {
      const items = await run.validate(scope);
      expect(items.filter((item) => item.kind === 'finding')).toEqual([]);
      expect(items.filter((item) => item.kind === 'table' && item.equal)).toHaveLength(tables.length);
    }
    const { results, findings } = await run.undo();
    expect(findings).toEqual([]);
    expect(results.every((result) => result.kind === 'undone')).toBe(true);
    await run.cleanUp();
    expect(bench.rows('new.db', "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")).toEqual([]);
  });

  test('goes on after a stop, at any range, to the same end', async () => {
    const run = await start(profile('', 'chunk = { rows = 70 }'));
    await run.plan();
    for (const stopAfter of [1, 3, 4, 6]) {
      await expect(run.execute({ stopAfter })).rejects.toThrow();
      run.epoch += 1n;
    }
    await run.execute();
    expect(contents('new.db')).toEqual(contents('old.db'));
    expect((await run.validate('quick')).filter((item) => item.kind === 'finding')).toEqual([]);
  });

  test('sets orphans aside with all that refers to them, in both ledgers', async () => {
    const run = await start(profile(), orphaned);
    await run.plan();
    await run.execute();
    const { counts, quarantine } = run.outcomes.get('shop')!;
    expect(quarantine.map((entry) => [entry.key, entry.code]).sort()).toEqual([
      ['items / 401, 0', 'foreign_key_missing'],
      ['items / 402, 0', 'foreign_key_missing'],
      ['orders / 401', 'foreign_key_missing'],
    ]);
    expect(counts.rejected).toBe(3);
    expect(counts.read).toBe(counts.accepted + counts.rejected + counts.filtered);
    expect(bench.rows('new.db', 'SELECT count(*) FROM orders WHERE id >= 400')).toEqual([[1]]);
    expect(bench.rows('new.db', 'PRAGMA foreign_key_check')).toEqual([]);
    for (const scope of ['quick', 'full'] as const)
      expect((await run.validate(scope)).filter((item) => item.kind === 'finding')).toEqual([]);
    const { results } = await run.undo();
    expect(results.every((result) => result.kind === 'undone')).toBe(true);
  });

  test('stops at orphans where the profile says so', async () => {
    const run = await start(profile('constraints = { orphans = "stop" }'), orphaned);
    await run.plan();
    await expect(run.execute()).rejects.toThrow(/orders.*customers|items.*orders/);
  });

  test('keeps a table that others wrote to, or exports their rows', async () => {
    const run = await start(profile());
    await run.plan();
    await run.execute();
    bench.sql(
      'new.db',
      "INSERT INTO log VALUES ('2025-01-01', 'theirs'); INSERT INTO customers VALUES (77, 'theirs', NULL)",
    );
    const stopped = await run.undo();
    expect(stopped.results.at(-1)).toMatchObject({ kind: 'diverged' });
    expect(bench.rows('new.db', "SELECT what FROM log WHERE what = 'theirs'")).toEqual([['theirs']]);
    expect(bench.rows('new.db', 'SELECT id FROM customers')).toEqual([[77]]);
    await run.undo('export_and_remove');
    const exported = run.exported.map((one) => [one.output, one.row] as const);
    expect(exported.filter(([output]) => output === 'customers')).toHaveLength(1);
    expect(exported.find(([, row]) => row.includes('2025-01-01'))).toBeDefined();
    expect(
      bench.rows(
        'new.db',
        "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'overland%' AND name NOT LIKE 'sqlite%'",
      ),
    ).toEqual([]);
  });

  test('names a change down to row and column in full', async () => {
    const run = await start(profile());
    await run.plan();
    await run.execute();
    bench.sql(
      'new.db',
      "UPDATE orders SET note = 'other' WHERE id = 17; DELETE FROM items WHERE order_id = 5 AND line = 1",
    );
    const quick = (await run.validate('quick')).flatMap((item) => (item.kind === 'finding' ? [item.finding] : []));
    expect(quick.map((one) => one.path).sort()).toEqual(['items', 'orders']);
    const full = (await run.validate('full')).flatMap((item) => (item.kind === 'finding' ? [item.finding] : []));
    expect(full.map((one) => one.path)).toEqual(
      expect.arrayContaining(['orders / 17 / note', expect.stringMatching(/^items \/ 5, 1/)]),
    );
  });
});

describe('rules of a table', () => {
  test('rename, filter and set', async () => {
    const run = await start(
      profile(`[steps.shop.tables.orders]
rename = "sales_order"
where = "=row.id > 100"
set = { note = { value = "=row.note + '!'" } }
[steps.shop.tables.items]
where = "=row.order_id > 100"
`),
    );
    await run.plan();
    await run.execute();
    expect(bench.rows('new.db', 'SELECT count(*), min(id), min(note) FROM sales_order')).toEqual([
      [200, 101, 'note 101!'],
    ]);
    expect(run.outcomes.get('shop')!.counts.filtered).toBe(100 + 300);
    for (const scope of ['quick', 'full'] as const)
      expect((await run.validate(scope)).filter((item) => item.kind === 'finding')).toEqual([]);
  });

  test('chunk = "whole_table" copies in one transaction', async () => {
    const run = await start(profile('[steps.shop.tables.orders]\nchunk = "whole_table"\n', 'chunk = { rows = 50 }'));
    await run.plan();
    await run.execute();
    const chunks = bench.rows('new.db', "SELECT count(*) FROM overland_chunk WHERE unit = 'shop/orders'");
    expect(chunks).toEqual([[1]]);
  });
});

test('rows that a unique key refuses are set aside, with all that refers to them', async () => {
  const rule = '[steps.shop.tables.customers]\nset = { mail = { value = "=row.id < 4 ? \'same\' : row.mail" } }\n';
  const run = await start(profile(rule));
  await run.plan();
  await run.execute();
  const { counts, quarantine } = run.outcomes.get('shop')!;
  expect(quarantine.filter((entry) => entry.code === 'key_exists').map((entry) => entry.key)).toEqual([
    'customers / 2',
    'customers / 3',
  ]);
  expect(bench.rows('new.db', 'SELECT count(*), count(DISTINCT mail) FROM customers')).toEqual([[18, 18]]);
  expect(bench.rows('new.db', 'PRAGMA foreign_key_check')).toEqual([]);
  expect(counts.rejected).toBe(quarantine.length);
  expect(counts.read).toBe(counts.accepted + counts.rejected);
  for (const scope of ['quick', 'full'] as const)
    expect((await run.validate(scope)).filter((item) => item.kind === 'finding')).toEqual([]);
  const { results } = await run.undo();
  expect(results.every((result) => result.kind === 'undone')).toBe(true);
});

test('a replay with another rule writes what was set aside, as often as it is run', async () => {
  const text = (unknown: string) =>
    `${profile(`[steps.shop.tables.log]
set = { what = { value = "=row.what", map = "names", unknown = "${unknown}" } }
[steps.shop.tables.parts]
set = { inside = { value = "=row.inside", map = "names", unknown = "${unknown}", cast = "int64" } }
`)}[maps]\nnames = { same = "same" }\n`;
  const run = await start(text('quarantine'));
  await run.plan();
  await run.execute();
  const aside = run.outcomes.get('shop')!.quarantine;
  expect(aside.map((entry) => [entry.key, entry.code])).toEqual([
    ['parts / 1', 'unknown_value'],
    ['parts / 2', 'unknown_value'],
  ]);
  bench.write({ 'profile.toml': text('keep') });
  const amended = (await bench.load()).profile.steps[0]!;
  const plan = amended.kind.amend?.(run.planned.get('shop')!.plan, amended.spec);
  expect(plan).not.toBeNull();
  const replay = await bench.run({ runId: 'run2' });
  for (let times = 0; times < 2; times += 1) {
    await replay.execute({
      mode: 'replay',
      onlyKeys: new Set(aside.map((entry) => entry.key)),
      plan: () => plan,
    });
    expect(bench.rows('new.db', 'SELECT id, inside FROM parts ORDER BY id')).toEqual([
      [1, 3],
      [2, 1],
      [3, null],
    ]);
  }
  bench.write({ 'profile.toml': text('keep').replace('"tmp_*"', '"tmp_*", "items"') });
  const further = (await bench.load()).profile.steps[0]!;
  expect(further.kind.amend?.(run.planned.get('shop')!.plan, further.spec)).toBeNull();
});

describe('into tables that are there', () => {
  /** Rows without a key can only be added. */
  const there = (mode: string) =>
    profile()
      .replace('"tmp_*"', mode === 'insert' ? '"tmp_*"' : '"tmp_*", "log"')
      .replace('mode = "create"', `mode = "${mode}"`);
  const target = `${shop.split('INSERT')[0]}
    INSERT INTO customers VALUES (1, 'theirs', NULL), (500, 'also theirs', NULL);`;

  test.each([
    ['insert', 'theirs', 1],
    ['upsert', 'name 1', 0],
    ['replace', 'name 1', 0],
  ])('%s', async (mode, name, aside) => {
    bench.sql('new.db', target);
    const before = contents('new.db');
    const run = await start(there(mode));
    await run.plan();
    await run.execute();
    expect(bench.rows('new.db', 'SELECT name FROM customers WHERE id = 1')).toEqual([[name]]);
    expect(bench.rows('new.db', 'SELECT count(*) FROM customers')).toEqual([[21]]);
    const { quarantine } = run.outcomes.get('shop')!;
    expect(quarantine.filter((entry) => entry.code === 'key_exists')).toHaveLength(aside);
    const { results } = await run.undo();
    expect(results.filter((result) => result.kind !== 'undone' && result.kind !== 'nothing')).toEqual([]);
    expect(contents('new.db')).toEqual(before);
  });
});
