import { join } from 'node:path';
import type { RollbackView } from '#shared/contract/rollback.ts';
import { type Finding, isError } from '#shared/model/finding.ts';
import type { ProtectedItem } from '../../drivers/relational.ts';
import type { RunBundle } from '../run/bundle-of-run.ts';
import type { EngineContext } from '../run/engine-context.ts';
import type { ActivePhase } from '../run/run-manager.ts';
import type { SessionPool } from '../run/session-pool.ts';
import type { StoredPlan } from '../run/stored-plan.ts';
import { targetsOf } from './backup.ts';
import type { RollbackRequest } from './request.ts';

export type Proof = RollbackView['proof'];

/** Drops our tables from every target, for the run and its replays. */
export async function leaveTargets(plan: StoredPlan, pool: SessionPool, runIds: readonly string[]): Promise<void> {
  for (const name of plan.targets) {
    const session = await pool.session(name);
    for (const runId of runIds) await session.control.leave(runId);
  }
}

/** Content is as it was, so that the saved bytes may take its place; the driver compares before and after. */
export async function restoreTargets(
  context: EngineContext,
  active: ActivePhase,
  plan: StoredPlan,
  bundle: RunBundle,
  request: RollbackRequest,
  diverged: Finding[],
): Promise<Proof> {
  const { journal, environment } = context;
  const point = journal.points.usable(active.runId);
  if (!point) return [];
  const proof: Proof = [];
  const items = journal.points.items(point.id);
  for (const target of await targetsOf(context, bundle, plan.targets)) {
    const own = items.filter((item) => item.connection === target.name).map((item): ProtectedItem => item.item);
    if (own.length === 0) continue;
    const result = await target.driver.restore(
      {
        endpoint: target.endpoint,
        items: own,
        folder: join(point.location, target.name),
        whenOthersWrote: request.diverged === 'export_and_remove' ? 'replace' : 'keep',
        signal: active.control.signal,
      },
      environment,
    );
    diverged.push(...result.findings.filter(isError));
    proof.push(
      ...result.proof.map((line) => ({
        ...line,
        object: `${target.name}: ${line.object}`,
        result: line.before === line.after ? ('same' as const) : ('differs' as const),
      })),
    );
  }
  if (diverged.length === 0) journal.points.change(point.id, { state: 'used' });
  return proof;
}
