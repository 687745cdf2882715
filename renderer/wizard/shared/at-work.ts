import type { RunSnapshot } from '#shared/contract/run.ts';

/** An engine works on the present phase of the run now. A run found running with nobody behind it is not at work. */
export function isAtWork({ condition, interrupted }: RunSnapshot): boolean {
  return !interrupted && (condition === 'running' || condition === 'pausing' || condition === 'stopping');
}
