import { describe, expect, test } from 'vitest';
import { bySeverity, countBySeverity } from './severity.ts';
import { outcomeAfterValidation, verdict } from './verdict.ts';

describe('verdict', () => {
  test.each([
    [[], true, null],
    [['info', 'warning'], true, 'warning'],
    [['warning', 'error'], false, 'error'],
    [['info', 'critical', 'error'], false, 'critical'],
  ] as const)('%j passes: %s', (found, passed, worst) => {
    expect(verdict(found.map((severity) => ({ severity })))).toEqual({ passed, worst });
  });

  test('validation decides before quarantine', () => {
    expect(outcomeAfterValidation(false, 0)).toBe('validation_failed');
    expect(outcomeAfterValidation(true, 3)).toBe('completed_with_quarantine');
    expect(outcomeAfterValidation(true, 0)).toBe('completed');
  });

  test('sorts the worst first and counts all four', () => {
    const found = (['info', 'critical', 'warning', 'info'] as const).map((severity) => ({ severity }));
    expect(found.toSorted(bySeverity).map((one) => one.severity)).toEqual(['critical', 'warning', 'info', 'info']);
    expect(countBySeverity(found)).toEqual({ critical: 1, error: 0, warning: 1, info: 2 });
  });
});
