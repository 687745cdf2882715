import { join } from 'node:path';
import { bundleOfRun } from './bundle-of-run.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { handOverFolderWithoutPoint } from './hand-over.ts';
import { removeScratch } from './remove-scratch.ts';
import { findRun } from './run-lock.ts';
import type { ActivePhase, PhaseEnd } from './run-manager.ts';
import { SessionPool } from './session-pool.ts';
import { planHeads } from './stored-plan.ts';
import { withResource } from './with-resource.ts';

/** The clean-up phase: stores the report first, then removes our tables, scratch and, when told, the rollback point. */
export async function cleanup(context: EngineContext, active: ActivePhase, removePoint: boolean): Promise<PhaseEnd> {
  const { runId, control, event } = active;
  const { environment, journal } = context;
  const run = findRun(context, runId);
  active.progress.beginPhase([]);
  await context.storeReport?.(runId);
  const plan = planHeads(context, runId);
  const bundle = await bundleOfRun(context, run);
  const scratch = join(environment.paths.scratch, runId);
  const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'write', scratch, control.signal);
  await environment.fs.makeFolder(scratch);
  await withResource(pool, async () => {
    for (const name of plan.targets) {
      const connection = pool.connection(name);
      const exists = await pool.driver(connection).exists?.(await pool.endpoint(connection), environment);
      if (exists === false) continue;
      await (await pool.session(name)).control.leave(runId);
    }
  });
  await removeScratch(context, runId);
  // The targets hold nothing any more that it could explain.
  await environment.fs.remove(await handOverFolderWithoutPoint(context, runId));
  if (removePoint) {
    for (const point of journal.points.ofRun(runId)) {
      await environment.fs.remove(point.location);
      journal.points.change(point.id, { state: 'expired' });
    }
  }
  journal.runs.change(runId, { cleaned_at: nowText(context) });
  event({
    severity: 'info',
    code: 'cleaned',
    step: null,
    text: removePoint ? 'Cleaned up; the rollback point was removed' : 'Cleaned up; the rollback point is kept',
  });
  return { result: 'cleaned', condition: 'done' };
}
