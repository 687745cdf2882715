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

it('replays go in the order of the steps: what one brings in, the next finds; all of it goes back with the run', async () => {
  const rules = [
    'steps.breakdowns.reject[0].when="=false"',
    'steps.breakdowns.into.generic_tasks.set.title="No description"',
  ];
  const { stdout } = await bench.run(...replay, ...rules.flatMap((rule) => ['--rule', rule]));
  const { replays } = JSON.parse(stdout) as { replays: { step: string; code: string; replayed: number }[] };
  expect([...new Set(replays.map((one) => one.step))]).toEqual(['breakdowns', 'subtasks', 'dependencies']);
  const brought = new Map(replays.map((one) => [one.code, one.replayed]));
  expect(brought.get('description_empty')).toBeGreaterThan(0);
  expect(brought.get('parent_missing')).toBeGreaterThan(0);
  expect(await bench.run('rollback', 'last', '--yes')).toMatchObject({ code: 0 });
  expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
});
