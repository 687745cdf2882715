import { OverlandError } from '#shared/model/error.ts';
import { nextPhases } from '#shared/model/run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { mayBegin } from '../../run/run-manager.ts';

/** Why the run cannot be cleaned up now; null when it can, and when it is. */
export function cleanupWaits(context: EngineContext, run: RunRecord): string | null {
  if (run.cleaned_at !== null) return null;
  if (run.parent_run !== null) return `Done with run ${run.parent_run}, which this replay belongs to`;
  if (run.outcome === 'rollback_incomplete' || halfRolledBack(context, run))
    return 'Possible when the rollback is complete';
  if (run.outcome === 'failed' || run.outcome === 'cancelled') return 'Possible after rollback or resume';
  if (run.outcome === null) return 'Possible when the run has ended';
  return mayBegin(run, 'cleanup', context) ? null : 'Possible after validation';
}

/** Fails with WRONG_STATE and the reason of `cleanupWaits`: what goes on to be needed is not removed, whoever asks. */
export function requireCleanable(context: EngineContext, run: RunRecord): void {
  const waits = cleanupWaits(context, run);
  if (waits === null) return;
  const parent = run.parent_run;
  throw new OverlandError(
    'WRONG_STATE',
    parent === null
      ? `Run ${run.id} cannot be cleaned up now. ${waits}.`
      : `Run ${run.id} is a replay: what it left belongs to run ${parent}, and is cleaned up with that.`,
    { phase: run.phase, condition: run.condition, allowed: parent === null ? [...nextPhases[run.phase]] : [] },
    { advice: parent === null ? `overland status ${run.id} says where it is.` : `Clean up run ${parent}.` },
  );
}

/** A rollback that was cut short before it could say how it ended. One that was refused has changed nothing. */
function halfRolledBack({ journal }: EngineContext, run: RunRecord): boolean {
  if (run.phase !== 'rollback' || run.condition === 'done') return false;
  const attempts = journal.runs.phases(run.id).filter((one) => one.phase === 'rollback');
  return attempts.some((one) => one.result !== 'refused');
}
