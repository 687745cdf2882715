import { describe, expect, test } from 'vitest';
import { bySeverity } from './severity.ts';
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

  test('sorts the worst first', () => {
    const found = (['info', 'critical', 'warning', 'info'] as const).map((severity) => ({ severity }));
    expect(found.toSorted(bySeverity).map((one) => one.severity)).toEqual(['critical', 'warning', 'info', 'info']);
  });
});
