import type { z } from 'zod';
import type { runRow } from '#shared/contract/history.ts';
import type { Phase } from '#shared/model/run.ts';
import type { State } from '../ui/state-icon.tsx';
import { outcomeWords } from '../wizard/finish/outcome-words.ts';

export type RunRow = z.infer<typeof runRow>;

const phases: Readonly<Record<Phase, string>> = {
  plan: 'Plan',
  backup: 'Backup',
  dry_run: 'Dry run',
  execute: 'Execute',
  validate: 'Validate',
  rollback: 'Rollback',
  cleanup: 'Clean-up',
};

/** Outcome of a run as sign and word; a run without one is named by its phase. */
export function runWords(run: RunRow): { readonly state: State; readonly word: string } {
  if (run.interrupted) return { state: 'attention', word: `Interrupted in ${phases[run.phase]}` };
  if (run.outcome) return outcomeWords[run.outcome];
  switch (run.condition) {
    case 'running':
    case 'pausing':
    case 'stopping':
      return { state: 'running', word: `Running ${phases[run.phase]}` };
    case 'paused':
      return { state: 'paused', word: `Paused in ${phases[run.phase]}` };
    case 'failed':
      return { state: 'failed', word: `Failed in ${phases[run.phase]}` };
    case 'idle':
    case 'done':
      return { state: 'pending', word: `Open, after ${phases[run.phase]}` };
  }
}

/** The screen on which a run goes on, or its outcome. */
export function screenOfRun(
  run: RunRow,
): 'plan' | 'backup' | 'dry-run' | 'execute' | 'validate' | 'rollback' | 'finish' {
  if (run.outcome && run.outcome !== 'rollback_incomplete') return 'finish';
  if (run.phase === 'dry_run') return 'dry-run';
  return run.phase === 'cleanup' ? 'finish' : run.phase;
}
