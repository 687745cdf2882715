import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { filesOf } from '../../testing/content.ts';
import { CrashLab } from '../../testing/crash-lab.ts';

const lab = new CrashLab();
const other = join(lab.folder, 'other-home');

beforeAll(async () => {
  await lab.init({ tasks: 1500, seed: 4 });
  lab.save();
});
beforeEach(() => lab.restore());
afterAll(() => lab.remove());

/** A run that has begun to write and stands still, alive. */
async function halfWay() {
  const started = lab.start(['run', lab.bundle, '--yes', '--progress', 'ndjson']);
  await started.said('"code":"step_started"');
  started.kill('SIGSTOP');
  return started;
}

describe('two at the same time', () => {
  test('another data folder, the same target: exit code 5 with the holder named, and the first one ends well', async () => {
    const first = await halfWay();
    try {
      const second = await lab.run(['run', lab.bundle, '--yes'], { home: other });
      expect(second.output).toMatch(new RegExp(`held by .*, process ${first.pid}, run r-.*, in execute`));
      expect(second.code, second.output).toBe(5);
    } finally {
      first.kill('SIGCONT');
    }
    const ended = await first.ended;
    expect(ended.code, ended.output).toBe(0);
  });

  test('the same run from two processes: exit code 5 with the process named', async () => {
    const first = await halfWay();
    try {
      const second = await lab.run(['resume', 'last']);
      expect(second.output).toMatch(new RegExp(`process ${first.pid}`));
      expect(second.code, second.output).toBe(5);
      const third = await lab.run(['rollback', 'last', '--yes']);
      expect(third.code, third.output).toBe(5);
    } finally {
      first.kill('SIGCONT');
    }
    const ended = await first.ended;
    expect(ended.code, ended.output).toBe(0);
  });

  test('a holder that was killed is no holder: another run takes the target over', async () => {
    const first = await halfWay();
    first.kill('SIGKILL');
    await first.ended;
    const taken = await lab.run(['resume', 'last']);
    expect(taken.code, taken.output).toBe(0);
  });
});

describe('what the plan rests on changed: exit code 6, what and how, nothing written', () => {
  const planned = async () => {
    const plan = await lab.run(['dry-run', lab.bundle, '--yes']);
    expect(plan.code, plan.output).toBe(0);
    const backup = await lab.run(['backup', 'last', '--yes']);
    expect(backup.code, backup.output).toBe(0);
  };

  test('the source, after the plan', async () => {
    await planned();
    lab.sql(lab.legacy, "UPDATE subtasks SET title = 'changed' WHERE rowid = 7");
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', 'last', '--yes']);
    expect(ended.output).toMatch(/legacy.*in the plan .*, now /);
    expect(ended.code, ended.output).toBe(6);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('the target, after the plan', async () => {
    lab.fillTarget();
    await planned();
    lab.sql(lab.target, "INSERT INTO theirs (note) VALUES ('new')");
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', 'last', '--yes']);
    expect(ended.output).toMatch(/generic.*in the plan .*, now /);
    expect(ended.code, ended.output).toBe(6);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('the bundle, after the plan', async () => {
    await planned();
    lab.editProfile((text) => text.replace('failed = "failed"', 'failed = "archived"'));
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', 'last', '--yes']);
    expect(ended.code, ended.output).toBe(6);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('the source, while it is read: the run fails and says so, and rolls back', async () => {
    const first = await halfWay();
    lab.sql(
      lab.legacy,
      "INSERT INTO task_breakdowns SELECT 'late', description, complexity, context, created_at FROM task_breakdowns LIMIT 1",
    );
    first.kill('SIGCONT');
    const ended = await first.ended;
    expect(ended.output).toMatch(/The source changed while it was read: .*legacy/);
    expect(ended.code, ended.output).toBe(1);
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(0);
    expect(lab.sha256(lab.target)).toBeNull();
  });
});

describe('a target that holds rows', () => {
  test('tables of others are left alone, byte for byte after a rollback', async () => {
    lab.fillTarget();
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    expect(lab.rows(lab.target, 'SELECT note FROM theirs')).toHaveLength(2);
    const back = await lab.run(['rollback', 'last', '--yes']);
    expect(back.code, back.output).toBe(0);
    expect(filesOf(lab.bundle)).toEqual(before);
  });

  test('rows with our keys: ours are set aside and named, theirs stay as they are, also after a rollback', async () => {
    lab.editProfile((text) => text.replace('quarantine = "0.5%"', 'quarantine = "100%"'));
    const made = await lab.run(['run', lab.bundle, '--yes']);
    expect(made.code, made.output).toBe(0);
    const cleaned = await lab.run(['cleanup', 'last', '--yes', '--remove-point']);
    expect(cleaned.code, cleaned.output).toBe(0);
    // What an earlier migration left: every table, and three rows of which two have keys that come again.
    lab.sql(
      lab.target,
      `DELETE FROM task_dependencies; DELETE FROM task_attributes; DELETE FROM task_artifacts; DELETE FROM legacy_task_mapping;
       DELETE FROM generic_tasks WHERE task_id NOT IN (SELECT task_id FROM generic_tasks WHERE parent_task_id IS NULL LIMIT 2);
       UPDATE generic_tasks SET title = 'theirs';
       INSERT INTO generic_tasks SELECT * FROM generic_tasks WHERE 0`,
    );
    const theirs = "SELECT * FROM generic_tasks WHERE title = 'theirs' ORDER BY task_id";
    const kept = lab.rows(lab.target, theirs);
    expect(kept).toHaveLength(2);
    cpSync(lab.target, join(lab.folder, 'before.db'));
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes'], { home: other });
    expect(ended.code, ended.output).toBe(3);
    expect(lab.rows(lab.target, theirs)).toEqual(kept);
    const aside = lab.rows(
      join(other, 'journal.db'),
      "SELECT DISTINCT key, code FROM quarantine WHERE step = 'breakdowns'",
    );
    expect(aside).toHaveLength(2);
    const back = await lab.run(['rollback', 'last', '--yes'], { home: other });
    expect(back.code, back.output).toBe(0);
    expect(filesOf(lab.bundle)).toEqual(before);
  });
});
