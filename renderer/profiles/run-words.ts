import type { RunRow } from '#shared/contract/history.ts';
import type { Outcome, Phase } from '#shared/model/run.ts';
import { runHref, type ScreenName } from '../app/routes.ts';
import type { State } from '../ui/state-icon.tsx';

export const phaseWords: Readonly<Record<Phase, string>> = {
  plan: 'Plan',
  backup: 'Backup',
  dry_run: 'Dry run',
  execute: 'Execute',
  validate: 'Validate',
  rollback: 'Rollback',
  cleanup: 'Clean-up',
};

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  completed: 'Completed',
  completed_with_quarantine: 'Completed with quarantine',
  validation_failed: 'Validation found errors',
  failed: 'Failed',
  cancelled: 'Cancelled',
  rolled_back: 'Rolled back',
  rollback_incomplete: 'Rollback incomplete',
};

const outcomeStates: Readonly<Record<Outcome, State>> = {
  completed: 'completed',
  completed_with_quarantine: 'attention',
  validation_failed: 'attention',
  failed: 'failed',
  cancelled: 'skipped',
  rolled_back: 'rolled_back',
  rollback_incomplete: 'failed',
};

type Standing = Pick<RunRow, 'phase' | 'condition' | 'interrupted' | 'outcome'>;

/** How a run stands, as icon and words. An open run says its phase. */
export function runStanding(run: Standing): { state: State; words: string } {
  const phase = phaseWords[run.phase];
  if (run.interrupted) return { state: 'attention', words: `Interrupted in ${phase}` };
  if (run.outcome) return { state: outcomeStates[run.outcome], words: outcomeWords[run.outcome] };
  switch (run.condition) {
    case 'running':
    case 'pausing':
    case 'stopping':
      return { state: 'running', words: `${phase} is running` };
    case 'paused':
      return { state: 'paused', words: `Paused in ${phase}` };
    case 'failed':
      return { state: 'failed', words: `${phase} failed` };
    case 'done':
      return { state: 'attention', words: `Open after ${phase}` };
    case 'idle':
      return { state: 'pending', words: `Open before ${phase}` };
  }
}

const screens: Readonly<Record<Phase, ScreenName>> = {
  plan: 'plan',
  backup: 'backup',
  dry_run: 'dry-run',
  execute: 'execute',
  validate: 'validate',
  rollback: 'rollback',
  cleanup: 'finish',
};

/** The screen on which a run is continued, or looked at when it has ended. */
export function standingHref(run: Standing & { runId: string }): string {
  const ended = run.outcome !== null && !run.interrupted && run.phase !== 'rollback';
  return runHref(run.runId, ended ? 'finish' : screens[run.phase]);
}
