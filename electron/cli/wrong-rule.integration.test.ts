import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
const bundle = bench.path('sample');
const rule = join(bundle, 'sql/rules/statuses.sql');
const right: { text: string } = { text: '' };

beforeAll(async () => {
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '20');
  right.text = readFileSync(rule, 'utf8');
});
afterAll(() => bench.remove());

it('rules that fit what the steps will make are not found fault with, before the target is there', async () => {
  const { code, stdout } = await bench.run('plan', bundle, '--json');
  expect(code).toBe(0);
  expect(stdout).not.toContain('rule_failed');
});

it('a rule that names a table which the migrations do not make is an error of the plan, with its file and line', async () => {
  writeFileSync(rule, `-- the stages\n${right.text.replaceAll('generic_tasks', 'generic_taskz')}`);
  const run = await bench.run('run', bundle, '--yes', '--json');
  expect([run.code, JSON.parse(run.stdout)]).toMatchObject([1, { ok: false, error: { code: 'FAILED' } }]);
  const { code, stdout } = await bench.run('plan', bundle, '--json');
  const { ok, plan } = JSON.parse(stdout);
  // The document says what `run` would end with, and still has run and plan.
  expect([code, ok]).toEqual([1, false]);
  const finding = plan.findings.find((one: { category: string }) => one.category === 'rule_failed');
  expect(finding).toMatchObject({
    severity: 'error',
    rule: 'rules.statuses_known',
    message: expect.stringContaining('generic_taskz'),
    path: expect.stringMatching(/^sql\/rules\/statuses\.sql(:\d+)?$/),
    suggestion: expect.stringContaining('make the plan again'),
  });
  expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
  writeFileSync(rule, right.text);
});

it('one that only the dry run can find ends the dry run, before anything is written', async () => {
  expect(await bench.run('plan', bundle)).toMatchObject({ code: 0 });
  writeFileSync(rule, right.text.replaceAll('generic_tasks', 'generic_taskz'));
  const { code, stderr } = await bench.run('dry-run', 'last');
  expect(code).toBe(1);
  expect(stderr).toContain('Rule statuses_known could not be run on generic');
  expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
});
