import { figure } from '#shared/model/figures.ts';
import type { LiveStep } from './progress.ts';

/**
 * The sentence for a step that has set aside more than its limit allows, else null. It is reached when the share of the
 * whole step is certain to exceed the limit, so a bad start of a long table does not stop what would end well.
 */
export function quarantineLimitReached(
  share: number | null,
  step: Pick<LiveStep, 'id' | 'unit' | 'setAside' | 'done' | 'total'>,
): string | null {
  if (share === null || step.setAside === 0) return null;
  const of = Math.max(step.total ?? step.done, step.done);
  if (step.setAside <= of * share) return null;
  return `${step.id}: ${figure(step.setAside)} of ${figure(of)} ${step.unit} are set aside, more than the limit of ${percent(share)}`;
}

/** Seconds until the limit is reached at the rate so far; null when it will not be. */
export function secondsToLimit(
  share: number | null,
  step: Pick<LiveStep, 'setAside' | 'done' | 'total'>,
  elapsedSeconds: number,
): number | null {
  if (share === null || step.total === null || step.setAside === 0 || step.done === 0 || elapsedSeconds <= 0)
    return null;
  const limit = step.total * share;
  const expected = (step.setAside / step.done) * step.total;
  if (expected <= limit) return null;
  return Math.max(0, (limit - step.setAside) / (step.setAside / elapsedSeconds));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2).replace(/\.?0+$/, '')} %`;
}
