import { assertNever } from '#shared/model/error.ts';
import type { Phase, UndoMode } from '#shared/model/run.ts';

const phases: Readonly<Record<Phase, string>> = {
  plan: 'Plan',
  backup: 'Backup',
  dry_run: 'Dry run',
  execute: 'Execute',
  validate: 'Validate',
  rollback: 'Rollback',
  cleanup: 'Clean-up',
};

export function phaseName(phase: Phase): string {
  return phases[phase];
}

/** Where a consent was given. */
export function viaWords(via: string): string {
  switch (via) {
    case 'screen':
      return 'in the wizard';
    case 'terminal':
      return 'at a terminal';
    case 'flag':
      return 'by a flag of the command line';
    default:
      return via;
  }
}

export function undoWords(undo: UndoMode): string {
  switch (undo) {
    case 'transaction':
      return 'Within the transaction';
    case 'down':
      return 'Down scripts';
    case 'delete_written':
      return 'Deletes exactly the rows that were written';
    case 'drop_created':
      return 'Drops what was created';
    case 'preimages':
      return 'Brings back what was there';
    case 'restore':
      return 'Restores the rollback point';
    case 'move_back':
      return 'Moves back';
    case 'none':
      return 'Cannot be undone';
    default:
      return assertNever(undo, 'undo mode');
  }
}
