import type { Outcome } from '#shared/model/run.ts';

const names: Readonly<Record<Outcome, string>> = {
  completed: 'Completed',
  completed_with_quarantine: 'Completed with quarantine',
  validation_failed: 'Validation failed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  rolled_back: 'Rolled back',
  rollback_incomplete: 'Rollback incomplete',
};

/** The outcome as a label. */
export function outcomeName(outcome: Outcome | null): string {
  return outcome === null ? 'Open' : names[outcome];
}
