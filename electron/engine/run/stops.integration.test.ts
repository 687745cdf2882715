import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { filesOf } from '../../testing/content.ts';
import { CrashLab } from '../../testing/crash-lab.ts';

const lab = new CrashLab();
let undisturbed: string;

beforeAll(async () => {
  await lab.init({ tasks: 1500, seed: 6 });
  lab.save();
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.code, ended.output).toBe(0);
  undisturbed = lab.content();
});
beforeEach(() => lab.restore());
afterAll(() => lab.remove());

/** Small chunks, so that a stop finds a next one to hold back. */
function smallChunks(): void {
  lab.editProfile((text) => text.replace('rows = 50_000', 'rows = 200'));
}

describe('stopping', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: ended within a second, exit code 130, and resume ends the same',
    async (signal) => {
      smallChunks();
      const started = lab.start(['run', lab.bundle, '--yes', '--progress', 'ndjson']);
      await started.said('"step":"subtasks"');
      await started.said('"code":"chunk_committed","step":"subtasks"');
      const began = performance.now();
      started.kill(signal);
      const ended = await started.ended;
      expect(ended.code, ended.output.slice(-2000)).toBe(130);
      expect(performance.now() - began).toBeLessThan(2000);
      expect(ended.output).toMatch(/overland resume r-\S+ goes on/);
      const resumed = await lab.run(['resume', 'last']);
      expect(resumed.code, resumed.output).toBe(0);
      expect(lab.content()).toBe(undisturbed);
    },
  );

  test('SIGINT in the dry run: exit code 130, nothing at the target, and the run goes on later', async () => {
    const started = lab.start(['run', lab.bundle, '--yes', '--progress', 'ndjson']);
    await started.said('"code":"dry_run_started"');
    started.kill('SIGINT');
    const ended = await started.ended;
    expect(ended.code, ended.output.slice(-2000)).toBe(130);
    expect(existsSync(lab.target)).toBe(false);
    const again = await lab.run(['run', lab.bundle, '--yes']);
    expect(again.code, again.output).toBe(0);
    expect(lab.content()).toBe(undisturbed);
  });
});

describe('a rollback that meets what others wrote', () => {
  const migrated = async () => {
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    lab.sql(
      lab.target,
      `UPDATE generic_tasks SET title = 'edited by the application' WHERE task_id = (SELECT task_id FROM generic_tasks WHERE parent_task_id IS NOT NULL ORDER BY task_id LIMIT 1);
       INSERT INTO generic_tasks (task_id, title, description, task_type, hierarchy_path, hierarchy_level, status, created_at)
         VALUES ('app_1', 'new since', 'made by the application', 'specialist_task', '/app_1', 0, 'active', '2026-01-01T00:00:00')`,
    );
  };
  const theirs =
    "SELECT task_id, title FROM generic_tasks WHERE task_id = 'app_1' OR title LIKE 'edited%' ORDER BY title";

  test('nothing of theirs goes without a word: exit code 8, the rows are named', async () => {
    await migrated();
    const before = lab.rows(lab.target, theirs);
    expect(before).toHaveLength(2);
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(8);
    expect(back.output).toMatch(/of generic_tasks was changed after this run wrote it \(title\)/);
    expect(back.output).toMatch(/app_1|generic_tasks.*not written by this run|rows? .*generic_tasks/);
    expect(lab.rows(lab.target, theirs)).toEqual(before);
  });

  test('keep: theirs stay, the rest goes, exit code 0', async () => {
    await migrated();
    const before = lab.rows(lab.target, theirs);
    const back = await lab.run(['rollback', 'last', '--yes', '--diverged', 'keep']);
    expect(back.code, back.output).toBe(0);
    expect(lab.rows(lab.target, theirs)).toEqual(before);
    // The breakdown of the edited subtask stays with it: it is its parent.
    expect(lab.rows(lab.target, 'SELECT count(*) AS n FROM generic_tasks')).toEqual([{ n: before.length + 1 }]);
  });

  test('export: theirs are in a file that only this user reads, the old state is back', async () => {
    await migrated();
    const back = await lab.run(['rollback', 'last', '--yes', '--diverged', 'export']);
    expect(back.code, back.output).toBe(0);
    expect(existsSync(lab.target)).toBe(false);
    const exported = Object.keys(filesOf(join(lab.home, 'reports'))).filter((name) => name.endsWith('diverged.jsonl'));
    expect(exported).toHaveLength(1);
    const text = readFileSync(join(lab.home, 'reports', exported[0] as string), 'utf8');
    expect(text).toContain('edited by the application');
    expect(text).toContain('app_1');
  });
});

describe('ways back', () => {
  test('--to STEP takes back what came after it, and a whole rollback follows', async () => {
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    const part = await lab.run(['rollback', 'last', '--yes', '--to', 'breakdowns']);
    expect(part.code, part.output).toBe(0);
    expect(lab.rows(lab.target, 'SELECT count(*) AS n FROM generic_tasks')).toEqual([{ n: 1500 }]);
    expect(lab.rows(lab.target, 'SELECT count(*) AS n FROM task_dependencies')).toEqual([{ n: 0 }]);
    const whole = await lab.run(['rollback', 'last', '--yes']);
    expect(whole.code, whole.output).toBe(0);
    expect(existsSync(lab.target)).toBe(false);
  });

  const replayPaused = async () => {
    const summary = await lab.run(['quarantine', 'last']);
    const rule = /maps\.stage/.exec(summary.output)?.[0];
    expect(rule, summary.output).toBeDefined();
    const changed =
      'maps.stage={ pending = "created", active = "active", in_progress = "active", completed = "completed", failed = "failed", cancelled = "archived", paused = "active" }';
    const replay = ['quarantine', 'last', '--replay', '--yes', '--step', 'subtasks', '--rule', changed];
    const replayed = await lab.run(replay);
    expect(replayed.code, replayed.output).toBe(0);
  };

  test('records replayed with another rule go back with the run', async () => {
    lab.sql(lab.legacy, "UPDATE subtasks SET status = 'paused' WHERE rowid % 500 = 1");
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(3);
    await replayPaused();
    expect(lab.rows(lab.target, "SELECT count(*) AS n FROM generic_tasks WHERE status = 'paused'")).not.toEqual([
      { n: 0 },
    ]);
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(0);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('--to a step with a replay that a later step looks up is refused with the reason, and changes nothing', async () => {
    lab.sql(lab.legacy, "UPDATE subtasks SET status = 'paused' WHERE rowid % 500 = 1");
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(3);
    await replayPaused();
    const written = lab.content();
    const part = await lab.run(['rollback', 'last', '--yes', '--to', 'subtasks']);
    expect(part.code, part.output).toBe(2);
    expect(part.output).toMatch(
      /cannot end after step subtasks\. Replay r-\S+ wrote records of subtasks after dependencies/,
    );
    expect(lab.content()).toBe(written);
    const { rollback } = await report(['rollback', 'last', '--preview']);
    expect(rollback.canStopAt).toEqual(['model', 'breakdowns']);
    const earlier = await lab.run(['rollback', 'last', '--yes', '--to', 'breakdowns']);
    expect(earlier.code, earlier.output).toBe(0);
    const whole = await lab.run(['rollback', 'last', '--yes']);
    expect(whole.code, whole.output).toBe(0);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('what cannot be undone is consented to by name at each start, and every consent stays in the report', async () => {
    lab.editProfile((text) => text.replace(/(\[steps\.dependencies\][\s\S]*?undo = )"delete_written"/, '$1"none"'));
    const consent = ['--consent', 'no-way-back-dependencies'];
    const ended = await lab.run(['run', lab.bundle, '--yes', ...consent]);
    expect(ended.code, ended.output).toBe(0);
    const refused = await lab.run(['rollback', 'last', '--yes']);
    expect(refused.code, refused.output).toBe(7);
    for (const to of [['--to', 'subtasks'], []]) {
      const back = await lab.run(['rollback', 'last', '--yes', ...to, ...consent]);
      expect(back.code, back.output).toBe(0);
    }
    const { decisions } = await report(['report', 'last', '--format', 'json']);
    expect(decisions.map((one: { subject: string; via: string }) => [one.subject, one.via])).toEqual([
      ['plan', ''],
      ['no-way-back-dependencies', 'flag'],
      ['rollback 1: no-way-back-dependencies', 'flag'],
      ['rollback 2: no-way-back-dependencies', 'flag'],
    ]);
  });

  test('a rollback that a person asks for is no failure: exit code 0 in the list and in the report; six migrations are six', async () => {
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    const { rollback } = await report(['rollback', 'last', '--preview']);
    expect(rollback.steps.at(-1)).toMatchObject({ step: 'model', amount: 6, unit: 'migrations' });
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(0);
    expect(await shownExitCodes()).toEqual([0, 0]);
  });
});

/** As the list of runs and the report show it. */
async function shownExitCodes(): Promise<unknown[]> {
  const { runs } = await report(['status']);
  const { outcome } = await report(['report', 'last', '--format', 'json']);
  return [runs[0].exitCode, outcome.exitCode];
}

/** The document of a command that writes nothing else. */
async function report(args: readonly string[]) {
  const { output } = await lab.run([...args, ...(args[0] === 'report' ? [] : ['--json'])]);
  return JSON.parse(output);
}

describe('limits and criteria', () => {
  const tooMany = () => lab.sql(lab.legacy, "UPDATE subtasks SET status = 'nonsense' WHERE rowid % 20 = 1");

  test('more set aside than the limit: exit code 1, the limit is named, and with --auto-rollback exit code 4 and the old state', async () => {
    tooMany();
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.output).toMatch(/set aside, more than the limit of 0.5 %/);
    expect(ended.code, ended.output).toBe(1);
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(0);
    expect(filesOf(lab.bundle)).toEqual(before);
    const automatic = await lab.run(['run', lab.bundle, '--yes', '--auto-rollback']);
    expect(automatic.code, automatic.output).toBe(4);
    expect(await shownExitCodes()).toEqual([4, 4]);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('the window is exceeded: exit code 1 and the window is named; with --auto-rollback exit code 4', async () => {
    lab.editProfile((text) => text.replace('window = "2h"', 'window = "1ms"'));
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.output).toMatch(/window of .* is exceeded/);
    expect(ended.code, ended.output).toBe(1);
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(0);
    const automatic = await lab.run(['run', lab.bundle, '--yes', '--auto-rollback']);
    expect(automatic.code, automatic.output).toBe(4);
    expect(existsSync(lab.target)).toBe(false);
  });

  test('a person goes on although the window is exceeded: the run is not stopped for it again', async () => {
    lab.editProfile((text) => text.replace('window = "2h"', 'window = "1ms"'));
    const stopped = await lab.run(['run', lab.bundle, '--yes']);
    expect(stopped.code, stopped.output).toBe(1);
    const ended = await lab.run(['resume', 'last']);
    expect(ended.code, ended.output).toBe(0);
  });

  test('a row changed behind our back: validation names row and column, exit code 3', async () => {
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    const [row] = lab.rows(
      lab.target,
      'SELECT task_id FROM generic_tasks WHERE parent_task_id IS NOT NULL ORDER BY task_id LIMIT 1',
    );
    lab.sql(lab.target, `UPDATE generic_tasks SET title = 'changed' WHERE task_id = '${row?.['task_id']}'`);
    const quick = await lab.run(['validate', 'last']);
    expect(quick.code, quick.output).toBe(3);
    expect(quick.output).toMatch(/error: .*generic_tasks .*another content/);
    expect(quick.output).toContain('Validate in full to see the rows and columns');
    const named = await lab.run(['validate', 'last', '--full']);
    expect(named.code, named.output).toBe(3);
    expect(named.output).toMatch(new RegExp(`(critical|error): .*${row?.['task_id']}`));
    expect(named.output).toMatch(/title/);
    lab.sql(lab.target, `DELETE FROM task_artifacts WHERE artifact_id = (SELECT min(artifact_id) FROM task_artifacts)`);
    const full = await lab.run(['validate', 'last', '--full']);
    expect(full.code, full.output).toBe(3);
    expect(full.output).toMatch(/task_artifacts/);
  });
});
