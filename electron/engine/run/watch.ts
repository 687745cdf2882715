import type { RunSnapshot } from '#shared/contract/run.ts';
import type { RunManager } from './run-manager.ts';
import { snapshotOf } from './snapshot.ts';

const leastMs = 100;
/** Another process may work on the run: its progress is read from the journal. */
const pollMs = 1_000;

/** Snapshots of a run: one at once, then at most ten a second while something changes, the last one always. */
export async function* watchRun(
  manager: RunManager,
  runId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunSnapshot> {
  const { clock } = manager.context.environment;
  let last = '';
  while (!signal?.aborted) {
    const changed = nextChange(manager, runId, signal);
    const snapshot = snapshotOf(manager, runId);
    const text = content(snapshot);
    if (text !== last) yield snapshot;
    last = text;
    const began = clock.monotonic();
    await changed;
    const left = leastMs - (clock.monotonic() - began);
    if (left > 0) await clock.sleep(left).catch(() => undefined);
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

function nextChange(manager: RunManager, runId: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, pollMs);
    const stop = manager.progress(runId).onChange(end);
    signal?.addEventListener('abort', end);
  });
}
