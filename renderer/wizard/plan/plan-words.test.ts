import { describe, expect, it } from 'vitest';
import { plan, planWithConsent } from '../../testing/fixtures/plan.ts';
import { makeSnapshot } from '../../testing/fixtures/run.ts';
import { createFormat } from '../../ui/format/format.ts';
import { planLead, planTitle, spaceByPlace } from './plan-words.ts';

const format = createFormat({ numberFormat: '1,234,567.8', timeZone: 'utc' });
const now = Date.parse('2026-11-20T02:09:00Z');

describe('the words of a plan', () => {
  it('name what cannot be undone, and say when nothing was measured', () => {
    expect(planTitle(planWithConsent, format)).toBe('5 steps, about 3 s (2 to 5). One of them cannot be undone');
    expect(planTitle({ ...plan, estimate: null }, format)).toBe(
      '4 steps, time not measured. All of them can be undone',
    );
  });

  it('add up what is needed at one place', () => {
    const [space] = plan.space;
    if (!space) throw new Error('The fixture needs space');
    expect(spaceByPlace([space, { ...space, neededBytes: 2_000_000, purpose: 'backup' }])).toEqual([
      { where: space.where, neededBytes: 40_000_000, freeBytes: space.freeBytes },
    ]);
  });

  it('hold the end against the window, and say nothing of a window that there is not', () => {
    const late = { ...plan, estimate: { low: 9000, likely: 10_800, high: 12_000, basis: '' } };
    expect(planLead(late, makeSnapshot(), format, now)).toContain('ends about 05:09, 9 min after the window closes');
    expect(planLead(plan, makeSnapshot({ window: null }), format, now)).not.toContain('window');
  });
});
