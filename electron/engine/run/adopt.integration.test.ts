import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CrashLab, type Ended } from '../../testing/crash-lab.ts';

const sample = { tasks: 12, seed: 5, dirty: true };

/** A run into a target of somebody else, killed in the middle of its records; then its machine is lost. */
let lab: CrashLab;
let undisturbed: string;
let outcome: string | null;
let before: readonly (string | null)[];
/** The data folder of whoever takes over. */
let next: string;

beforeAll(async () => {
  const whole = new CrashLab();
  lab = new CrashLab();
  try {
    await Promise.all(
      [whole, lab].map(async (one) => {
        await one.init(sample);
        one.makeSplit();
        one.fillTarget();
      }),
    );
    before = bytes();
    const ended = await whole.run(['run', whole.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(3);
    undisturbed = whole.content();
    outcome = whole.outcome();
    // The dry run commits the same chunks before.
    const commits = whole.reached().filter((name) => name === 'chunk.commit.after').length;
    const failpoint = `chunk.commit.after:${commits - 1}`;
    const killed = await lab.run(['run', lab.bundle, '--yes'], { failpoint });
    expect(killed.signal, killed.output).toBe('SIGKILL');
    // The machine is lost with its journal; what stays is the bundle, the target, and the rollback point elsewhere.
    renameSync(join(lab.home, 'points'), join(lab.folder, 'points'));
    rmSync(lab.home, { recursive: true });
    next = join(lab.folder, 'next');
    lab.save();
  } finally {
    whole.remove();
  }
}, 120_000);

beforeEach(() => lab.restore());
afterAll(() => lab.remove());

const at = (args: readonly string[]): Promise<Ended> => lab.run(args, { home: next });
const adopt = (...more: string[]): Promise<Ended> => at(['adopt', lab.bundle, '--point', point(), '--json', ...more]);

function point(): string {
  const folder = join(lab.folder, 'points');
  return join(folder, readdirSync(folder).find((name) => name.startsWith('p-'))!);
}

function bytes(): (string | null)[] {
  return [lab.legacy, lab.target].map((file) => lab.sha256(file));
}

function answer({ output }: Ended): Record<string, unknown> {
  return JSON.parse(output.slice(output.indexOf('{'))) as Record<string, unknown>;
}

test('a run whose machine is lost goes on elsewhere, and ends as an undisturbed one', async () => {
  const { mode } = statSync(join(point(), 'run.json'));
  expect((mode & 0o777).toString(8)).toBe('600');
  const adopted = await adopt();
  expect(adopted.code, adopted.output).toBe(0);
  expect(answer(adopted)).toMatchObject({ phase: 'execute', replays: 0, undone: 0 });
  expect(answer(adopted)['committed']).toBeGreaterThan(0);
  expect(answer(adopted)['lost']).toBeGreaterThan(0);
  const status = await at(['status', 'last']);
  expect(status.output).toMatch(/execute, paused/);
  const ended = await at(['resume', 'last', '--full']);
  expect(ended.code, ended.output).toBe(3);
  expect(lab.content()).toBe(undisturbed);
  const report = await at(['report', 'last', '--format', 'md', '--out', join(lab.folder, 'report.md')]);
  expect(report.code, report.output).toBe(0);
  const text = readFileSync(join(lab.folder, 'report.md'), 'utf8');
  expect(text).toContain('Adopted by');
  expect(text).toMatch(/was set aside before the run was adopted|Lost with journal/);
  const [run] = lab.rows(join(next, 'journal.db'), 'SELECT outcome FROM run');
  expect(run?.['outcome']).toBe(outcome);
  const cleaned = await at(['cleanup', 'last', '--yes']);
  expect(cleaned.code, cleaned.output).toBe(0);
}, 120_000);

test('without a rollback point the hand-over lies beside; the clean-up takes it away', async () => {
  const bare = new CrashLab();
  try {
    await bare.init(sample);
    bare.makeSplit();
    const done = await bare.run(['run', bare.bundle, '--yes', '--consent', 'no-backup']);
    expect(done.code, done.output).toBe(3);
    const points = join(bare.home, 'points');
    const [folder] = readdirSync(points);
    expect(readdirSync(join(points, folder!))).toEqual(['run.json']);
    const content = bare.content();
    const adopted = await bare.run(['adopt', bare.bundle, '--point', join(points, folder!)], { home: next });
    expect(adopted.code, adopted.output).toBe(0);
    const ended = await bare.run(['resume', 'last'], { home: next });
    expect(ended.code, ended.output).toBe(3);
    expect(bare.content()).toBe(content);
    expect((await bare.run(['cleanup', 'last', '--yes'])).code).toBe(0);
    expect(readdirSync(points)).toEqual([]);
  } finally {
    bare.remove();
  }
}, 120_000);

test('without any Overland the commands of RESTORE.md give back the same bytes, wherever the point lies', () => {
  const guide = readFileSync(join(point(), 'RESTORE.md'), 'utf8');
  const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text).join('\n');
  execFileSync('sh', ['-ec', commands], { cwd: point(), stdio: 'pipe' });
  expect(bytes()).toEqual(before);
});

test('a run whose machine is lost is rolled back elsewhere: the same bytes are there again', async () => {
  expect((await adopt()).code).toBe(0);
  const back = await at(['rollback', 'last', '--yes']);
  expect(back.code, back.output).toBe(0);
  expect(bytes()).toEqual(before);
}, 120_000);

test('a rollback that was cut short is ended elsewhere', async () => {
  expect((await adopt()).code).toBe(0);
  const killed = await lab.run(['rollback', 'last', '--yes'], { home: next, failpoint: 'undo.chunk.commit.after:1' });
  expect(killed.signal, killed.output).toBe('SIGKILL');
  rmSync(next, { recursive: true });
  const adopted = await adopt();
  expect(answer(adopted), adopted.output).toMatchObject({ phase: 'rollback' });
  const back = await at(['resume', 'last']);
  expect(back.code, back.output).toBe(0);
  expect(bytes()).toEqual(before);
}, 120_000);

test('what is not this run is refused, and nothing is taken up', async () => {
  const edited = JSON.parse(readFileSync(join(point(), 'run.json'), 'utf8')) as { body: { run: string } };
  edited.body.run = 'r-20200101-0000-zzzz';
  const forged = join(lab.folder, 'forged');
  mkdirSync(forged);
  writeFileSync(join(forged, 'run.json'), JSON.stringify(edited));
  const changed = await at(['adopt', lab.bundle, '--point', forged]);
  expect([changed.code, changed.output]).toEqual([1, expect.stringContaining('Its hash differs')]);
  lab.editProfile((text) => text.replace('quarantine = "100%"', 'quarantine = "99%"'));
  const other = await adopt();
  expect([other.code, other.output]).toEqual([6, expect.stringContaining('bundle')]);
  const none = await at(['adopt', lab.bundle, '--point', lab.folder]);
  expect(none.code).toBe(2);
  expect(existsSync(join(next, 'journal.db')) && lab.rows(join(next, 'journal.db'), 'SELECT id FROM run')).toEqual([]);
}, 60_000);

test('a holder of whom nothing is known needs a word of the operator, and one that lives is not passed over', async () => {
  const long = new Date(Date.now() - 3_600_000).toISOString();
  lab.sql(lab.target, `UPDATE overland_lease SET machine = 'lost-machine', beat_at = '${long}'`);
  const asked = await adopt();
  expect([asked.code, asked.output]).toEqual([7, expect.stringContaining('holder-is-gone')]);
  lab.sql(lab.target, `UPDATE overland_lease SET beat_at = '${new Date().toISOString()}'`);
  const alive = await adopt('--consent', 'holder-is-gone');
  expect([alive.code, alive.output]).toEqual([5, expect.stringContaining('lost-machine')]);
  lab.sql(lab.target, `UPDATE overland_lease SET beat_at = '${long}'`);
  const taken = await adopt('--consent', 'holder-is-gone');
  expect(taken.code, taken.output).toBe(0);
  const ended = await at(['resume', 'last']);
  expect(ended.code, ended.output).toBe(3);
  expect(lab.content()).toBe(undisturbed);
  const again = await adopt('--consent', 'holder-is-gone');
  expect([again.code, again.output]).toEqual([2, expect.stringContaining('in this data folder already')]);
}, 120_000);
