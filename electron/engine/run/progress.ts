import type { RunEvent, StepProgress, WorkState } from '#shared/contract/run.ts';
import type { StepKindName } from '#shared/model/run.ts';

/** Live figures of one step in the phase that runs. `handled` runs ahead of `done` by the chunk in hand. */
export type LiveStep = {
  readonly id: string;
  readonly ord: number;
  readonly kind: StepKindName;
  unit: string;
  state: WorkState;
  /** Committed at the target or set aside. */
  done: number;
  total: number | null;
  setAside: number;
  chunksDone: number;
  chunks: number | null;
  /** Seconds that the plan gives the step; its share of the overall bar. */
  weight: number;
  forecastRate: number | null;
  /** Of `done`: what was committed before this start, found again when a run goes on. */
  doneEarlier: number;
  startedAt: number | null;
  endedAt: number | null;
  note: string | null;
};

/** A step that has not begun. */
export function newLiveStep(step: Pick<LiveStep, 'id' | 'ord' | 'kind'> & Partial<LiveStep>): LiveStep {
  return {
    unit: '',
    state: 'pending',
    done: 0,
    total: null,
    setAside: 0,
    chunksDone: 0,
    chunks: null,
    weight: 1,
    forecastRate: null,
    doneEarlier: 0,
    startedAt: null,
    endedAt: null,
    note: null,
    ...step,
  };
}

type RatePoint = { readonly t: number; readonly perSecond: number };

/**
 * Progress of a run as counters, written by the phases and sampled by whoever watches; nothing here steers.
 * Watchers are woken at most ten times a second, and once more when the phase ends.
 */
export class Progress {
  readonly steps = new Map<string, LiveStep>();
  #seq = 0;
  #handled = 0;
  #lastHandled = 0;
  #lastSampleAt = 0;
  #phaseStartedAt = 0;
  readonly #rate: RatePoint[] = [];
  readonly #events: RunEvent[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Rows a second of the step at work, one point every half second, of the last minutes; `t` is seconds since the phase began. */
  get rate(): readonly RatePoint[] {
    return this.#rate;
  }

  get events(): readonly RunEvent[] {
    return this.#events;
  }

  beginPhase(steps: readonly LiveStep[]): void {
    this.steps.clear();
    for (const step of steps) this.steps.set(step.id, step);
    this.#rate.length = 0;
    this.#handled = 0;
    this.#lastHandled = 0;
    this.#phaseStartedAt = this.#monotonic();
    this.#lastSampleAt = this.#phaseStartedAt;
    this.changed();
  }

  step(id: string): LiveStep {
    const step = this.steps.get(id);
    if (!step) throw new Error(`No live step ${id}`);
    return step;
  }

  /** Records handled since the last call, committed or not: feeds the rate, never the bar. */
  handled(records: number): void {
    this.#handled += records;
    this.#sample();
    this.changed();
  }

  event(event: RunEvent): void {
    this.#events.unshift(event);
    if (this.#events.length > 200) this.#events.length = 200;
    this.changed();
  }

  changed(): void {
    this.#seq += 1;
    for (const wake of this.#watchers) wake();
  }

  onChange(wake: () => void): () => void {
    this.#watchers.add(wake);
    return () => this.#watchers.delete(wake);
  }

  /** The rate that is shown is that of the step at work, not of the one before. Returns when the step began. */
  beginStep(step: LiveStep): number {
    const now = this.#monotonic();
    step.state = 'running';
    step.startedAt = now;
    step.endedAt = null;
    this.#rate.length = 0;
    this.#lastHandled = this.#handled;
    this.#lastSampleAt = now;
    return now;
  }

  currentRate(): number | null {
    const recent = this.#rate.slice(-4);
    if (recent.length === 0) return null;
    return recent.reduce((sum, point) => sum + point.perSecond, 0) / recent.length;
  }

  #sample(): void {
    const now = this.#monotonic();
    const elapsed = now - this.#lastSampleAt;
    if (elapsed < 500) return;
    this.#rate.push({
      t: (now - this.#phaseStartedAt) / 1000,
      perSecond: ((this.#handled - this.#lastHandled) * 1000) / elapsed,
    });
    if (this.#rate.length > 240) this.#rate.shift();
    this.#lastHandled = this.#handled;
    this.#lastSampleAt = now;
  }
}

/** A live step as the screen gets it. */
export function stepProgress(step: LiveStep, rate: number | null, now: number): StepProgress {
  const running = step.state === 'running';
  const elapsedMs = step.startedAt === null ? null : (step.endedAt ?? now) - step.startedAt;
  return {
    ord: step.ord,
    id: step.id,
    kind: step.kind,
    state: step.state,
    unit: step.unit,
    done: step.done,
    total: step.total,
    setAside: step.setAside,
    rate: running ? rate : null,
    elapsedMs,
    leftSeconds: running ? leftSeconds(step, elapsedMs) : null,
    chunk: step.chunks === null ? null : { at: step.chunksDone, of: step.chunks },
    note: step.note,
  };
}

function leftSeconds(step: LiveStep, elapsedMs: number | null): StepProgress['leftSeconds'] {
  const now = step.done - step.doneEarlier;
  if (step.total === null || elapsedMs === null || now <= 0) return null;
  const likely = ((elapsedMs / now) * (step.total - step.done)) / 1000;
  return { low: likely * 0.8, likely, high: likely * 1.35, basis: 'rate of this step so far' };
}
