import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';
import { counted, duration, figure } from '#shared/model/figures.ts';
import { printable } from './format.ts';

/** Shows snapshots of a run while a phase is at work. */
export interface ProgressDisplay {
  show(snapshot: RunSnapshot): void;
  /** The phase has ended: the line is taken away. */
  end(): void;
}

export type Draw = { readonly line: (text: string) => void; readonly paint: (text: string) => void };

const noDisplay: ProgressDisplay = { show: () => undefined, end: () => undefined };

/** The display for the form that was asked for. `live` paints one line again and again. */
export function createDisplay(form: 'lines' | 'ndjson' | 'none', live: boolean, draw: Draw): ProgressDisplay {
  if (form === 'none') return noDisplay;
  if (form === 'ndjson') return ndjsonDisplay(draw.line);
  return live ? liveDisplay(draw) : lineDisplay(draw.line);
}

/** `execute  42 %  subtasks 12,043 of 28,000 rows  3,400/s  about 31 s left  12 set aside`. Blank is not measured. */
export function progressLine(snapshot: RunSnapshot): string {
  const running = snapshot.steps.filter((step) => step.state === 'running');
  const rate = running.reduce((sum, step) => sum + (step.rate ?? 0), 0);
  return [
    snapshot.phase.replace('_', ' '),
    snapshot.percent === null ? '' : `${snapshot.percent} %`,
    ...running.map(stepText),
    rate > 0 ? `${figure(Math.round(rate))}/s` : '',
    snapshot.leftSeconds ? `about ${duration(snapshot.leftSeconds.likely * 1000)} left` : '',
    snapshot.setAside.now > 0 ? `${figure(snapshot.setAside.now)} set aside` : '',
    snapshot.stopping ? snapshot.stopping.what : '',
    snapshot.aboutToStop ? snapshot.aboutToStop.reason : '',
  ]
    .filter(Boolean)
    .join('  ');
}

function stepText(step: StepProgress): string {
  const done = step.total === null ? figure(step.done) : `${figure(step.done)} of ${figure(step.total)}`;
  return `${step.id} ${done} ${step.unit}`;
}

function liveDisplay({ line, paint }: Draw): ProgressDisplay {
  const events = new EventTail();
  return {
    show(snapshot) {
      for (const text of events.news(snapshot)) {
        paint('');
        line(text);
      }
      paint(progressLine(snapshot));
    },
    end: () => paint(''),
  };
}

/** For a pipe: a line when a step changes its state, one every ten seconds, and warnings and errors. */
function lineDisplay(line: (text: string) => void): ProgressDisplay {
  const events = new EventTail();
  const states = new Map<string, string>();
  let lastAt = 0;
  let first = true;
  return {
    show(snapshot) {
      // The first snapshot may still hold the steps as the phase before left them.
      if (first) for (const step of snapshot.steps) states.set(`${snapshot.phase} ${step.id}`, step.state);
      first = false;
      for (const text of events.news(snapshot)) line(text);
      for (const step of snapshot.steps) {
        const key = `${snapshot.phase} ${step.id}`;
        if (states.get(key) === step.state) continue;
        states.set(key, step.state);
        if (step.state !== 'pending') line(stepLine(snapshot, step));
      }
      const now = Date.now();
      if (snapshot.condition === 'running' && now - lastAt >= 10_000) {
        if (lastAt > 0) line(progressLine(snapshot));
        lastAt = now;
      }
    },
    end: () => undefined,
  };
}

function stepLine(snapshot: RunSnapshot, step: StepProgress): string {
  const aside = step.setAside > 0 ? `, ${figure(step.setAside)} set aside` : '';
  const took = step.elapsedMs !== null && step.state !== 'running' ? `, ${duration(step.elapsedMs)}` : '';
  const done = step.state === 'running' ? '' : `  ${counted(step.done, step.unit, step.unit)}${aside}${took}`;
  return `${snapshot.phase.replace('_', ' ')}  ${step.id}  ${step.state.replace('_', ' ')}${done}`;
}

/** One JSON object a line: `{"type":"progress",...}` per snapshot and `{"type":"event",...}` per event, in order. */
function ndjsonDisplay(line: (text: string) => void): ProgressDisplay {
  const seen = new EventTail();
  return {
    show(snapshot) {
      for (const event of seen.all(snapshot)) line(JSON.stringify({ type: 'event', runId: snapshot.runId, ...event }));
      const { seq, at, runId, phase, condition, outcome, percent, leftSeconds, setAside, counts, steps } = snapshot;
      line(
        JSON.stringify({
          type: 'progress',
          seq,
          at,
          runId,
          phase,
          condition,
          outcome,
          percent,
          leftSeconds,
          setAside,
          counts,
          steps: steps.map(({ id, state, unit, done, total, rate, setAside: aside }) => ({
            id,
            state,
            unit,
            done,
            total,
            rate,
            setAside: aside,
          })),
        }),
      );
    },
    end: () => undefined,
  };
}

/** Events that came since the last snapshot; what happened before the display began is left out. */
class EventTail {
  readonly #since = new Date().toISOString();
  #last = -1;

  all(snapshot: RunSnapshot): RunSnapshot['events'] {
    const fresh = snapshot.events
      .filter((event) => event.seq > this.#last && event.at >= this.#since)
      .sort((a, b) => a.seq - b.seq);
    this.#last = Math.max(this.#last, ...snapshot.events.map((event) => event.seq));
    return fresh;
  }

  news(snapshot: RunSnapshot): string[] {
    return this.all(snapshot)
      .filter((event) => event.severity !== 'info' && !isEnd(event, snapshot))
      .map((event) => printable(`${event.severity}: ${named(event)}`));
  }
}

/** That a phase failed or was refused is the error that the command ends with; it is told there, once. */
function isEnd({ code }: RunSnapshot['events'][number], { phase }: RunSnapshot): boolean {
  return code === 'refused' || code === `${phase}_failed`;
}

/** The sentence of an event names its step, or the step is put before it. */
function named({ step, text }: RunSnapshot['events'][number]): string {
  return step === null || text.startsWith(step) ? text : `${step}: ${text}`;
}
