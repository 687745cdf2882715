import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failpointNames } from '../../platform/failpoints.ts';
import { CrashLab, type Ended, type How } from '../../testing/crash-lab.ts';
import { randomFrom } from '../../testing/random.ts';

const sample = { tasks: 12, seed: 5, dirty: true };
/** How many labs work at the same time: the machine has few cores, the processes now and then wait for the disk. */
const parallel = 3;

/** What one command does when nobody disturbs it. */
type Undisturbed = { readonly code: number | null; readonly hits: readonly string[]; readonly ms: number };
let run: Undisturbed & { readonly content: string; readonly outcome: string | null };
let rollback: Undisturbed;

/** Before the run, with nothing at the target; and after a run into a target of somebody else. */
const fresh: CrashLab[] = [];
const done: { readonly lab: CrashLab; readonly before: readonly (string | null)[] }[] = [];

beforeAll(async () => {
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      const lab = new CrashLab();
      fresh.push(lab);
      await lab.init(sample);
      lab.makeSplit();
      lab.save();
      const filled = new CrashLab();
      await filled.init(sample);
      filled.makeSplit();
      filled.fillTarget();
      const before = bytesOf(filled);
      const ended = await filled.run(['run', filled.bundle, '--yes']);
      expect(ended.code, ended.output).toBe(3);
      filled.save();
      done.push({ lab: filled, before });
    }),
  );
  const [lab] = fresh as [CrashLab];
  const forward = await undisturbed(lab, ['run', lab.bundle, '--yes']);
  run = { ...forward, content: lab.content(), outcome: lab.outcome() };
  const [filled] = done as [(typeof done)[number]];
  rollback = await undisturbed(filled.lab, ['rollback', 'last', '--yes']);
  expect([run.code, rollback.code]).toEqual([3, 0]);
}, 120_000);

afterAll(() => {
  for (const lab of [...fresh, ...done.map((one) => one.lab)]) lab.remove();
});

async function undisturbed(lab: CrashLab, args: readonly string[]): Promise<Undisturbed> {
  const known = lab.reached().length;
  const began = performance.now();
  const { code, signal, output } = await lab.run(args);
  expect(signal, output).toBeNull();
  return { code, hits: lab.reached().slice(known), ms: performance.now() - began };
}

function bytesOf(lab: CrashLab): (string | null)[] {
  return [lab.legacy, lab.target].map((file) => lab.sha256(file));
}

/** Kills the run, ends it as an operator would, and compares with the undisturbed run. */
async function killedRun(how: How, worker: number): Promise<Ended> {
  const lab = fresh[worker] as CrashLab;
  lab.restore();
  const legacy = lab.sha256(lab.legacy);
  const killed = await lab.run(['run', lab.bundle, '--yes'], how);
  const ended = killed.signal === 'SIGKILL' ? await lab.finish() : killed;
  expect([ended.code, lab.outcome()], ended.output).toEqual([expect.toBeOneOf([0, 3]), run.outcome]);
  expect(lab.content()).toBe(run.content);
  expect(lab.sha256(lab.legacy)).toBe(legacy);
  return killed;
}

/** Kills the rollback of a run into a filled target, rolls back again, and compares the bytes. */
async function killedRollback(how: How, worker: number): Promise<Ended> {
  const { lab, before } = done[worker] as (typeof done)[number];
  lab.restore();
  const killed = await lab.run(['rollback', 'last', '--yes'], how);
  const ended = killed.signal === 'SIGKILL' ? await lab.run(['rollback', 'last', '--yes']) : killed;
  expect(ended.code, ended.output).toBe(0);
  expect(bytesOf(lab)).toEqual(before);
  for (const suffix of ['-wal', '-shm', '-journal']) expect(lab.sha256(lab.target + suffix)).toBeNull();
  return killed;
}

/** First and last time that each place is reached. */
function ends(hits: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of hits) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count === 1 ? [`${name}:1`] : [`${name}:1`, `${name}:${count}`]));
}

/** Works through the items, a few at a time; every failure is told with its item. */
async function each<T>(items: readonly T[], work: (item: T, worker: number) => Promise<unknown>): Promise<void> {
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

describe('kill -9', () => {
  test('every named place is reached by run or rollback', () => {
    const reached = new Set([...run.hits, ...rollback.hits]);
    // These have tests of their own: steps/schema/statements.integration.test.ts, cli/files.integration.test.ts.
    const elsewhere = ['migration.statement.before', 'migration.statement.after', 'file.copy.part'];
    const here = failpointNames.filter((name) => !elsewhere.includes(name));
    expect(here.filter((name) => !reached.has(name))).toEqual([]);
  });

  test('at every named place of a run, first and last time: the same result as an undisturbed run', async () => {
    await each(ends(run.hits), async (failpoint, worker) => {
      expect((await killedRun({ failpoint }, worker)).signal).toBe('SIGKILL');
    });
  }, 600_000);

  test('at every named place of a rollback, first and last time: the old bytes are back', async () => {
    await each(ends(rollback.hits), async (failpoint, worker) => {
      expect((await killedRollback({ failpoint }, worker)).signal).toBe('SIGKILL');
    });
  }, 600_000);

  test('at 100 seeded places and moments of run and rollback', async () => {
    const random = randomFrom(20261120);
    const kills = Array.from({ length: 100 }, (_, index) => {
      const back = index % 3 === 2;
      const whole = back ? rollback : run;
      // Half by place, half by the clock: between two places things happen as well.
      const how: How =
        index % 2 === 0
          ? { failpoint: `any:${1 + Math.floor(random() * whole.hits.length)}` }
          : { afterMs: Math.floor(random() * whole.ms) };
      return { back, how };
    });
    await each(kills, ({ back, how }, worker) => (back ? killedRollback(how, worker) : killedRun(how, worker)));
  }, 900_000);

  test('in a replay: it is replayed again, and the whole goes back to the old bytes', async () => {
    const { lab, before } = done[0] as (typeof done)[number];
    const replay = ['quarantine', 'last', '--replay', '--yes', '--step', 'subtasks', '--reason', 'unknown_value'];
    const rule = `maps.stage={ pending = "created", active = "active", in_progress = "active", completed = "completed", failed = "failed", cancelled = "archived", ${unknownStatuses(lab)} }`;
    const args = [...replay, '--rule', rule];
    lab.restore();
    const undisturbedReplay = await undisturbed(lab, args);
    const content = lab.content();
    expect(undisturbedReplay.hits.length).toBeGreaterThan(10);
    for (const failpoint of ends(undisturbedReplay.hits)) {
      lab.restore();
      const killed = await lab.run(args, { failpoint });
      expect(killed.signal, `${failpoint}: ${killed.output}`).toBe('SIGKILL');
      const again = await lab.run(args);
      expect([0, 2], `${failpoint}: ${again.output}`).toContain(again.code);
      expect(lab.content(), failpoint).toBe(content);
      const back = await lab.run(['rollback', 'last', '--yes']);
      expect(back.code, `${failpoint}: ${back.output}`).toBe(0);
      expect(bytesOf(lab), failpoint).toEqual(before);
    }
  }, 600_000);

  test('in a clean-up: cleaned up again, the data stays', async () => {
    const { lab } = done[1] as (typeof done)[number];
    const args = ['cleanup', 'last', '--yes', '--remove-point'];
    lab.restore();
    const content = lab.content();
    const { hits } = await undisturbed(lab, args);
    await lab.run(['status']);
    for (const failpoint of ends(hits)) {
      lab.restore();
      const killed = await lab.run(args, { failpoint });
      expect(killed.signal, `${failpoint}: ${killed.output}`).toBe('SIGKILL');
      const again = await lab.run(args);
      expect(again.code, `${failpoint}: ${again.output}`).toBe(0);
      expect(lab.content(), failpoint).toBe(content);
      const ours = lab.rows(lab.target, "SELECT name FROM sqlite_schema WHERE name LIKE 'overland_%'");
      expect(
        ours.filter((row) => row['name'] !== 'overland_migrations'),
        failpoint,
      ).toEqual([]);
    }
  }, 600_000);
});

/** Entries of the map for every status that the sample made up. */
function unknownStatuses(lab: CrashLab): string {
  const known = "'pending', 'active', 'in_progress', 'completed', 'failed', 'cancelled'";
  const rows = lab.rows(lab.legacy, `SELECT DISTINCT status FROM subtasks WHERE status NOT IN (${known})`);
  return rows.map((row) => `${JSON.stringify(row['status'])} = "active"`).join(', ');
}
