import { type Holder, OverlandError } from '#shared/model/error.ts';
import type { Identity } from '../../platform/environment.ts';
import { isAlive } from '../../platform/identity.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';

const beatMs = 2_000;

/** Who holds a run, as the journal stores it. */
type Holding = Identity & { readonly since: string };

/** Held while a phase of the run is at work in this process: no other process touches the run meanwhile. */
export type RunLock = { readonly epoch: bigint; readonly release: () => void };

/** Takes the run, or fails with LOCKED and who holds it. A holder that is certainly gone is replaced. */
export function lockRun(context: EngineContext, runId: string): RunLock {
  const { journal, environment } = context;
  const mine = holderText(environment.identity, nowText(context));
  const run = findRun(context, runId);
  const dead =
    run.holder !== null && run.holder !== mine && aliveness(run, environment.identity) === 'no' ? run.holder : null;
  if (!journal.runs.hold(runId, mine, dead, nowText(context))) throw heldBy(context, runId);
  const timer = setInterval(() => journal.runs.beat(runId, mine, nowText(context)), beatMs);
  timer.unref();
  return {
    epoch: BigInt(findRun(context, runId).epoch),
    release: () => {
      clearInterval(timer);
      journal.runs.letGo(runId, mine);
    },
  };
}

/** Fails with LOCKED when another process works on the run; takes nothing. */
export function refuseHeldRun(context: EngineContext, runId: string): void {
  const { holder } = findRun(context, runId);
  const { identity } = context.environment;
  if (holder === null) return;
  const who = JSON.parse(holder) as Holding;
  const mine = who.pid === identity.pid && who.machine === identity.machine && who.startedAt === identity.startedAt;
  if (!mine && isAlive(who, identity) !== 'no') throw heldBy(context, runId);
}

function heldBy(context: EngineContext, runId: string): OverlandError {
  const holder = holderOf(findRun(context, runId), context.environment.identity);
  return new OverlandError(
    'LOCKED',
    `Run ${runId} is being worked on by ${holder.person} on ${holder.machine}, process ${holder.pid}.`,
    { holder },
  );
}

/** A run that says it is at work but has nobody behind it. */
export function isInterrupted(run: RunRecord, identity: Identity): boolean {
  const atWork = run.condition === 'running' || run.condition === 'pausing' || run.condition === 'stopping';
  return atWork && (run.holder === null || aliveness(run, identity) === 'no');
}

export function findRun(context: EngineContext, runId: string): RunRecord {
  const run = context.journal.runs.find(runId);
  if (!run)
    throw new OverlandError(
      'NOT_FOUND',
      `No run ${runId} in this data folder.`,
      { what: 'run', name: runId },
      { advice: 'See overland status for the runs here.' },
    );
  return run;
}

export function holderOf(run: RunRecord, identity: Identity): Holder {
  const who = run.holder === null ? null : (JSON.parse(run.holder) as Holding);
  return {
    runId: run.id,
    person: who?.person ?? run.person,
    machine: who?.machine ?? run.machine,
    pid: who?.pid ?? 0,
    bundle: `${run.profile_id} ${run.profile_version}`,
    phase: run.phase,
    since: who?.since ?? run.started_at,
    lastSign: run.heartbeat_at ?? run.started_at,
    alive: aliveness(run, identity),
  };
}

function aliveness(run: RunRecord, identity: Identity): Holder['alive'] {
  if (run.holder === null) return 'no';
  return isAlive(JSON.parse(run.holder) as Holding, identity);
}

function holderText(identity: Identity, since: string): string {
  const { person, machine, pid, startedAt } = identity;
  return JSON.stringify({ person, machine, pid, startedAt, since } satisfies Holding);
}
