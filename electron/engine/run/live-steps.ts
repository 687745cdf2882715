import type { EngineContext } from './engine-context.ts';
import { parseCounts } from './journal/rows.ts';
import { setAsideOf } from './journal-books.ts';
import { phaseSpans, workedBetween } from './phase-times.ts';
import type { LiveStep } from './progress.ts';
import { findRun } from './run-lock.ts';
import type { StoredPlan } from './stored-plan.ts';

/** Steps of an execution as the journal knows them: what is completed keeps its figures. */
export function liveSteps(context: EngineContext, runId: string, plan: StoredPlan): LiveStep[] {
  const rows = new Map(context.journal.work.steps(runId).map((row) => [row.id, row]));
  const spans = phaseSpans(context.journal, findRun(context, runId), false);
  return plan.steps.map((step) => {
    const row = rows.get(step.id);
    const chunks = context.journal.work.chunks(runId, step.id).filter((chunk) => chunk.state !== 'split');
    const done = chunks.filter((chunk) => chunk.state === 'done');
    const counts = done.map((chunk) => parseCounts(chunk.counts)).filter((one) => one !== null);
    const setAside = counts.reduce((sum, one) => sum + setAsideOf(one), 0);
    const completed = row?.state === 'completed';
    const worked =
      completed && row.started_at !== null && row.ended_at !== null
        ? workedBetween(spans, 'execute', Date.parse(row.started_at), Date.parse(row.ended_at))
        : null;
    return {
      id: step.id,
      ord: step.ord,
      kind: step.kind,
      unit: step.unit,
      state: completed
        ? setAside > 0
          ? 'attention'
          : 'completed'
        : row?.state === 'failed'
          ? 'failed'
          : row?.state === 'undone'
            ? 'rolled_back'
            : row?.state === 'loading'
              ? 'paused'
              : 'pending',
      done: counts.reduce((sum, one) => sum + one.read, 0),
      total: completed ? counts.reduce((sum, one) => sum + one.read, 0) : step.amount,
      setAside,
      doneEarlier: 0,
      chunksDone: done.length,
      chunks: chunks.length === 0 ? null : chunks.length,
      weight: step.weight,
      forecastRate: step.rowsPerSecond,
      // How long it took then; only the difference counts.
      startedAt: worked === null ? null : 0,
      endedAt: worked,
      note: row?.error ?? null,
    };
  });
}
