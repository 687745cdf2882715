import { OverlandError } from '#shared/model/error.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { handOverFolderWithoutPoint } from '../../run/hand-over.ts';
import { removeScratch } from '../../run/remove-scratch.ts';
import { findRun, holderOf } from '../../run/run-lock.ts';
import { keepReport } from './report-of-run.ts';

/**
 * Deletes a run and its replays from the journal; the report of one that wrote stays in the data folder. Refused with LOCKED while somebody
 * works on it, and with WRONG_STATE while it could still be rolled back or its traces are in the target.
 */
export async function removeRun(context: EngineContext, runId: string): Promise<void> {
  const { environment, journal } = context;
  const run = findRun(context, runId);
  const holder = holderOf(run, environment.identity);
  if (run.holder !== null && holder.alive !== 'no') {
    throw new OverlandError('LOCKED', `Run ${runId} is being worked on by ${holder.person} on ${holder.machine}.`, {
      holder,
    });
  }
  if (run.parent_run !== null) {
    throw new OverlandError(
      'WRONG_STATE',
      `Run ${runId} is a replay: what it wrote belongs to run ${run.parent_run}, and it is deleted with that.`,
      { phase: run.phase, condition: run.condition, allowed: [] },
      { advice: `Clean up and delete run ${run.parent_run}.` },
    );
  }
  const wrote = journal.runs.phases(runId).some((phase) => phase.phase === 'execute' && phase.result !== 'refused');
  const points = journal.points.ofRun(runId);
  const kept: string[] = [];
  for (const point of points) {
    if (point.state !== 'expired' && (await environment.fs.exists(point.location))) kept.push(point.location);
  }
  if (wrote && run.cleaned_at === null) {
    const canGoBack = kept.length > 0 && run.outcome !== 'rolled_back';
    throw new OverlandError(
      'WRONG_STATE',
      canGoBack
        ? `Run ${runId} can still be rolled back; without its journal it could not.`
        : `Tables of run ${runId} are still in its target; without its journal they could not be told from others.`,
      { phase: run.phase, condition: run.condition, allowed: canGoBack ? ['rollback', 'cleanup'] : ['cleanup'] },
      { advice: 'Clean up first, then delete the run.' },
    );
  }
  if (wrote) await keepReport(context, runId);
  // A point that the clean-up kept was kept on purpose, and RESTORE.md in it needs no journal; one of a run that never wrote
  // protects nothing.
  if (!wrote) for (const location of kept) await environment.fs.remove(location);
  await environment.fs.remove(await handOverFolderWithoutPoint(context, runId));
  await removeScratch(context, runId);
  journal.runs.remove(runId);
}
