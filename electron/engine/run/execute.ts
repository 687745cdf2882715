import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { counted, figure, setAsideText } from '#shared/model/figures.ts';
import { addCounts, type Counts, noCounts, type Outcome } from '#shared/model/run.ts';
import type { Lease } from '../../drivers/relational.ts';
import { fingerprintAll } from '../plan/analyse.ts';
import { difference, differencesOf, refuseStale } from '../plan/stale.ts';
import { bundleOfRun, type RunBundle } from './bundle-of-run.ts';
import { criterionMet, passCriterion } from './criteria.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { keepHandOver } from './hand-over.ts';
import type { RunRecord, StepRecord } from './journal/rows.ts';
import { JournalBooks, setAsideOf } from './journal-books.ts';
import { liveSteps } from './live-steps.ts';
import { requireQuiet } from './require-quiet.ts';
import { Stopped } from './run-control.ts';
import { findRun } from './run-lock.ts';
import { type ActivePhase, InStep, type PhaseEnd } from './run-manager.ts';
import { SessionPool } from './session-pool.ts';
import { workEnv } from './step-env.ts';
import { type StoredPlan, type StoredStep, storedPlan } from './stored-plan.ts';
import { holdTargets, refuseHeldTargets, releaseTargets } from './target-leases.ts';
import { runUnit, StepFailure } from './unit-runner.ts';
import { withResource } from './with-resource.ts';

export type ExecuteContext = {
  readonly context: EngineContext;
  readonly active: ActivePhase;
  readonly run: RunRecord;
  readonly plan: StoredPlan;
  readonly bundle: RunBundle;
  readonly pool: SessionPool;
  readonly scratch: string;
};

/** The execute phase, first time or resumed: the accepted plan, a verified way back, unchanged sources, one writer. */
export async function execute(context: EngineContext, active: ActivePhase): Promise<PhaseEnd> {
  const { runId, control } = active;
  const run = findRun(context, runId);
  const plan = storedPlan(context, runId);
  requireExecutable(context, run);
  const bundle = await bundleOfRun(context, run);
  refuseStale([difference('bundle', plan.bundleHash, bundle.hash, plan.bundleHash === bundle.hash)]);
  await requireQuiet(context, active, plan, bundle);
  active.progress.beginPhase(liveSteps(context, runId, plan));
  const scratch = join(context.environment.paths.scratch, runId, 'execute');
  await context.environment.fs.makeFolder(scratch);
  await refuseChanged(context, active, { run, plan, bundle, scratch });
  // Before the first write: from here on the target holds what only this can explain.
  await keepHandOver(context, runId);
  const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'write', scratch, control.signal);
  const end = await withResource(pool, async () => {
    const leases = await holdTargets(context, active, plan, pool);
    try {
      return await executeSteps({ context, active, run, plan, bundle, pool, scratch }, leases);
    } finally {
      await releaseTargets(leases);
    }
  });
  await context.environment.fs.remove(scratch);
  return end;
}

/** Fails with CONSENT_MISSING or NO_BACKUP: without an accepted plan and a way back nothing is written. */
export function requireExecutable(context: EngineContext, run: RunRecord): void {
  requireAccepted(run);
  requireWayBack(context, run);
}

function requireAccepted(run: RunRecord): void {
  if (run.accepted_at !== null) return;
  throw new OverlandError(
    'CONSENT_MISSING',
    'The plan of this run is not accepted yet.',
    { needs: [] },
    { advice: 'Accept the plan first; it is then frozen by its hash.' },
  );
}

function requireWayBack(context: EngineContext, run: RunRecord): void {
  const skipped = context.journal.runs.consents(run.id).some((consent) => consent.subject === 'no-backup');
  if (skipped || context.journal.points.usable(run.id)) return;
  throw new OverlandError('NO_BACKUP', 'There is no verified rollback point; nothing is written without one.', {
    advice: 'Run the backup first, or give the consent "no-backup", which is named in the report.',
  });
}

/** Sources must be as the plan saw them, always; targets too as long as this run has not written. */
async function refuseChanged(
  context: EngineContext,
  active: ActivePhase,
  parts: { run: RunRecord; plan: StoredPlan; bundle: RunBundle; scratch: string },
): Promise<void> {
  const { plan, bundle, run } = parts;
  const started =
    context.journal.runs.phases(run.id).filter((phase) => phase.phase === 'execute' && phase.result !== 'refused')
      .length > 1;
  const now = await reading(context, active, parts, async (pool) => {
    // Whoever writes there changes it as well; that somebody does is the better answer.
    await refuseHeldTargets(run.id, plan, pool);
    return fingerprintAll(bundle, pool, plan.watched ?? {}, active.control.signal);
  });
  const moving = bundle.profile.policy.source === 'moving';
  const compared = Object.fromEntries(
    Object.entries(plan.fingerprints).filter(([name]) => (plan.targets.includes(name) ? !started : !moving)),
  );
  refuseStale(differencesOf(compared, now));
  active.event({
    severity: 'info',
    code: 'unchanged',
    step: null,
    text: `Plan ${plan.hash.slice(0, 8)} unchanged; ${started ? 'sources' : 'sources and targets'} unchanged`,
  });
}

async function executeSteps(parts: ExecuteContext, leases: readonly Lease[]): Promise<PhaseEnd> {
  const { context, active, plan, bundle } = parts;
  const { journal } = context;
  journal.runs.change(active.runId, { outcome: null, ended_at: null });
  passCriterion(context, active.runId);
  let total: Counts = noCounts;
  for (const stored of plan.steps) {
    const counts = await executeStep(parts, stored, leases);
    if (stored.kind !== 'schema') total = addCounts(total, counts);
    const criterion = criterionMet(context, active, bundle.profile.policy, plan);
    if (criterion) journal.runs.putDocument(active.runId, 'criterion', criterion, nowText(context));
    if (criterion)
      throw new InStep(
        stored.id,
        new StepFailure(criterion.words, { advice: 'The policy proposes a rollback. Roll back, or resume.' }),
      );
  }
  await sourcesStillSame(parts);
  const open = journal.findings.quarantineTotal(active.runId).open;
  const outcome: Outcome = open > 0 ? 'completed_with_quarantine' : 'completed';
  active.event({
    severity: open > 0 ? 'warning' : 'info',
    code: 'execute_done',
    step: null,
    text: `Executed ${counted(plan.steps.length, 'step')}: read ${counted(total.read, 'record')}, accepted ${figure(total.accepted)}, set aside ${setAsideText(total.rejected, setAsideOf(total) - total.rejected)}, filtered ${figure(total.filtered)}`,
  });
  return { result: outcome, condition: 'done', outcome };
}

async function executeStep(parts: ExecuteContext, stored: StoredStep, leases: readonly Lease[]): Promise<Counts> {
  const { context, active, bundle, run, pool, scratch } = parts;
  const { journal, environment } = context;
  const row = journal.work.steps(active.runId).find((step) => step.id === stored.id);
  if (row?.state === 'completed' && row.counts) return JSON.parse(row.counts) as Counts;
  const live = active.progress.step(stored.id);
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  if (!step) throw new Error(`Step ${stored.id} of the plan is not in the profile`);
  active.progress.beginStep(live);
  live.done = 0;
  live.doneEarlier = 0;
  live.setAside = 0;
  live.chunksDone = 0;
  live.chunks = null;
  journal.work.setStep(active.runId, stored.id, { state: 'loading', startedAt: startOf(row) ?? nowText(context) });
  for (const lease of leases) await lease.beat('execute');
  let counts: Counts = noCounts;
  try {
    const env = workEnv(
      { context, run, bundle, pool, scratch, signal: active.control.signal, report: () => undefined },
      'execute',
    );
    for await (const unit of step.kind.units(stored.plan, stored, env)) {
      journal.work.setUnit(active.runId, stored.id, unit.id, 'loading', unit.total);
      const books = new JournalBooks(context, active, live, unit.id, bundle.profile.policy);
      await withResource(unit, () =>
        runUnit(unit, {
          fence: { runId: active.runId, epoch: active.epoch },
          control: active.control,
          policy: bundle.profile.policy,
          books,
          monotonic: () => environment.clock.monotonic(),
        }),
      );
      journal.work.setUnit(active.runId, stored.id, unit.id, 'completed', unit.total);
      counts = addCounts(counts, books.counts);
    }
  } catch (error) {
    if (error instanceof Stopped) {
      journal.work.setStep(active.runId, stored.id, { state: 'loading' });
      throw error;
    }
    live.state = 'failed';
    live.endedAt = environment.clock.monotonic();
    journal.work.setStep(active.runId, stored.id, {
      state: 'failed',
      error: error instanceof Error ? error.message : String(error),
      endedAt: nowText(context),
    });
    throw new InStep(stored.id, error);
  }
  live.state = live.setAside > 0 ? 'attention' : 'completed';
  live.endedAt = environment.clock.monotonic();
  journal.work.setStep(active.runId, stored.id, { state: 'completed', counts, endedAt: nowText(context) });
  active.event({
    severity: 'info',
    code: 'step_completed',
    step: stored.id,
    text: `${stored.id}: completed, read ${figure(counts.read)} = ${figure(counts.accepted)} + ${figure(counts.rejected)} + ${figure(counts.filtered)} ${stored.unit}`,
  });
  return counts;
}

/** A step that goes on began earlier; one that was undone begins anew. */
function startOf(row: StepRecord | undefined): string | null {
  return row?.state === 'loading' || row?.state === 'failed' ? row.started_at : null;
}

/** Exactly once holds for a source that nobody writes to; so it is looked at again at the end. */
async function sourcesStillSame({ context, active, plan, bundle, scratch }: ExecuteContext): Promise<void> {
  if (bundle.profile.policy.source !== 'quiesced') return;
  const now = await reading(context, active, { bundle, scratch }, (pool) =>
    fingerprintAll(bundle, pool, plan.watched ?? {}, active.control.signal),
  );
  const sources = Object.fromEntries(
    Object.entries(plan.fingerprints).filter(([name]) => !plan.targets.includes(name)),
  );
  const changed = differencesOf(sources, now).filter((one) => !one.same);
  if (changed.length === 0) return;
  const names = changed.map((one) => one.what).join('; ');
  throw new StepFailure(`The source changed while it was read: ${names}. What was written may lack records.`, {
    advice: 'Roll back, stop what writes to the source, and begin again.',
  });
}

/** Does the work with sessions that can only read, and closes them. */
async function reading<T>(
  context: EngineContext,
  active: ActivePhase,
  { bundle, scratch }: { readonly bundle: RunBundle; readonly scratch: string },
  work: (pool: SessionPool) => Promise<T>,
): Promise<T> {
  const folder = join(scratch, 'check');
  await context.environment.fs.makeFolder(folder);
  const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', folder, active.control.signal);
  return withResource(pool, () => work(pool));
}
