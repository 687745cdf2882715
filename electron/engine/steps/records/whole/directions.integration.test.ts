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

async function ends(from: Engine, to: Engine, sql: string): Promise<{ source: End; target: End }> {
  const source = await servers.end(from, 'old', 'read', bench);
  const target = await servers.end(to, 'new', 'write', bench);
  await source.sql(sql);
  return { source, target };
}

async function start(source: End, target: End, step: string): Promise<TestRun> {
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
source = { connection = "old" }
target = { connection = "new", mode = "create" }
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

/** An order of nobody, with an item. */
function orphaned(engine: Engine): string {
  const insert = `INSERT INTO orders (id, customer_id, state) VALUES (5000, 4000, 'new');\nINSERT INTO items VALUES (5000, 1, 'x');\n`;
  if (engine === 'mysql') return `SET SESSION foreign_key_checks = 0;\n${insert}`;
  if (engine === 'postgres')
    return `ALTER TABLE orders DROP CONSTRAINT orders_customer;\n${insert}ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;\n`;
  return insert;
}
