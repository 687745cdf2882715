import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { figure } from '#shared/model/figures.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import type { EngineContext } from './engine-context.ts';
import type { Journal } from './journal/journal.ts';
import { parseCounts, type RunRecord } from './journal/rows.ts';
import { percent, secondsToLimit } from './limits.ts';
import { liveSteps } from './live-steps.ts';
import { type LiveStep, type Progress, stepProgress } from './progress.ts';
import { railOf } from './rail.ts';
import { findRun, isInterrupted } from './run-lock.ts';
import type { RunManager } from './run-manager.ts';
import { type StoredPlan, storedPlanKind } from './stored-plan.ts';
import { windowOf } from './window.ts';

/** The run as the screens show it now: live figures where this process works on it, else what the journal holds. */
export function snapshotOf(manager: RunManager, runId: string): RunSnapshot {
  const { context } = manager;
  const { journal, environment } = context;
  const run = findRun(context, runId);
  const active = manager.active(runId);
  const progress = manager.progress(runId);
  const plan = journal.runs.document<StoredPlan>(runId, storedPlanKind);
  const interrupted = active === null && isInterrupted(run, environment.identity);
  const steps = stepsOf(context, run, active !== null, progress, plan, interrupted);
  const now = environment.clock.monotonic();
  const rate = active ? progress.currentRate() : null;
  const running = steps.find((step) => step.state === 'running');
  const condition = active ? conditionOf(active.control.wish) : run.condition;
  const events = progress.events.length > 0 ? progress.events.slice(0, 60) : storedEvents(context, runId);
  const { parts, done, weight } = overallBar(steps);
  const policy = policyOf(context, runId);
  const dryRun = journal.runs.document<Rehearsed>(runId, 'dry_run');
  const counts = totalCounts(context, runId, plan);
  return {
    seq: progress.seq,
    at: environment.clock.now().toISOString(),
    runId,
    phase: run.phase,
    condition,
    outcome: run.outcome,
    rail: railOf(context, run, { active: active !== null, interrupted, steps }),
    steps: steps.map((step) => stepProgress(step, rate, now)),
    bar: parts,
    percent: weight === 0 ? null : done >= weight ? 100 : Math.min(99, Math.floor((done / weight) * 100)),
    leftSeconds: active && progress.steps.size > 0 ? leftOf(steps, now) : null,
    setAside: { now: steps.reduce((sum, step) => sum + step.setAside, 0), forecast: setAsideForecast(dryRun) },
    counts,
    rate: [...progress.rate],
    rateForecast: running?.forecastRate ?? null,
    events: [...events],
    eventTotals: journal.events.totals(runId),
    aboutToStop: running ? aboutToStop(running, policy?.quarantineShare ?? null, now) : null,
    stopping:
      condition === 'pausing'
        ? { what: 'Finishes the chunk in hand, then pauses', undoing: false, seconds: 1 }
        : condition === 'stopping'
          ? { what: 'Stops; the chunk in hand is undone', undoing: true, seconds: 1 }
          : null,
    interrupted: interrupted ? interruptedOf(run, steps) : null,
    reconciled: active ? reconciledOf(events) : null,
    refused: manager.refused(runId),
    failure: run.failure === null ? null : (JSON.parse(run.failure) as NonNullable<RunSnapshot['failure']>),
    criterion: journal.runs.document<NonNullable<RunSnapshot['criterion']>>(runId, 'criterion'),
    window: windowShown(journal, run, environment.clock.now()),
  };
}

function conditionOf(wish: 'run' | 'pause' | 'cancel'): RunSnapshot['condition'] {
  return wish === 'run' ? 'running' : wish === 'pause' ? 'pausing' : 'stopping';
}

/** In this process the live steps; else the execution as the journal has it. */
function stepsOf(
  context: EngineContext,
  run: RunRecord,
  active: boolean,
  progress: Progress,
  plan: StoredPlan | null,
  interrupted: boolean,
): LiveStep[] {
  if (progress.steps.size > 0 && !interrupted) return [...progress.steps.values()];
  // A clean-up has no steps.
  if (!plan || (active && run.phase === 'cleanup')) return [];
  const stored = liveSteps(context, run.id, plan);
  // The phase has begun and has not said yet what it will do.
  if (active) return stored.map((step) => ({ ...step, state: 'pending', done: 0, setAside: 0, chunksDone: 0 }));
  return stored.map((step) => (interrupted && step.state === 'paused' ? { ...step, state: 'lost' as const } : step));
}

function storedEvents(context: EngineContext, runId: string): RunSnapshot['events'] {
  return context.journal.events
    .page(runId, { before: null, limit: 60, severity: 'all' })
    .map(({ seq, at, severity, code, step, text }) => ({ seq, at, severity, code, step, text }));
}

function overallBar(steps: readonly LiveStep[]) {
  const parts = steps.map((step) => ({ id: step.id, weight: step.weight, done: shareOf(step), state: step.state }));
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  return { parts, weight, done: parts.reduce((sum, part) => sum + part.weight * part.done, 0) };
}

/** By what is committed; 1 only for a step that is complete. */
function shareOf(step: LiveStep): number {
  if (step.state === 'completed' || step.state === 'attention' || step.state === 'rolled_back') return 1;
  if (step.total === null || step.total === 0) return 0;
  return Math.min(0.999, step.done / step.total);
}

function leftOf(steps: readonly LiveStep[], now: number): RunSnapshot['leftSeconds'] {
  let low = 0;
  let likely = 0;
  let high = 0;
  for (const step of steps) {
    if (shareOf(step) === 1) continue;
    const measured = stepProgress(step, null, now).leftSeconds;
    const left = measured ?? { low: step.weight * 0.8, likely: step.weight, high: step.weight * 1.4 };
    low += left.low;
    likely += left.likely;
    high += left.high;
  }
  return { low, likely, high, basis: 'rate of the running step, plan for the rest' };
}

type Rehearsed = Pick<DryRunView, 'sampled' | 'steps' | 'outputs'>;

/** What a rehearsal with all data says; a sample says nothing of the whole. */
function setAsideForecast(dryRun: Rehearsed | null): number | null {
  return dryRun && dryRun.sampled === null ? dryRun.steps.reduce((sum, step) => sum + step.setAside, 0) : null;
}

function totalCounts(context: EngineContext, runId: string, plan: StoredPlan | null): Counts {
  if (!plan) return noCounts;
  return plan.steps
    .filter((step) => step.kind !== 'schema')
    .flatMap((step) => context.journal.work.chunks(runId, step.id))
    .filter((chunk) => chunk.state === 'done')
    .map((chunk) => parseCounts(chunk.counts) ?? noCounts)
    .reduce<Counts>(addCounts, noCounts);
}

function aboutToStop(step: LiveStep, share: number | null, now: number): RunSnapshot['aboutToStop'] {
  if (step.startedAt === null) return null;
  const seconds = secondsToLimit(share, step, (now - step.startedAt) / 1000);
  if (seconds === null || share === null) return null;
  return {
    seconds,
    reason: `The policy stops a step at ${percent(share)} set aside; ${figure(step.setAside)} of ${figure(step.total ?? step.done)} ${step.unit} are`,
  };
}

function policyOf(
  context: EngineContext,
  runId: string,
): { quarantineShare: number | null; windowSeconds: number | null } | null {
  return context.journal.runs.document(runId, 'limits');
}

function interruptedOf(run: RunRecord, steps: readonly LiveStep[]): RunSnapshot['interrupted'] {
  const at = steps.find((step) => step.state === 'lost') ?? steps.find((step) => step.state === 'pending');
  const who = run.holder === null ? null : (JSON.parse(run.holder) as { pid: number; machine: string });
  const committed =
    at && at.done > 0 ? ` ${figure(at.done)} ${at.unit} of ${at.id} are committed; none is half-written.` : '';
  return {
    at: run.heartbeat_at ?? run.started_at,
    step: at?.id ?? null,
    pid: who?.pid ?? null,
    machine: who?.machine ?? run.machine,
    words: `The process that worked on this run no longer exists.${committed}`,
  };
}

function reconciledOf(events: RunSnapshot['events']): RunSnapshot['reconciled'] {
  const last = events.find((event) => event.code === 'reconciled');
  return last ? { at: last.at, words: last.text, undone: null } : null;
}

function windowShown(journal: Journal, run: RunRecord, now: Date): RunSnapshot['window'] {
  const window = windowOf(journal, run, now);
  return window && { opens: window.opens, closes: window.closes, decideBy: window.decideBy };
}
