import type { RunSnapshot } from '#shared/contract/run.ts';
import { OverlandError } from '#shared/model/error.ts';
import { type Condition, nextPhases, type Outcome, type Phase } from '#shared/model/run.ts';
import { DbFailure } from '../../drivers/relational.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import type { NewEvent } from './journal/events.ts';
import type { RunRecord } from './journal/rows.ts';
import { Progress } from './progress.ts';
import { notQuiet } from './require-quiet.ts';
import { RunControl, Stopped } from './run-control.ts';
import { findRun, isInterrupted, lockRun, refuseHeldRun } from './run-lock.ts';
import { adviceFor, StepFailure } from './unit-runner.ts';

export type Refusal = NonNullable<RunSnapshot['refused']>;

/** A phase at work in this process. */
export type ActivePhase = {
  readonly runId: string;
  readonly phase: Phase;
  readonly epoch: bigint;
  readonly control: RunControl;
  readonly progress: Progress;
  readonly event: (event: NewEvent) => void;
};

/** How a phase ended; `outcome` undefined leaves the run's outcome as it is. */
export type PhaseEnd = { readonly result: string; readonly condition: Condition; readonly outcome?: Outcome | null };
export type PhaseWork = (active: ActivePhase) => Promise<PhaseEnd>;

type Running = { readonly active: ActivePhase; readonly ended: Promise<void> };

/** Starts, stops and remembers the phases that run in this process; one phase a run at a time. */
export class RunManager {
  readonly context: EngineContext;
  readonly #running = new Map<string, Running>();
  readonly #progress = new Map<string, Progress>();
  readonly #refused = new Map<string, Refusal>();

  constructor(context: EngineContext) {
    this.context = context;
  }

  active(runId: string): ActivePhase | null {
    return this.#running.get(runId)?.active ?? null;
  }

  activeRuns(): readonly ActivePhase[] {
    return [...this.#running.values()].map((running) => running.active);
  }

  /** Counters of the run in this process; empty when it never worked here. */
  progress(runId: string): Progress {
    const known = this.#progress.get(runId);
    if (known) return known;
    const made = new Progress(() => this.context.environment.clock.monotonic());
    this.#progress.set(runId, made);
    return made;
  }

  refused(runId: string): Refusal | null {
    return this.#refused.get(runId) ?? null;
  }

  setRefused(runId: string, refusal: Refusal | null): void {
    if (refusal) this.#refused.set(runId, refusal);
    else this.#refused.delete(runId);
    this.progress(runId).changed();
  }

  event(runId: string, event: NewEvent): void {
    const stored = this.context.journal.events.append(runId, event, nowText(this.context));
    const { seq, at, severity, code, step, text } = stored;
    this.progress(runId).event({ seq, at, severity, code, step, text });
  }

  /**
   * Takes the run and begins the phase; returns when that is journalled, the work goes on by itself.
   * Fails with LOCKED or WRONG_STATE and changes nothing then. `afterwards` may start the next phase before anybody sees
   * the run idle.
   */
  start(runId: string, phase: Phase, work: PhaseWork, afterwards: (end: PhaseEnd) => void = () => undefined): void {
    const { journal } = this.context;
    this.requireStart(runId, phase);
    const lock = lockRun(this.context, runId);
    const control = new RunControl();
    const progress = this.progress(runId);
    // What the phase before left is not how far this one is.
    progress.beginPhase([]);
    const event = (entry: NewEvent) => this.event(runId, entry);
    const active: ActivePhase = { runId, phase, epoch: lock.epoch, control, progress, event };
    const attempt = journal.runs.beginPhase(runId, phase, nowText(this.context));
    this.#refused.delete(runId);
    control.onChange(() => {
      journal.runs.change(runId, { condition: control.wish === 'pause' ? 'pausing' : 'stopping' });
      progress.changed();
    });
    const ended = this.#perform(active, work).then((end) => {
      try {
        journal.runs.endPhase(runId, phase, attempt, { ...end, at: nowText(this.context) });
      } finally {
        this.#running.delete(runId);
        lock.release();
      }
      afterwards(end);
      progress.changed();
    });
    ended.catch((error) =>
      this.context.environment.log.error('A phase could not be closed in the journal', { runId, phase, error }),
    );
    this.#running.set(runId, { active, ended });
    progress.changed();
  }

  /** Fails as `start` would, and takes nothing. */
  requireStart(runId: string, phase: Phase): void {
    const run = findRun(this.context, runId);
    if (this.#running.has(runId)) throw wrongState(run, ['wait until the phase at work has ended']);
    // Who works on it is a better answer than the state that this leads to.
    refuseHeldRun(this.context, runId);
    if (!mayBegin(run, phase, this.context)) throw wrongState(run, [...nextPhases[run.phase]]);
  }

  /** Resolves when no phase of the run is at work here. */
  async settled(runId: string): Promise<void> {
    await this.#running.get(runId)?.ended.catch(() => undefined);
  }

  pause(runId: string): void {
    this.#need(runId).control.pause();
  }

  cancel(runId: string): void {
    this.#need(runId).control.cancel();
  }

  /** Asks every run to pause and waits: before the process ends. */
  async stopAll(how: 'pause' | 'cancel'): Promise<void> {
    const all = [...this.#running.values()];
    for (const { active } of all) active.control[how]();
    await Promise.all(all.map(({ ended }) => ended.catch(() => undefined)));
  }

  #need(runId: string): ActivePhase {
    const active = this.active(runId);
    if (!active) throw wrongState(findRun(this.context, runId), ['resume']);
    return active;
  }

  async #perform(active: ActivePhase, work: PhaseWork): Promise<PhaseEnd> {
    try {
      return await work(active);
    } catch (error) {
      return this.#failed(active, error);
    }
  }

  #failed(active: ActivePhase, error: unknown): PhaseEnd {
    const { runId, phase, event } = active;
    if (error instanceof Stopped) return this.#stopped(active, error);
    const refusal = refusalOf(error);
    if (refusal) {
      this.setRefused(runId, refusal);
      event({
        severity: 'error',
        code: 'refused',
        step: null,
        text: `${(error as Error).message} Nothing was written.`,
      });
      return { result: 'refused', condition: 'failed' };
    }
    const failure = failureOf(error);
    if (!failure.expected) this.context.environment.log.error('A phase failed unexpectedly', { runId, phase, error });
    this.context.journal.runs.change(runId, {
      failure: JSON.stringify({ step: failure.step, message: failure.message, advice: failure.advice }),
    });
    event({ severity: 'error', code: `${phase}_failed`, step: failure.step, text: failure.message });
    return {
      result: 'failed',
      condition: 'failed',
      ...(phase === 'execute' ? { outcome: 'failed' } : phase === 'rollback' ? { outcome: 'rollback_incomplete' } : {}),
    };
  }

  #stopped({ runId, phase, event }: ActivePhase, stop: Stopped): PhaseEnd {
    const { person } = this.context.environment.identity;
    for (const step of this.progress(runId).steps.values()) if (step.state === 'running') step.state = 'paused';
    if (stop.wish === 'pause') {
      event({ severity: 'info', code: 'paused', step: null, text: `Paused by ${person}; no transaction is open` });
      return { result: 'paused', condition: 'paused' };
    }
    event({
      severity: 'warning',
      code: 'cancelled',
      step: null,
      text: `Cancelled by ${person}; what is committed stays`,
    });
    return { result: 'cancelled', condition: 'paused', ...(phase === 'execute' ? { outcome: 'cancelled' } : {}) };
  }
}

/** Adds the step in which an error happened. */
export class InStep extends Error {
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'InStep';
    this.step = step;
  }
}

function failureOf(error: unknown): { step: string | null; message: string; advice: string | null; expected: boolean } {
  if (error instanceof InStep) return { ...failureOf(error.cause), step: error.step };
  if (error instanceof StepFailure) return { step: null, message: error.message, advice: error.advice, expected: true };
  if (error instanceof OverlandError)
    return { step: null, message: error.message, advice: error.advice, expected: true };
  if (error instanceof DbFailure)
    return { step: null, message: error.message, advice: adviceFor(error.error).advice ?? null, expected: true };
  return {
    step: null,
    message: `Internal error: ${error instanceof Error ? error.message : String(error)}`,
    advice: 'The log names where it happened. Committed chunks are safe; resume or roll back.',
    expected: false,
  };
}

function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof OverlandError)) return null;
  if (error.is('LOCKED'))
    return { kind: 'locked', target: error.data.target ?? error.data.holder.bundle, holder: error.data.holder };
  if (error.is('PLAN_STALE')) return { kind: 'changed', differences: error.data.differences };
  if (error.is('FAILED') && error.data.finding.category === notQuiet)
    return { kind: 'other', message: error.message, advice: error.advice };
  if (error.is('SPACE'))
    return {
      kind: 'space',
      where: error.data.where,
      neededBytes: error.data.neededBytes,
      freeBytes: error.data.freeBytes,
    };
  return null;
}

/** Whether the phase may begin now, from what the run has behind it. */
export function mayBegin(run: RunRecord, phase: Phase, context: EngineContext): boolean {
  const idle = run.condition !== 'running' || isInterrupted(run, context.environment.identity);
  const follows =
    run.phase === phase ||
    nextPhases[run.phase].includes(phase) ||
    (run.phase === 'execute' && phase === 'backup' && run.condition === 'failed');
  const back = phase === 'plan' || phase === 'backup' || phase === 'dry_run';
  // An execution that was refused wrote nothing: the plan may be made again.
  const untouched =
    run.phase === 'plan' ||
    run.phase === 'backup' ||
    run.phase === 'dry_run' ||
    (run.phase === 'execute' && run.condition === 'failed' && neverExecuted(run, context));
  return idle && (follows || (back && untouched) || (untouched && phase === 'execute'));
}

function neverExecuted(run: RunRecord, context: EngineContext): boolean {
  return context.journal.runs.phases(run.id).every((one) => one.phase !== 'execute' || one.result === 'refused');
}

export function wrongState(run: RunRecord, allowed: string[]): OverlandError {
  return new OverlandError(
    'WRONG_STATE',
    `Run ${run.id} is in ${run.phase.replace('_', ' ')} (${run.condition}); next is: ${allowed.join(', ') || 'nothing'}.`,
    {
      phase: run.phase,
      condition: run.condition,
      allowed,
    },
  );
}
