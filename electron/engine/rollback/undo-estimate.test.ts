import { expect, test } from 'vitest';
import { latestRollback, type RollbackWork, rollbackEstimate, undoEstimate } from './undo-estimate.ts';

const closes = new Date('2026-11-20T05:00:00.000Z');
const nothingKnown: RollbackWork = { rows: 0, rowsPerSecond: null, server: false, savedInSeconds: null };

function latest(work: Partial<RollbackWork>): string | undefined {
  return latestRollback(closes, rollbackEstimate({ ...nothingKnown, ...work }))?.toISOString();
}

test('the latest rollback leaves the time that undo takes at its slowest, and is a whole minute', () => {
  // 9,000,000 rows at 50,000 a second are 180 s.
  expect(undoEstimate(9_000_000)).toMatchObject({ low: 45, likely: 90, high: 180 });
  expect(latest({ rows: 9_000_000 })).toBe('2026-11-20T04:57:00.000Z');
  expect(latest({ rows: 1 })).toBe('2026-11-20T04:59:00.000Z');
});

test('what was measured decides: the speed of an earlier rollback, and what saving the point took', () => {
  // Half of 10,000 rows a second: 1,800 s.
  expect(latest({ rows: 9_000_000, rowsPerSecond: 10_000 })).toBe('2026-11-20T04:30:00.000Z');
  // Twice the ten minutes of the backup, and the 180 s.
  expect(latest({ rows: 9_000_000, savedInSeconds: 600 })).toBe('2026-11-20T04:37:00.000Z');
  expect(latest({ rows: 9_000_000, server: true })).toBe('2026-11-20T04:45:00.000Z');
  expect(rollbackEstimate({ ...nothingKnown, rows: 1, savedInSeconds: 600 })?.basis).toContain('saved, 10 min');
});

test('more rows never leave more time', () => {
  const times = [1, 10_000, 5_000_000, 50_000_000].map((rows) => Date.parse(latest({ rows })!));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('without rows there is nothing to decide', () => {
  expect(latest({ rows: 0, savedInSeconds: 600 })).toBeUndefined();
});
