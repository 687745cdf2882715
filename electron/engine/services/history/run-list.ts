import type { RunRow } from '#shared/contract/history.ts';
import { exitCodeOfRun } from '../../rollback/request.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { phaseSpans } from '../../run/phase-times.ts';
import { findRun, isInterrupted } from '../../run/run-lock.ts';
import { movesRecords, stepFacts } from '../../validation/report/run-facts.ts';

export type ListRequest = {
  readonly search: string;
  readonly outcome: 'all' | OutcomeGroup;
  readonly offset: number;
  readonly limit: number;
};
export type OutcomeGroup = 'completed' | 'quarantine' | 'failed' | 'rolled_back' | 'open';
type RunList = { total: number; byOutcome: Record<string, number>; runs: RunRow[] };

/** Runs of this data folder, newest first, replays among them; counts are of what the search leaves, whatever the filter. */
export function listRuns(context: EngineContext, request: ListRequest): RunList {
  const wanted = request.search.trim().toLowerCase();
  const found = context.journal.runs.all().filter((run) => matches(run, wanted));
  const byOutcome: Record<string, number> = { all: found.length };
  for (const group of ['completed', 'quarantine', 'failed', 'rolled_back', 'open']) byOutcome[group] = 0;
  for (const run of found) byOutcome[groupOf(run)] = (byOutcome[groupOf(run)] ?? 0) + 1;
  const shown = request.outcome === 'all' ? found : found.filter((run) => groupOf(run) === request.outcome);
  return {
    total: shown.length,
    byOutcome,
    runs: shown.slice(request.offset, request.offset + request.limit).map((run) => rowOf(context, run)),
  };
}

function matches(run: RunRecord, wanted: string): boolean {
  if (wanted === '') return true;
  return [run.id, run.profile_id, run.bundle_path, run.person, run.machine].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

function groupOf(run: RunRecord): OutcomeGroup {
  switch (run.outcome) {
    case 'completed':
      return 'completed';
    case 'completed_with_quarantine':
      return 'quarantine';
    case 'validation_failed':
    case 'failed':
    case 'cancelled':
    case 'rollback_incomplete':
      return 'failed';
    case 'rolled_back':
      return 'rolled_back';
    case null:
      return 'open';
  }
}

function rowOf(context: EngineContext, run: RunRecord): RunRow {
  const { journal, environment } = context;
  const moved = stepFacts(journal, run.id).filter((step) => movesRecords(step.record.kind));
  return {
    runId: run.id,
    parentRun: run.parent_run,
    bundleId: run.profile_id,
    bundlePath: run.bundle_path,
    startedAt: run.started_at,
    tookMs: workedMs(context, run.id),
    phase: run.phase,
    condition: run.condition,
    interrupted: isInterrupted(run, environment.identity),
    outcome: run.outcome,
    exitCode: exitCodeOfRun(journal, run),
    read: moved.reduce((sum, step) => sum + (step.counts?.read ?? 0), 0),
    setAside: journal.findings.quarantineTotal(run.id).total,
    person: run.person,
  };
}

/** Time that the phases took, without the hours that a run waited for a person; null while none has ended. */
export function workedMs(context: EngineContext, runId: string): number | null {
  const run = findRun(context, runId);
  const spans = phaseSpans(context.journal, run, isInterrupted(run, context.environment.identity));
  const took = spans.flatMap(({ from, to }) => (to === null ? [] : [to - from]));
  return took.length === 0 ? null : took.reduce((sum, ms) => sum + ms, 0);
}
