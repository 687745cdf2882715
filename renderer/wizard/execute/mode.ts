import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';

/** What the Execute screen is about, from the engine's snapshot and whether the engine answers. */
export type ExecuteMode =
  | 'lost'
  | 'refused'
  | 'interrupted'
  | 'ready'
  | 'running'
  | 'about_to_stop'
  | 'stopping'
  | 'paused'
  | 'recovered'
  | 'failed'
  | 'cancelled'
  | 'done';

export function executeMode(snapshot: RunSnapshot, engineLost: boolean): ExecuteMode {
  if (engineLost) return 'lost';
  if (snapshot.refused) return 'refused';
  if (snapshot.phase !== 'execute') return isReady(snapshot) ? 'ready' : 'done';
  if (snapshot.interrupted) return 'interrupted';
  switch (snapshot.condition) {
    case 'idle':
      return 'ready';
    case 'running':
      return snapshot.aboutToStop ? 'about_to_stop' : 'running';
    case 'pausing':
    case 'stopping':
      return 'stopping';
    case 'paused':
      if (snapshot.outcome === 'cancelled') return 'cancelled';
      return snapshot.reconciled ? 'recovered' : 'paused';
    case 'failed':
      // A refusal that no longer stands in the way leaves neither failure nor outcome: nothing was written.
      return snapshot.failure || snapshot.outcome ? 'failed' : 'ready';
    case 'done':
      return 'done';
  }
}

/** Execution has not begun, or everything it did has been rolled back and it may begin again. */
function isReady({ phase, condition, outcome }: RunSnapshot): boolean {
  if (phase === 'plan' || phase === 'backup' || phase === 'dry_run') return true;
  return phase === 'rollback' && condition === 'done' && outcome === 'rolled_back';
}

/** The step that work is at: the one that is neither done nor waiting, else the first that waits, else the last. */
export function currentStep(steps: readonly StepProgress[]): StepProgress | undefined {
  const atWork = (step: StepProgress) => step.state !== 'pending' && !isFinished(step);
  return steps.find(atWork) ?? steps.find((step) => step.state === 'pending') ?? steps.at(-1);
}

/** Nothing more is done in this step. A finished step that set records aside keeps the sign of attention. */
export function isFinished(step: StepProgress): boolean {
  if (step.state === 'attention') return step.total === null || step.done >= step.total;
  return step.state === 'completed' || step.state === 'skipped' || step.state === 'rolled_back';
}
