import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../drivers/relational.ts';
import { StepBench } from '../../testing/step-bench.ts';
import type { TestRun } from '../../testing/test-run.ts';
import { type End, enginesHere, Servers } from './testing/ends.ts';
import { shopContent, shopRows, shopStructure, shopTables } from './testing/shop.ts';

let servers: Servers;
let bench: StepBench;
beforeAll(async () => {
  servers = await Servers.start();
}, 120_000);
afterAll(() => servers.stop());
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

const directions = enginesHere.flatMap((from) => enginesHere.map((to): [Engine, Engine] => [from, to]));

const standardEnds = `source = { connection = "old" }
target = { connection = "new", mode = "create" }`;

async function ends(from: Engine, to: Engine, sql: string): Promise<{ source: End; target: End }> {
  const source = await servers.end(from, 'old', 'read', bench);
  const target = await servers.end(to, 'new', 'write', bench);
  await source.sql(sql);
  return { source, target };
}

async function start(source: End, target: End, step: string, ends = standardEnds): Promise<TestRun> {
  bench.write({
    'profile.toml': `overland = 1
id = "copy"
version = "1.0.0"
[connections]
${source.connection}
${target.connection}
[policy]
chunk = { rows = 100 }
[steps.shop]
kind = "records"
${ends}
${step}
`,
  });
  const run = await bench.run();
  const findings = await run.plan();
  expect(findings.filter((one) => one.severity === 'critical' || one.severity === 'error')).toEqual([]);
  return run;
}

async function problems(run: TestRun, scope: 'quick' | 'full') {
  return (await run.validate(scope)).filter((item) => item.kind === 'finding');
}

describe.each(directions)('%s to %s', (from, to) => {
  const rows = `${shopStructure(from)}${shopRows(from)}`;

  test('a schema arrives as it is, takes the next row, and goes again', async () => {
    const { source, target } = await ends(from, to, rows);
    const run = await start(source, target, 'parallel = 3');
    await run.execute();
    expect(run.outcomes.get('shop')!.quarantine).toEqual([]);
    expect(await shopContent(target)).toEqual(await shopContent(source));
    expect(await problems(run, 'quick')).toEqual([]);
    expect(await problems(run, 'full')).toEqual([]);
    await target.sql("INSERT INTO customers (name, mail) VALUES ('next', 'next')");
    expect(await target.rows("SELECT id FROM customers WHERE name = 'next'")).toEqual([['301']]);
    await expect(target.sql("INSERT INTO customers (name, mail) VALUES ('again', 'm1@example.org')")).rejects.toThrow();
    await target.sql("DELETE FROM customers WHERE name = 'next'");
    const { results, findings } = await run.undo();
    expect(findings).toEqual([]);
    expect(results.filter((result) => result.kind !== 'undone')).toEqual([]);
    await run.cleanUp();
    for (const { name } of shopTables) await expect(target.rows(`SELECT 1 FROM ${name}`)).rejects.toThrow();
  }, 60_000);

  test('a stop at any range is gone on from, with another number at once', async () => {
    const { source, target } = await ends(from, to, rows);
    const run = await start(source, target, 'parallel = 3');
    for (const stopAfter of [2, 9, 15, 20]) {
      await expect(run.execute({ stopAfter })).rejects.toThrow();
      run.epoch += 1n;
    }
    await run.execute();
    expect(await shopContent(target)).toEqual(await shopContent(source));
    expect(await problems(run, 'quick')).toEqual([]);
  }, 60_000);

  test('orphans are set aside with all that refers to them', async () => {
    const { source, target } = await ends(from, to, rows);
    await source.sql(orphaned(from));
    const run = await start(source, target, '');
    await run.execute();
    const { counts, quarantine } = run.outcomes.get('shop')!;
    expect(quarantine.map((entry) => entry.key).sort()).toEqual(['items / 5000, 1', 'orders / 5000']);
    expect(counts.read).toBe(counts.accepted + counts.rejected);
    expect(await problems(run, 'quick')).toEqual([]);
    expect(await problems(run, 'full')).toEqual([]);
    const { results } = await run.undo();
    expect(results.filter((result) => result.kind !== 'undone')).toEqual([]);
  }, 60_000);
});

describe.each(directions)('%s to %s, what the target refuses', (from, to) => {
  test('is found row by row and set aside, the rest arrives', async () => {
    const { source, target } = await ends(from, to, `${shopStructure(from)}${shopRows(from, 100)}`);
    const run = await start(
      source,
      target,
      `parallel = 2
[steps.shop.tables.orders]
set = { total = { value = "=row.id == 7 || row.id == 150 ? '-1' : text(row.total)" } }
[steps.shop.tables.customers]
set = { mail = { value = "=row.id < 4 ? 'same' : row.mail" } }
[steps.shop.tables.items]
where = "=row.line == 1"`,
    );
    await run.execute();
    const { counts, quarantine } = run.outcomes.get('shop')!;
    const orphans = [1, 2].flatMap((at) => [at, at + 100, at + 200]).filter((id) => id % 10 !== 0);
    const orders = quarantine.filter((entry) => entry.key.startsWith('orders / '));
    expect(
      quarantine
        .filter((entry) => entry.code === 'check_failed')
        .map((entry) => entry.key)
        .sort(),
    ).toEqual(['orders / 150', 'orders / 7']);
    expect(
      quarantine
        .filter((entry) => entry.code === 'key_exists')
        .map((entry) => entry.key)
        .sort(),
    ).toEqual(['customers / 2', 'customers / 3']);
    expect(orders.length).toBe(2 + orphans.length);
    expect(counts.read).toBe(counts.accepted + counts.rejected + counts.filtered);
    expect(await problems(run, 'quick')).toEqual([]);
    expect(await problems(run, 'full')).toEqual([]);
    const { results } = await run.undo();
    expect(results.filter((result) => result.kind !== 'undone')).toEqual([]);
  }, 60_000);

  test.each(['insert', 'upsert', 'replace'])(
    'mode %s into tables that hold rows, and back',
    async (mode) => {
      const { source, target } = await ends(from, to, `${shopStructure(from)}${shopRows(from, 100)}`);
      await target.sql(`${shopStructure(to)}
INSERT INTO customers (id, name, mail, note) VALUES (1, 'theirs', NULL, 'kept'), (5000, 'also theirs', 'm4', NULL);
INSERT INTO orders (id, customer_id, total, state) VALUES (9000, 5000, 1.5, 'old');
`);
      const before = await shopContent(target);
      const tables = mode === 'insert' ? '["staff", "departments"]' : '["staff", "departments", "log"]';
      const run = await start(
        source,
        target,
        // Not every engine keeps the zone of a time.
        'parallel = 2\ntypes = { "orders.placed" = { zone = "utc" } }',
        `source = { connection = "old", except = ${tables} }\ntarget = { connection = "new", mode = "${mode}" }`,
      );
      await run.execute();
      const { quarantine } = run.outcomes.get('shop')!;
      expect(quarantine.map((entry) => [entry.key, entry.code])).toEqual(
        mode === 'insert' ? [['customers / 1', 'key_exists']] : [],
      );
      const after = await shopContent(target);
      expect(after['customers']).toHaveLength(101);
      expect(after['orders']).toHaveLength(301);
      const first = after['customers']!.find((row) => row.startsWith('["1"'));
      expect(first).toContain(mode === 'insert' ? 'theirs' : 'Zoë 1');
      expect(await problems(run, 'quick')).toEqual([]);
      const { results } = await run.undo();
      expect(results.filter((result) => result.kind !== 'undone')).toEqual([]);
      expect(await shopContent(target)).toEqual(before);
    },
    60_000,
  );
});

/** An order of nobody, with an item. */
function orphaned(engine: Engine): string {
  const insert = `INSERT INTO orders (id, customer_id, state) VALUES (5000, 4000, 'new');\nINSERT INTO items VALUES (5000, 1, 'x');\n`;
  if (engine === 'mysql') return `SET SESSION foreign_key_checks = 0;\n${insert}`;
  if (engine === 'postgres')
    return `ALTER TABLE orders DROP CONSTRAINT orders_customer;\n${insert}ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;\n`;
  return insert;
}
