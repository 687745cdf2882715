import type { RunSnapshot } from '#shared/contract/run.ts';
import type { RunManager } from './run-manager.ts';
import { snapshotOf } from './snapshot.ts';

/** Nine a second; with the one that tells the end of a phase at once, at most ten. */
const leastMs = 112;
/** Another process may work on the run: its progress is read from the journal. */
const pollMs = 1_000;

/** Snapshots of a run: one at once, then at most ten a second while something changes, the last one always. */
export async function* watchRun(
  manager: RunManager,
  runId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunSnapshot> {
  const { clock } = manager.context.environment;
  // A watcher that goes away leaves no timer behind which would hold the process up.
  const left = new AbortController();
  const until = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const atWork = () => manager.active(runId) !== null;
  let last = '';
  try {
    while (!until.aborted) {
      const changed = wait(manager, runId, { forMs: pollMs, until });
      const wasAtWork = atWork();
      const snapshot = snapshotOf(manager, runId);
      const text = content(snapshot);
      if (text !== last) yield snapshot;
      last = text;
      const began = clock.monotonic();
      await changed;
      const forMs = leastMs - (clock.monotonic() - began);
      const ended = () => wasAtWork && !atWork();
      // The end of a phase is told at once.
      if (forMs > 0 && !ended()) await wait(manager, runId, { forMs, until, when: ended });
    }
  } finally {
    left.abort();
  }
}

/** Without what moves by itself. */
function content(snapshot: RunSnapshot): string {
  return JSON.stringify({
    ...snapshot,
    at: '',
    seq: 0,
    window: null,
    steps: snapshot.steps.map((step) => ({
      ...step,
      elapsedMs: step.state === 'running' ? Math.floor((step.elapsedMs ?? 0) / 1000) : step.elapsedMs,
    })),
  });
}

/** Until a change of the run for which `when` holds, at most `forMs` milliseconds. */
function wait(
  manager: RunManager,
  runId: string,
  { forMs, until, when }: { readonly forMs: number; readonly until: AbortSignal; readonly when?: () => boolean },
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      until.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, forMs);
    const stop = manager.progress(runId).onChange(() => {
      if (when?.() ?? true) end();
    });
    until.addEventListener('abort', end);
  });
}
