import { type Holder, OverlandError } from '#shared/model/error.ts';
import type { Lease, Session } from '../../drivers/relational.ts';
import { targetText } from '../profile/endpoint.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { findRun } from './run-lock.ts';
import type { ActivePhase } from './run-manager.ts';
import type { SessionPool } from './session-pool.ts';
import type { StoredPlan } from './stored-plan.ts';

const beatMs = 2_000;
const timers = new WeakMap<Lease, NodeJS.Timeout>();

/** One writer: takes the lease of every target and enters the run there under its epoch. Fails with LOCKED and the holder. */
export async function holdTargets(
  context: EngineContext,
  active: ActivePhase,
  plan: StoredPlan,
  pool: SessionPool,
): Promise<Lease[]> {
  const holder = holderNow(context, active);
  const held: Lease[] = [];
  try {
    for (const name of plan.targets) {
      const session = await pool.session(name);
      const answer = await session.lease(leaseName(name), holder);
      if ('heldBy' in answer) throw inUse(name, session, answer.heldBy);
      held.push(answer.held);
      await session.control.enter({ runId: active.runId, epoch: active.epoch }, plan.hash, holder);
      timers.set(answer.held, beat(context, answer.held, active));
    }
    return held;
  } catch (error) {
    await releaseTargets(held);
    throw error;
  }
}

/** Fails with LOCKED when another run is at work on a target; takes nothing and writes nothing. */
export async function refuseHeldTargets(runId: string, plan: StoredPlan, pool: SessionPool): Promise<void> {
  for (const name of plan.targets) {
    const session = await pool.session(name);
    const holder = await session.leaseHolder(leaseName(name));
    if (holder !== null && holder.runId !== runId && holder.alive !== 'no') throw inUse(name, session, holder);
  }
}

export function leaseName(target: string): string {
  return `target:${target}`;
}

function inUse(name: string, session: Session, holder: Holder): OverlandError {
  const { person, machine, runId } = holder;
  return new OverlandError('LOCKED', `${name} is in use by run ${runId} of ${person} on ${machine}.`, {
    holder,
    target: targetText(session.endpoint),
  });
}

export async function releaseTargets(leases: readonly Lease[]): Promise<void> {
  for (const lease of leases) {
    clearInterval(timers.get(lease));
    await lease.release();
  }
}

function beat(context: EngineContext, lease: Lease, active: ActivePhase): NodeJS.Timeout {
  const timer = setInterval(() => {
    lease
      .beat(active.phase)
      .catch((error) =>
        context.environment.log.warn('The sign of life at the target failed', { runId: active.runId, error }),
      );
  }, beatMs);
  timer.unref();
  return timer;
}

/** Who works on the run now, as targets are told. */
export function holderNow(context: EngineContext, { runId, phase }: ActivePhase): Holder {
  const { person, machine, pid } = context.environment.identity;
  const run = findRun(context, runId);
  const now = nowText(context);
  return {
    runId,
    person,
    machine,
    pid,
    bundle: `${run.profile_id} ${run.profile_version}`,
    phase,
    since: now,
    lastSign: now,
    alive: 'yes',
  };
}
