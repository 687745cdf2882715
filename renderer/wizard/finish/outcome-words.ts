import type { Outcome } from '#shared/model/run.ts';
import type { Severity } from '../../ui/severity-icon.tsx';
import type { State } from '../../ui/state-icon.tsx';

type OutcomeWords = { readonly word: string; readonly severity: Severity; readonly state: State };

/** An outcome as word, severity and sign, the same on every screen. */
export const outcomeWords: Readonly<Record<Outcome, OutcomeWords>> = {
  completed: { word: 'Completed', severity: 'ok', state: 'completed' },
  completed_with_quarantine: { word: 'Completed with quarantine', severity: 'warning', state: 'attention' },
  validation_failed: { word: 'Validation failed', severity: 'error', state: 'attention' },
  failed: { word: 'Failed', severity: 'error', state: 'failed' },
  cancelled: { word: 'Cancelled', severity: 'warning', state: 'skipped' },
  rolled_back: { word: 'Rolled back', severity: 'info', state: 'rolled_back' },
  rollback_incomplete: { word: 'Rollback incomplete', severity: 'error', state: 'failed' },
};
