import type { RunSnapshot } from '#shared/contract/run.ts';

/** An engine works on the present phase of the run now. A run found running with nobody behind it is not at work. */
export function isAtWork({ condition, interrupted }: RunSnapshot): boolean {
  return !interrupted && (condition === 'running' || condition === 'pausing' || condition === 'stopping');
}

/** The work of a phase as a sentence names it. */
export const workWords: Readonly<Record<RunSnapshot['phase'], string>> = {
  plan: 'the analysis',
  backup: 'the backup',
  dry_run: 'the dry run',
  execute: 'the execution',
  validate: 'the validation',
  rollback: 'the rollback',
  cleanup: 'the clean-up',
};
