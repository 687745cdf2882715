import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
const bundle = bench.path('sample');
const replay = ['quarantine', 'last', '--replay', '--yes', '--json'];

beforeAll(async () => {
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '1000', '--dirty');
  expect(await bench.run('run', bundle, '--yes')).toMatchObject({ code: 3 });
});
afterAll(() => bench.remove());

it.each([
  'maps.stage.on_hold=created',
  'steps.subtasks.reject[1].when="=row.titel == null"',
  'steps.subtasks.source.table="other"',
  'nonsense',
])('--rule %s is refused before any replay begins', async (rule) => {
  const { code, stdout } = await bench.run(...replay, '--rule', rule);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.code).toBe('USAGE');
  expect(JSON.parse((await bench.run('status', '--json')).stdout).total).toBe(1);
});

it('one replay a step, in their order: what one brings in, the next finds; all of it goes back with the run', async () => {
  const rules = [
    'steps.breakdowns.reject[0].when="=false"',
    'steps.breakdowns.into.generic_tasks.set.title="No description"',
  ];
  const { stdout } = await bench.run(...replay, ...rules.flatMap((rule) => ['--rule', rule]));
  const { replays } = JSON.parse(stdout) as { replays: { step: string; code: string | null; replayed: number }[] };
  expect(replays.map((one) => [one.step, one.code])).toEqual([
    ['breakdowns', null],
    ['subtasks', null],
    ['dependencies', null],
  ]);
  const { reasons } = JSON.parse((await bench.run('quarantine', 'last', '--json')).stdout).summary as {
    reasons: { code: string; count: number; open: number }[];
  };
  for (const code of ['description_empty', 'parent_missing']) {
    const reason = reasons.find((one) => one.code === code);
    expect(reason?.open, code).toBeLessThan(reason?.count ?? 0);
  }
  expect(replays.every((one) => one.replayed > 0)).toBe(true);
  expect(await bench.run('rollback', 'last', '--yes')).toMatchObject({ code: 0 });
  expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
});
