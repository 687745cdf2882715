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
      return snapshot.reconciled ? 'recovered' : 'paused';
    case 'failed':
      return snapshot.outcome === 'cancelled' ? 'cancelled' : 'failed';
    case 'done':
      return snapshot.outcome === 'cancelled' ? 'cancelled' : 'done';
  }
}

/** Execution has not begun, or everything it did has been rolled back and it may begin again. */
function isReady({ phase, condition, outcome }: RunSnapshot): boolean {
  if (phase === 'plan' || phase === 'backup' || phase === 'dry_run') return true;
  return phase === 'rollback' && condition === 'done' && outcome === 'rolled_back';
}

/** The step that work is at: the one that is neither done nor waiting, else the first that waits, else the last. */
export function currentStep(steps: readonly StepProgress[]): StepProgress | undefined {
  const idle = new Set(['completed', 'pending', 'skipped']);
  return steps.find((step) => !idle.has(step.state)) ?? steps.find((step) => step.state === 'pending') ?? steps.at(-1);
}
