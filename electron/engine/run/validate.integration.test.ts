import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CrashLab } from '../../testing/crash-lab.ts';

const lab = new CrashLab();

beforeAll(async () => {
  await lab.init({ tasks: 20, seed: 8 });
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.code, ended.output).toBe(0);
});
afterAll(() => lab.remove());

test('a table that is gone is a critical finding with its step, not an internal error: exit code 3', async () => {
  lab.sql(lab.target, 'DROP TABLE task_dependencies');
  const ended = await lab.run(['validate', 'last']);
  expect(ended.code, ended.output).toBe(3);
  expect(ended.output).toMatch(/critical: What dependencies wrote cannot be compared: .*task_dependencies/);
  expect(ended.output).not.toContain('Internal error');
});

test('a target file that is gone: said in words, exit code 3', async () => {
  rmSync(lab.target);
  const ended = await lab.run(['validate', 'last']);
  expect(ended.code, ended.output).toBe(3);
  expect(ended.output).toMatch(/critical: What subtasks wrote cannot be compared: .*generic_tasks/);
  expect(ended.output).not.toContain('Internal error');
});
