import type { EngineContext } from '../run/engine-context.ts';
import type { StoredReplay } from '../run/replay.ts';
import type { StoredPlan, StoredStep } from '../run/stored-plan.ts';

/** Why a rollback cannot end at the state after this step; null when it can. */
export function cannotStopAt(context: EngineContext, runId: string, plan: StoredPlan, to: string): string | null {
  const index = plan.steps.findIndex((step) => step.id === to);
  const later = plan.steps.slice(index + 1);
  const restored = later.find((step) => step.undo === 'restore');
  if (restored) return `Step ${restored.id} is undone by restoring the whole rollback point, which leaves no step out.`;
  const kept = new Set(plan.steps.slice(0, index + 1).map((step) => step.id));
  for (const replay of standingReplays(context, runId)) {
    if (!kept.has(replay.step)) continue;
    // A step is undone by reading its records again: it would find by its lookups what the replay wrote after it.
    const above = later.find((step) => restsOn(plan.steps, step, replay.step));
    if (above)
      return `Replay ${replay.id} wrote records of ${replay.step} after ${above.id} had run, so ${above.id} cannot be undone alone.`;
  }
  return null;
}

/** Replays whose rows are in the target. */
function standingReplays({ journal }: EngineContext, runId: string): { id: string; step: string }[] {
  return journal.runs.children(runId).flatMap(({ id }) => {
    const replay = journal.runs.document<StoredReplay>(id, 'replay');
    const stands = journal.work.steps(id).some((step) => step.state !== 'pending' && step.state !== 'undone');
    return replay && stands ? [{ id, step: replay.step }] : [];
  });
}

function restsOn(steps: readonly StoredStep[], step: StoredStep, on: string): boolean {
  return step.needs.some((id) => {
    const needed = steps.find((one) => one.id === id);
    return id === on || (needed !== undefined && restsOn(steps, needed, on));
  });
}
