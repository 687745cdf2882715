import { expect, test } from 'vitest';
import { newLiveStep, Progress } from './progress.ts';

test('the rate is that of the step at work, from its first sample on', () => {
  let now = 0;
  const progress = new Progress(() => now);
  const first = newLiveStep({ id: 'first', ord: 1, kind: 'records' });
  const second = newLiveStep({ id: 'second', ord: 2, kind: 'records' });
  progress.beginPhase([first, second]);
  progress.beginStep(first);
  for (now = 500; now <= 3_000; now += 500) progress.handled(1_000);
  expect(progress.currentRate()).toBe(2_000);
  now = 10_000;
  progress.beginStep(second);
  expect(progress.currentRate()).toBeNull();
  expect(progress.rate).toEqual([]);
  now = 10_500;
  progress.handled(50);
  expect(progress.currentRate()).toBe(100);
  expect(second).toMatchObject({ state: 'running', startedAt: 10_000, endedAt: null });
});
