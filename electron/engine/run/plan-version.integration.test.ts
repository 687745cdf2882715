import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CrashLab } from '../../testing/crash-lab.ts';

/** A run that wrote, planned by an Overland whose schema steps had another plan. */
const lab = new CrashLab();
const journal = join(lab.home, 'journal.db');

beforeAll(async () => {
  await lab.init({ tasks: 300, seed: 6 });
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.code, ended.output).toBe(0);
  lab.save();
});
beforeEach(() => {
  lab.restore();
  lab.sql(
    journal,
    `UPDATE document SET body = json_set(body, '$.steps[0].planVersion', 0) WHERE kind = 'plan_steps';
     UPDATE run SET engine_version = '0.0.7'`,
  );
});
afterAll(() => lab.remove());

function state(): unknown {
  return [
    lab.rows(journal, 'SELECT phase, condition, outcome FROM run'),
    lab.rows(journal, 'SELECT id, state FROM step'),
  ];
}

test('its rollback is refused before it begins, with the Overland that can do it, and nothing is lost', async () => {
  const [before, content] = [state(), lab.content()];
  const back = await lab.run(['rollback', 'last', '--yes']);
  expect(back.code, back.output).toBe(1);
  expect(back.output).toMatch(/Step model was planned by Overland 0\.0\.7, whose schema plans have version 0/);
  expect(back.output).toContain('Roll back with Overland 0.0.7. Nothing was changed');
  expect(state()).toEqual(before);
  expect(lab.content()).toBe(content);
});

test('steps whose plans are known go back; the others are refused', async () => {
  const back = await lab.run(['rollback', 'last', '--to', 'model', '--yes']);
  expect(back.code, back.output).toBe(0);
  expect(lab.rows(lab.target, 'SELECT count(*) AS n FROM generic_tasks')).toEqual([{ n: 0 }]);
  expect((await lab.run(['rollback', 'last', '--yes'])).output).toContain('Overland 0.0.7');
});

test('resume and validation are refused in the same words, and leave the run as it is', async () => {
  lab.sql(journal, "UPDATE run SET phase = 'execute', condition = 'paused', outcome = 'cancelled'");
  const before = state();
  for (const command of ['resume', 'validate']) {
    const refused = await lab.run([command, 'last', '--yes']);
    expect(refused.code, refused.output).toBe(1);
    expect(refused.output).toContain('Go on with Overland 0.0.7');
    expect(state()).toEqual(before);
  }
});

test('clean-up, report and status need no plan of a step', async () => {
  expect(await lab.run(['status', 'last'])).toMatchObject({ code: 0 });
  expect(await lab.run(['report', 'last', '--format', 'json'])).toMatchObject({ code: 0 });
  const cleaned = await lab.run(['cleanup', 'last', '--yes']);
  expect(cleaned.code, cleaned.output).toBe(0);
  expect(lab.rows(lab.target, "SELECT name FROM sqlite_schema WHERE name LIKE 'overland_run%'")).toEqual([]);
  expect(existsSync(join(lab.home, 'reports'))).toBe(true);
});
