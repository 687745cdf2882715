import { beforeAll, describe, expect, test } from 'vitest';
import { failpointNames } from '../../platform/failpoints.ts';
import { CrashLab, type Kill } from '../../testing/crash-lab.ts';

const tasks = 12;
const seed = 5;
/** How many labs work at the same time: the machine has few cores, the processes mostly wait for the disk. */
const parallel = 3;

let expected: {
  readonly content: string;
  readonly code: number | null;
  readonly hits: readonly string[];
  readonly rollbackHits: readonly string[];
};

beforeAll(async () => {
  const lab = new CrashLab();
  await lab.init(tasks, seed);
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.signal, ended.output).toBeNull();
  const hits = lab.reached();
  const content = lab.content();
  const back = await lab.run(['rollback', 'last', '--yes']);
  expect(back.code, back.output).toBe(0);
  expected = { content, code: ended.code, hits, rollbackHits: lab.reached().slice(hits.length) };
  lab.remove();
}, 120_000);

/** Kills the run, ends it as an operator would, and compares with the undisturbed run. */
async function killedRun(kill: Kill): Promise<void> {
  const lab = new CrashLab();
  try {
    await lab.init(tasks, seed);
    const legacy = lab.sha256(lab.legacy);
    const killed = await lab.run(['run', lab.bundle, '--yes'], kill);
    const ended = killed.signal === 'SIGKILL' ? await lab.finish() : killed;
    expect(ended.code, ended.output).toBe(expected.code);
    expect(lab.content()).toBe(expected.content);
    expect(lab.sha256(lab.legacy)).toBe(legacy);
  } finally {
    lab.remove();
  }
}

/** Kills the rollback of a run into a filled target, rolls back again, and compares the bytes. */
async function killedRollback(kill: Kill): Promise<void> {
  const lab = new CrashLab();
  try {
    await lab.init(tasks, seed);
    lab.fillTarget();
    const before = [lab.sha256(lab.legacy), lab.sha256(lab.target)];
    const done = await lab.run(['run', lab.bundle, '--yes']);
    expect(done.code, done.output).toBe(expected.code);
    const killed = await lab.run(['rollback', 'last', '--yes'], kill);
    const ended = killed.signal === 'SIGKILL' ? await lab.run(['rollback', 'last', '--yes']) : killed;
    expect(ended.code, ended.output).toBe(0);
    expect([lab.sha256(lab.legacy), lab.sha256(lab.target)]).toEqual(before);
    for (const suffix of ['-wal', '-shm', '-journal']) expect(lab.sha256(lab.target + suffix)).toBeNull();
  } finally {
    lab.remove();
  }
}

/** First and last time that each place is reached. */
function ends(hits: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of hits) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count === 1 ? [`${name}:1`] : [`${name}:1`, `${name}:${count}`]));
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        const name = JSON.stringify(item);
        await work(item).catch((error) =>
          failures.push(new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`)),
        );
      }
    }),
  );
  expect(failures).toEqual([]);
}

/** Numbers that look random and are the same every time (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('kill -9', () => {
  test('every named place is reached by run or rollback', () => {
    const reached = new Set([...expected.hits, ...expected.rollbackHits]);
    expect(failpointNames.filter((name) => !reached.has(name))).toEqual([]);
  });

  test('at every named place of a run, first and last time: the same result as an undisturbed run', async () => {
    await each(ends(expected.hits), (failpoint) => killedRun({ failpoint }));
  }, 900_000);

  test('at every named place of a rollback, first and last time: the old bytes are back', async () => {
    await each(ends(expected.rollbackHits), (failpoint) => killedRollback({ failpoint }));
  }, 900_000);

  test('100 seeded places of run and rollback', async () => {
    const random = randomFrom(20261120);
    const kills = Array.from({ length: 100 }, (_, index) => {
      const back = index % 3 === 2;
      const of = back ? expected.rollbackHits.length : expected.hits.length;
      return { back, failpoint: `any:${1 + Math.floor(random() * of)}` };
    });
    await each(kills, ({ back, failpoint }) => (back ? killedRollback({ failpoint }) : killedRun({ failpoint })));
  }, 1_800_000);
});
