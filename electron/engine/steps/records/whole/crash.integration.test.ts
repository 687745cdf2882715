import { afterAll, beforeAll, expect, test } from 'vitest';
import { CrashLab, type How } from '../../../../testing/crash-lab.ts';
import { randomFrom } from '../../../../testing/random.ts';
import { shopRows, shopStructure } from './testing/shop.ts';

const profile = `overland = 1
id = "shop"
version = "1.0.0"
[connections]
legacy = { engine = "sqlite", path = "legacy.db" }
generic = { engine = "sqlite", path = "generic.db", access = "write" }
[policy]
chunk = { rows = 40 }
[steps.shop]
kind = "records"
source = { connection = "legacy" }
target = { connection = "generic", mode = "create" }
parallel = 2
[steps.shop.tables.customers]
set = { mail = { value = "=row.id < 4 ? 'same' : row.mail" } }
`;
/** Rows that a unique key refuses, rows without a parent, rows of a table without a key. */
const legacy = `${shopStructure('sqlite')}${shopRows('sqlite', 20)}
INSERT INTO orders (id, customer_id) VALUES (5000, 4000); INSERT INTO items VALUES (5000, 1, 'x');`;
const parallel = 2;

const fresh: CrashLab[] = [];
const done: CrashLab[] = [];
let run: {
  readonly hits: readonly string[];
  readonly ms: number;
  readonly content: string;
  readonly structure: unknown;
};
let rollback: { readonly hits: readonly string[]; readonly ms: number };
let sourceBytes: string | null;

beforeAll(async () => {
  for (let worker = 0; worker < parallel; worker += 1) {
    const lab = new CrashLab();
    fresh.push(lab);
    lab.initWith(profile, legacy);
    lab.save();
    const filled = new CrashLab();
    done.push(filled);
    filled.initWith(profile, legacy);
    filled.fillTarget();
    const ended = await filled.run(['run', filled.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(3);
    filled.save();
  }
  const [lab] = fresh as [CrashLab];
  sourceBytes = lab.sha256(lab.legacy);
  const began = performance.now();
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.code, ended.output).toBe(3);
  run = { hits: lab.reached(), ms: performance.now() - began, content: lab.content(), structure: structureOf(lab) };
  const [filled] = done as [CrashLab];
  const known = filled.reached().length;
  const rollbackBegan = performance.now();
  const back = await filled.run(['rollback', 'last', '--yes']);
  expect(back.code, back.output).toBe(0);
  rollback = { hits: filled.reached().slice(known), ms: performance.now() - rollbackBegan };
}, 120_000);

afterAll(() => {
  for (const lab of [...fresh, ...done]) lab.remove();
});

/** What the run made, without what it keeps for itself. */
function structureOf(lab: CrashLab): unknown {
  return lab.rows(
    lab.target,
    "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'overland_%' AND tbl_name NOT LIKE 'overland_%' ORDER BY name",
  );
}

async function killedRun(how: How, worker: number): Promise<void> {
  const lab = fresh[worker] as CrashLab;
  lab.restore();
  const killed = await lab.run(['run', lab.bundle, '--yes'], how);
  const ended = killed.signal === 'SIGKILL' ? await lab.finish() : killed;
  // Where only the validation was left, its own answer counts.
  expect([ended.code, lab.outcome()], ended.output).toEqual([expect.toBeOneOf([0, 3]), 'completed_with_quarantine']);
  expect(lab.content()).toBe(run.content);
  expect(structureOf(lab)).toEqual(run.structure);
  expect(lab.sha256(lab.legacy)).toBe(sourceBytes);
}

async function killedRollback(how: How, worker: number): Promise<void> {
  const lab = done[worker] as CrashLab;
  lab.restore();
  const killed = await lab.run(['rollback', 'last', '--yes'], how);
  const ended = killed.signal === 'SIGKILL' ? await lab.run(['rollback', 'last', '--yes']) : killed;
  expect(ended.code, ended.output).toBe(0);
  expect(lab.rows(lab.target, "SELECT name FROM sqlite_schema WHERE name IN ('orders', 'log', 'customers')")).toEqual(
    [],
  );
  expect(lab.rows(lab.target, 'SELECT note FROM theirs')).toHaveLength(2);
}

/** First and last time that each place is reached. */
function ends(hits: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of hits) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count === 1 ? [`${name}:1`] : [`${name}:1`, `${name}:${count}`]));
}

/** Works through the items, a few at a time; every failure is told with its item. */
async function each<T>(items: readonly T[], work: (item: T, worker: number) => Promise<void>): Promise<void> {
  const queue = [...items];
  const failures: string[] = [];
  await Promise.all(
    Array.from({ length: parallel }, async (_, worker) => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        const name = JSON.stringify(item);
        await work(item, worker).catch((error) => failures.push(`${name}: ${(error as Error).message}`));
      }
    }),
  );
  expect(failures.join('\n\n')).toBe('');
}

test('kill -9 at every named place of a copy, first and last time: the same as an undisturbed one', async () => {
  expect(new Set(run.hits)).toContain('chunk.commit.after');
  await each(ends(run.hits), (failpoint, worker) => killedRun({ failpoint }, worker));
}, 600_000);

test('kill -9 at every named place of its rollback: what others had is there, what was made is gone', async () => {
  expect(new Set(rollback.hits)).toContain('undo.chunk.commit.after');
  await each(ends(rollback.hits), (failpoint, worker) => killedRollback({ failpoint }, worker));
}, 600_000);

test('kill -9 at 30 seeded places and moments of both', async () => {
  const random = randomFrom(20261121);
  const kills = Array.from({ length: 30 }, (_, index) => {
    const back = index % 3 === 2;
    const whole = back ? rollback : run;
    const how: How =
      index % 2 === 0
        ? { failpoint: `any:${1 + Math.floor(random() * whole.hits.length)}` }
        : { afterMs: Math.floor(random() * whole.ms) };
    return { back, how };
  });
  await each(kills, ({ back, how }, worker) => (back ? killedRollback(how, worker) : killedRun(how, worker)));
}, 600_000);
