import { join } from 'node:path';
import { spoolPrefix } from '../../platform/paths.ts';
import type { EngineContext } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';
import { isInterrupted } from './run-lock.ts';

/** Removes the scratch folders of a run and of its replays, and the spools that nobody needs any more. */
export async function removeScratch(context: EngineContext, runId: string): Promise<void> {
  const { environment, journal } = context;
  for (const id of [runId, ...journal.runs.children(runId).map((child) => child.id)]) {
    await environment.fs.remove(join(environment.paths.scratch, id));
  }
  await removeSpools(context, runId);
}

/**
 * Removes the rows that queries were spooled to. A spool is named by its query and source and may serve several runs, so all
 * stay as long as another run that is at work, or that wrote and was neither rolled back nor cleaned up, may come back to one.
 */
async function removeSpools(context: EngineContext, runId: string): Promise<void> {
  const { environment, journal } = context;
  if (journal.runs.all().some((run) => run.id !== runId && mayComeBack(context, run))) return;
  for (const { name } of await environment.fs.list(environment.paths.scratch)) {
    if (name.startsWith(spoolPrefix)) await environment.fs.remove(join(environment.paths.scratch, name));
  }
}

function mayComeBack(context: EngineContext, run: RunRecord): boolean {
  const atWork = run.holder !== null && !isInterrupted(run, context.environment.identity);
  if (atWork) return true;
  if (run.cleaned_at !== null || run.outcome === 'rolled_back') return false;
  // A replay lives and ends with the run that it belongs to.
  if (run.parent_run !== null) return false;
  return context.journal.runs.phases(run.id).some((phase) => phase.phase === 'execute' && phase.result !== 'refused');
}
