import { join } from 'node:path';
import { fingerprintAll } from '../plan/analyse.ts';
import { differencesOf } from '../plan/stale.ts';
import { bundleOfRun } from './bundle-of-run.ts';
import { findRun } from './run-lock.ts';
import type { RunManager } from './run-manager.ts';
import { SessionPool } from './session-pool.ts';
import { storedPlan } from './stored-plan.ts';
import { withResource } from './with-resource.ts';

/** Looks again at what stood in the way of a refused phase; reads only. What no longer holds is cleared. */
export async function recheck(manager: RunManager, runId: string): Promise<void> {
  const { context } = manager;
  const refused = manager.refused(runId);
  if (!refused || manager.active(runId)) return;
  if (refused.kind !== 'changed') return manager.setRefused(runId, null);
  const plan = storedPlan(context, runId);
  const bundle = await bundleOfRun(context, findRun(context, runId));
  const scratch = join(context.environment.paths.scratch, runId, 'recheck');
  await context.environment.fs.makeFolder(scratch);
  const { signal } = new AbortController();
  const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', scratch, signal);
  const now = await withResource(pool, () => fingerprintAll(bundle, pool, plan.watched ?? {}, signal));
  await context.environment.fs.remove(scratch);
  const differences = differencesOf(plan.fingerprints, now);
  manager.setRefused(runId, differences.every((one) => one.same) ? null : { kind: 'changed', differences });
}
