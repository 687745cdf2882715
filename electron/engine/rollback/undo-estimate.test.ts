import { expect, test } from 'vitest';
import { latestRollback, undoEstimate } from './undo-estimate.ts';

const closes = new Date('2026-11-20T05:00:00.000Z');

test('the latest rollback leaves the time that undo takes at its slowest, and is a whole minute', () => {
  // 9,000,000 rows at 50,000 a second are 180 s.
  expect(undoEstimate(9_000_000)).toMatchObject({ low: 45, likely: 90, high: 180 });
  expect(latestRollback(closes, 9_000_000)?.toISOString()).toBe('2026-11-20T04:57:00.000Z');
  expect(latestRollback(closes, 1)?.toISOString()).toBe('2026-11-20T04:59:00.000Z');
});

test('more rows never leave more time', () => {
  const times = [1, 10_000, 5_000_000, 50_000_000].map((rows) => latestRollback(closes, rows)!.getTime());
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('without rows there is nothing to decide', () => {
  expect(latestRollback(closes, 0)).toBeNull();
});
