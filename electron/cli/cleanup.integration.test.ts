import { existsSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
const bundle = bench.path('sample');
afterAll(() => bench.remove());

it('a run that has not ended is not cleaned up, and why is said', async () => {
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '20');
  expect(await bench.run('plan', bundle)).toMatchObject({ code: 0 });
  const { code, stderr } = await bench.run('cleanup', 'last', '--yes');
  expect(code).toBe(2);
  expect(stderr).toMatch(/cannot be cleaned up now\. Possible/);
});

it('the rollback point is kept unless it is asked for, and the list says so', async () => {
  expect(await bench.run('run', bundle, '--yes')).toMatchObject({ code: 0 });
  const kept = await bench.run('cleanup', 'last', '--yes');
  expect(kept.code).toBe(0);
  const [, point] = /Rollback point: (\S+), .*, kept$/m.exec(kept.stdout) ?? [];
  expect(existsSync(point ?? '')).toBe(true);
  const again = await bench.run('cleanup', 'last');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing else left to remove')]);
  expect(existsSync(point ?? '')).toBe(true);
  const removed = await bench.run('cleanup', 'last', '--remove-point', '--yes');
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining(`Rollback point: ${point}`)]);
  expect(existsSync(point ?? '')).toBe(false);
  const last = await bench.run('cleanup', 'last', '--remove-point');
  expect([last.code, last.stdout]).toEqual([0, expect.stringContaining('nothing left to remove')]);
});
