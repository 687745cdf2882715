import { join } from 'node:path';
import type { RunBundle } from '../run/bundle-of-run.ts';
import type { EngineContext } from '../run/engine-context.ts';
import type { RunRecord } from '../run/journal/rows.ts';
import { SessionPool } from '../run/session-pool.ts';
import { readEnv } from '../run/step-env.ts';
import type { StoredPlan } from '../run/stored-plan.ts';
import { withResource } from '../run/with-resource.ts';

/** By target, the objects that the run may change; null for all that it holds. */
export type ProtectedObjects = ReadonlyMap<string, readonly string[] | null>;

type Parts = {
  readonly context: EngineContext;
  readonly run: RunRecord;
  readonly plan: StoredPlan;
  readonly bundle: RunBundle;
  readonly signal: AbortSignal;
};

/** What the steps of the plan may change. A target that a step writes without saying where is protected whole. Reads only. */
export async function protectedObjects({ context, run, plan, bundle, signal }: Parts): Promise<ProtectedObjects> {
  const objects = new Map<string, Set<string> | null>();
  const scratch = join(context.environment.paths.scratch, run.id, 'protect');
  const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', scratch, signal);
  await withResource(pool, async () => {
    const env = readEnv({ context, run, bundle, pool, scratch, signal, report: () => undefined });
    for (const stored of plan.steps) {
      const kind = context.kinds.get(stored.kind);
      if (!kind?.protects) {
        for (const name of stored.writes) objects.set(name, null);
        continue;
      }
      await context.environment.fs.makeFolder(scratch);
      for await (const { connection, object } of kind.protects(stored.plan, stored, env)) {
        const known = objects.get(connection);
        if (known === undefined) objects.set(connection, new Set([object]));
        else known?.add(object);
      }
    }
  });
  await context.environment.fs.remove(scratch);
  // A target that no step changes for certain has nothing to protect.
  return new Map(plan.targets.map((name) => [name, listed(objects.get(name))]));
}

function listed(objects: ReadonlySet<string> | null | undefined): readonly string[] | null {
  return objects === null ? null : [...(objects ?? [])].sort();
}
