import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Counts } from '#shared/model/run.ts';
import type { ProfileChange } from '../profile/apply-changes.ts';
import type { Overrides } from '../profile/profile.ts';
import { amendPlan } from './amended-plan.ts';
import { bundleOfRun } from './bundle-of-run.ts';
import { createRun } from './create-run.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { keepHandOver } from './hand-over.ts';
import { JournalBooks } from './journal-books.ts';
import { liveSteps } from './live-steps.ts';
import { findRun } from './run-lock.ts';
import { type ActivePhase, type PhaseEnd, type RunManager, wrongState } from './run-manager.ts';
import { SessionPool } from './session-pool.ts';
import { workEnv } from './step-env.ts';
import { type StoredPlan, type StoredStep, storedPlan, storedPlanKind } from './stored-plan.ts';
import { holdTargets, releaseTargets } from './target-leases.ts';
import { runUnit } from './unit-runner.ts';
import { withResource } from './with-resource.ts';

export type ReplayRequest = {
  readonly runId: string;
  readonly step: string;
  /** Reason whose open records are replayed; null: all open records of the step. */
  readonly code: string | null;
  readonly changes: readonly ProfileChange[];
};
export type ReplayResult = { readonly childRunId: string; readonly replayed: number; readonly stayed: number };

/** What a child run needs to be undone with its parent. */
export type StoredReplay = {
  readonly step: string;
  readonly keys: readonly string[];
  readonly changes: readonly ProfileChange[];
};

/**
 * Replays open records of one step, of one reason or of all, in a child run: an amended plan that differs in rules only, restricted to
 * the open keys. Rows that are there already count as the same. Returns when it has ended.
 */
export async function replayStep(manager: RunManager, request: ReplayRequest): Promise<ReplayResult> {
  const { context } = manager;
  const { journal } = context;
  const run = findRun(context, request.runId);
  if (manager.active(run.id)) throw wrongState(run, ['wait until the phase at work has ended']);
  const finished = await finishReplays(manager, request);
  const open = journal.findings.openOf(run.id, request.step, request.code);
  if (open.length === 0 && finished) return finished;
  if (open.length === 0)
    throw new OverlandError(
      'NOT_FOUND',
      `No open record of step ${request.step}${request.code === null ? '' : ` with reason ${request.code}`}.`,
      { what: 'quarantine', name: request.code ?? request.step },
    );
  const { plan } = await amendPlan(context, run, request, [], new AbortController().signal);
  const childId = await createRun(context, run.bundle_path, JSON.parse(run.overrides) as Overrides, run.id);
  const replay: StoredReplay = {
    step: request.step,
    keys: [...new Set(open.map((row) => row.key))],
    changes: request.changes,
  };
  journal.db.transaction(() => {
    journal.runs.change(childId, {
      plan_hash: plan.hash,
      accepted_at: nowText(context),
      accepted_by: context.environment.identity.person,
    });
    journal.runs.putDocument(childId, storedPlanKind, plan, nowText(context));
    journal.runs.putDocument(childId, 'replay', replay, nowText(context));
    journal.work.putSteps(childId, plan.steps);
  });
  manager.event(run.id, {
    severity: 'info',
    code: 'replay_started',
    step: request.step,
    text: `Replay ${childId}: ${replay.keys.length} records of ${request.step}${request.changes.length > 0 ? `, changed: ${request.changes.map((change) => change.key).join(', ')}` : ''}`,
  });
  await keepHandOver(context, run.id);
  manager.start(childId, 'execute', (active) => executeReplay(context, active, plan, replay));
  await manager.settled(childId);
  return settle(
    manager,
    request,
    childId,
    open.map((row) => ({ id: row.id, identity: identityOf(row) })),
  );
}

/**
 * Ends replays of this step that a crash cut short, under the rules that they began with: what they wrote carries their own
 * time, so a new replay would find its keys taken. Null when there is none.
 */
async function finishReplays(manager: RunManager, request: ReplayRequest): Promise<ReplayResult | null> {
  const { context } = manager;
  const { journal } = context;
  const results: ReplayResult[] = [];
  for (const child of journal.runs.children(request.runId)) {
    const replay = journal.runs.document<StoredReplay>(child.id, 'replay');
    if (child.outcome !== null || replay?.step !== request.step || manager.active(child.id)) continue;
    const plan = storedPlan(context, child.id);
    manager.start(child.id, 'execute', (active) => executeReplay(context, active, plan, replay));
    await manager.settled(child.id);
    const keys = new Set(replay.keys);
    const open = journal.findings.openOf(request.runId, request.step, null).filter((row) => keys.has(row.key));
    const entries = open.map((row) => ({ id: row.id, identity: identityOf(row) }));
    results.push(settle(manager, request, child.id, entries));
  }
  return results.at(-1) ?? null;
}

async function executeReplay(
  context: EngineContext,
  active: ActivePhase,
  plan: StoredPlan,
  replay: StoredReplay,
): Promise<PhaseEnd> {
  const { journal, environment } = context;
  const run = findRun(context, active.runId);
  const bundle = await bundleOfRun(context, run, replay.changes);
  const [stored] = plan.steps;
  if (!stored) throw new Error('A replay without a step');
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  if (!step) throw new Error(`Step ${stored.id} is not in the profile`);
  const scratch = join(environment.paths.scratch, active.runId, 'replay');
  await environment.fs.makeFolder(scratch);
  active.progress.beginPhase(liveSteps(context, active.runId, plan));
  const live = active.progress.step(stored.id);
  live.total = replay.keys.length;
  live.state = 'running';
  const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'write', scratch, active.control.signal);
  // A replay of few records may well set most of them aside again; the limit is for whole steps.
  const policy = { ...bundle.profile.policy, limits: { ...bundle.profile.policy.limits, quarantineShare: null } };
  const counts = await withResource(pool, async () => {
    const leases = await holdTargets(context, active, plan, pool);
    try {
      return await replayUnits(context, { active, plan, replay, bundle, pool, scratch, policy, stored, live });
    } finally {
      await releaseTargets(leases);
    }
  });
  journal.work.setStep(active.runId, stored.id, { state: 'completed', counts, endedAt: nowText(context) });
  live.state = 'completed';
  await environment.fs.remove(scratch);
  return {
    result: 'replayed',
    condition: 'done',
    outcome: journal.findings.quarantineTotal(active.runId).open > 0 ? 'completed_with_quarantine' : 'completed',
  };
}

type Replaying = {
  active: ActivePhase;
  plan: StoredPlan;
  replay: StoredReplay;
  bundle: Awaited<ReturnType<typeof bundleOfRun>>;
  pool: SessionPool;
  scratch: string;
  policy: JournalBooksPolicy;
  stored: StoredStep;
  live: ReturnType<ActivePhase['progress']['step']>;
};
type JournalBooksPolicy = ConstructorParameters<typeof JournalBooks>[4];

async function replayUnits(context: EngineContext, parts: Replaying): Promise<Counts> {
  const { active, replay, bundle, pool, scratch, policy, stored, live } = parts;
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  const run = findRun(context, active.runId);
  const env = workEnv(
    { context, run, bundle, pool, scratch, signal: active.control.signal, report: () => undefined },
    'replay',
    new Set(replay.keys),
  );
  let counts: Counts = { read: 0, filtered: 0, rejected: 0, accepted: 0, outputs: {} };
  for await (const unit of step?.kind.units(stored.plan, stored, env) ?? []) {
    const books = new JournalBooks(context, active, live, unit.id, policy);
    await withResource(unit, () =>
      runUnit(unit, {
        fence: { runId: active.runId, epoch: active.epoch },
        control: active.control,
        policy,
        books,
        monotonic: () => context.environment.clock.monotonic(),
      }),
    );
    counts = books.counts;
  }
  return counts;
}

/** The parent's records that the child did not set aside again are replayed; the others stay open, with the new reason in the child. */
function settle(
  manager: RunManager,
  request: ReplayRequest,
  childId: string,
  open: readonly { id: number; identity: string }[],
): ReplayResult {
  const { journal, environment } = manager.context;
  const child = findRun(manager.context, childId);
  if (child.outcome === null || child.outcome === 'failed') {
    const failure = child.failure === null ? null : (JSON.parse(child.failure) as { message: string });
    const message = `Replay ${childId} did not end: ${failure?.message ?? 'see its events'}.`;
    throw new OverlandError('FAILED', message, {
      finding: makeFinding({ severity: 'error', category: 'replay', message, step: request.step }),
    });
  }
  const again = new Set(journal.findings.openOf(childId, request.step, null).map(identityOf));
  const wholeAgain = new Set(
    [...again].filter((identity) => identity.endsWith('\u0000\u0000')).map((identity) => identity.split('\u0000')[0]),
  );
  const replayed = open.filter((row) => !again.has(row.identity) && !wholeAgain.has(row.identity.split('\u0000')[0]));
  journal.findings.decide(
    replayed.map((row) => row.id),
    'replayed',
    environment.identity.person,
    childId,
  );
  journal.findings.decide(
    journal.findings.openOf(childId, request.step, null).map((row) => row.id),
    'waived',
    `kept open in ${request.runId}`,
    null,
  );
  const left = journal.findings.quarantineTotal(request.runId).open;
  const run = findRun(manager.context, request.runId);
  if (left === 0 && run.outcome === 'completed_with_quarantine')
    journal.runs.change(request.runId, { outcome: 'completed' });
  manager.event(request.runId, {
    severity: 'info',
    code: 'replayed',
    step: request.step,
    text: `Replay ${childId}: ${replayed.length} written, ${open.length - replayed.length} stay set aside`,
  });
  return { childRunId: childId, replayed: replayed.length, stayed: open.length - replayed.length };
}

/** Key, item and output of what was set aside: the same thing in parent and child. */
function identityOf(row: {
  readonly key: string;
  readonly item: number | null;
  readonly output: string | null;
}): string {
  return `${row.key}\u0000${row.item ?? ''}\u0000${row.output ?? ''}`;
}
