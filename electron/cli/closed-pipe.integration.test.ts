import { afterAll, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
afterAll(() => bench.remove());

it('a reader that goes away does not end the run: it is completed, and the exit code is true', async () => {
  const bundle = bench.path('sample');
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '400', '--dirty');
  const started = bench.start('run', bundle, '--yes');
  await started.saw('dry run');
  started.process.stdout?.destroy();
  started.process.stderr?.destroy();
  expect((await started.ended).code).toBe(3);
  const status = JSON.parse((await bench.run('status', 'last', '--json')).stdout);
  expect(status.snapshot).toMatchObject({ phase: 'validate', interrupted: null, outcome: 'completed_with_quarantine' });
});
