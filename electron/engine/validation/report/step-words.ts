import type { FinishView } from '#shared/contract/history.ts';
import { counted, figure } from '#shared/model/figures.ts';
import type { Outcome } from '#shared/model/run.ts';
import type { StepFacts } from './run-facts.ts';

export type EndState = FinishView['steps'][number]['state'];

/** How a step ended, as icon and word: not reached is not failed. */
export function stepState({ record, setAside }: StepFacts, outcome: Outcome | null): EndState {
  switch (record.state) {
    case 'completed':
      return setAside > 0 ? 'attention' : 'completed';
    case 'failed':
    case 'undo_diverged':
      return 'failed';
    case 'skipped':
      return 'skipped';
    case 'undone':
      return 'rolled_back';
    case 'loading':
    case 'settling':
    case 'undoing':
      return outcome === null ? 'pending' : 'attention';
    case 'pending':
      return 'pending';
  }
}

/** The same in words, with what the target holds of a step that stopped part-way. */
export function stepStateWords({ record, counts, setAside }: StepFacts, state: EndState): string {
  switch (state) {
    case 'completed':
      return 'Completed';
    case 'attention':
      if (record.state !== 'completed') return `Stopped part-way, ${partly(counts?.accepted ?? 0)}`;
      return `Completed, ${figure(setAside)} set aside`;
    case 'failed':
      if (record.state === 'undo_diverged') return 'Not undone: rows were changed by others';
      return `Failed, ${partly(counts?.accepted ?? 0)}`;
    case 'skipped':
      return 'Skipped';
    case 'rolled_back':
      return 'Rolled back';
    case 'pending':
      return record.state === 'pending' ? 'Not reached' : 'Under way';
  }
}

function partly(accepted: number): string {
  return accepted === 0 ? 'nothing of it written' : `${counted(accepted, 'record')} written`;
}
