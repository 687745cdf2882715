import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import type { Reject, Value } from '#shared/model/value.ts';
import type { ProfileChange } from '../profile/apply-changes.ts';
import { profileName } from '../profile/load-profile.ts';
import { MappingDoesNotCompile } from '../values/mapping-error.ts';
import { bundleOfRun } from './bundle-of-run.ts';
import type { EngineContext } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';
import { SessionPool } from './session-pool.ts';
import { readEnv } from './step-env.ts';
import { type StoredPlan, storedPlan } from './stored-plan.ts';
import { withResource } from './with-resource.ts';

export type Amendment = { readonly step: string; readonly changes: readonly ProfileChange[] };

export type Amended = {
  /** The run's plan with the one step, under the changed rules. */
  readonly plan: StoredPlan;
  /** What the records would be set aside for under these rules; in memory, nothing is written. */
  readonly rejects: readonly Reject[];
};

/**
 * The plan of a run under changed rules, compiled against both ends: rules that do not compile are refused here with
 * INVALID_INPUT, before any run is made that would have to be undone under them.
 */
export async function amendPlan(
  context: EngineContext,
  run: RunRecord,
  { step: id, changes }: Amendment,
  records: readonly ReadonlyMap<string, Value>[],
  signal: AbortSignal,
): Promise<Amended> {
  const plan = storedPlan(context, run.id);
  const bundle = await bundleOfRun(context, run, changes);
  const stored = plan.steps.find((step) => step.id === id);
  const step = bundle.profile.steps.find((one) => one.id === id);
  if (!stored || !step)
    throw new OverlandError('NOT_FOUND', `The plan has no step "${id}".`, { what: 'step', name: id });
  if (bundle.hash !== plan.bundleHash) throw changedBundle(plan.bundleHash, bundle.hash);
  const amended = step.kind.amend?.(stored.plan, step.spec) ?? null;
  const { retry } = step.kind;
  if (amended === null || !retry) throw notReplayable(id, changes);
  const { environment } = context;
  const scratch = join(environment.paths.scratch, run.id, `try-${environment.random.id(8)}`);
  await environment.fs.makeFolder(scratch);
  try {
    const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', scratch, signal);
    const rejects = await withResource(pool, () =>
      retry(
        amended,
        stored,
        records,
        readEnv({ context, run, bundle, pool, scratch, signal, report: () => undefined }),
      ),
    );
    return { plan: { ...plan, steps: [{ ...stored, plan: amended }] }, rejects };
  } catch (error) {
    throw error instanceof MappingDoesNotCompile ? notCompiled(id, error) : error;
  } finally {
    await environment.fs.remove(scratch);
  }
}

function changedBundle(inPlan: string, now: string): OverlandError {
  const difference = {
    what: 'bundle',
    inPlan: inPlan.slice(0, 16),
    now: now.slice(0, 16),
    same: false,
    note: 'changed',
  };
  return new OverlandError('PLAN_STALE', 'The bundle changed after the plan was accepted.', {
    differences: [difference],
  });
}

function notReplayable(id: string, changes: readonly ProfileChange[]): OverlandError {
  const message = `Step ${id} cannot be replayed with these changes: only rules, maps and set values may differ.`;
  const keys = changes.length > 0 ? changes.map((change) => change.key) : [`steps.${id}`];
  return new OverlandError('INVALID_INPUT', message, {
    problems: keys.map((key) => ({ file: profileName, line: null, column: null, key, message, advice: null })),
  });
}

function notCompiled(id: string, { problems }: MappingDoesNotCompile): OverlandError {
  return new OverlandError('INVALID_INPUT', `The changed rules of step ${id} do not compile. Nothing was replayed.`, {
    problems: problems.map(({ key, message, advice }) => ({
      file: profileName,
      line: null,
      column: null,
      key,
      message,
      advice,
    })),
  });
}
