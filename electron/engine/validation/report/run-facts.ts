import { basename } from 'node:path';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { PlanView } from '#shared/contract/plan.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import { exitCodeOfRun } from '../../rollback/request.ts';
import type { Journal } from '../../run/journal/journal.ts';
import type { PointItem } from '../../run/journal/points.ts';
import {
  type PhaseRecord,
  type PointRecord,
  parseCounts,
  type RunRecord,
  type StepRecord,
} from '../../run/journal/rows.ts';
import { type PhaseSpan, phaseSpans, workedBetween } from '../../run/phase-times.ts';
import type { OutcomeFacts } from './outcome-words.ts';
import { type RollbackFacts, readRollback } from './rollback-facts.ts';

/** What the journal holds of one run, read at once; the finish view, the history and the report are made from it. */
export type RunFacts = {
  readonly run: RunRecord;
  readonly plan: PlanView | null;
  readonly dryRun: DryRunView | null;
  readonly validation: ValidationView | null;
  readonly rollback: RollbackFacts | null;
  readonly phases: readonly PhaseRecord[];
  /** The same, each with when it was at work. */
  readonly spans: readonly PhaseSpan[];
  readonly steps: readonly StepFacts[];
  readonly point: PointRecord | null;
  readonly items: readonly PointItem[];
  readonly setAside: SetAsideFacts;
  /** Of the steps that move records. */
  readonly counts: Counts;
  /** Target as a person names it: `generic.db`. */
  readonly target: string;
  /** Null while the run is open. */
  readonly exitCode: number | null;
  readonly failure: Failure | null;
  readonly interrupted: boolean;
};

export type StepFacts = {
  readonly record: StepRecord;
  readonly counts: Counts | null;
  readonly setAside: number;
  /**
   * Of its execution, without the time in which nobody worked on the run; an undo changes the step's own times. Null while it
   * has not ended.
   */
  readonly executedMs: number | null;
};
export type Failure = { readonly step: string | null; readonly message: string; readonly advice: string | null };
export type SetAsideFacts = {
  /** Whole records, and single rows of records that were otherwise written. */
  readonly records: number;
  readonly items: number;
  readonly open: number;
};

/** Kinds whose amounts are records; statements of a schema step are not added to them. */
const recordKinds: ReadonlySet<string> = new Set(['records', 'vectors', 'config', 'files']);

export function readRunFacts(journal: Journal, run: RunRecord, interrupted: boolean): RunFacts {
  const steps = stepFacts(journal, run.id);
  const plan = journal.runs.document<PlanView>(run.id, 'plan');
  const point = journal.points.usable(run.id) ?? journal.points.newest(run.id);
  const items = point === null ? [] : journal.points.items(point.id);
  return {
    run,
    plan,
    dryRun: journal.runs.document<DryRunView>(run.id, 'dry_run'),
    validation: journal.runs.document<ValidationView>(run.id, 'validation'),
    rollback: readRollback(journal, run, plan),
    phases: journal.runs.phases(run.id),
    spans: phaseSpans(journal, run, interrupted),
    steps,
    point,
    items,
    setAside: setAsideOf(journal, run.id),
    counts: totalOf(steps),
    target: run.parent_run === null ? targetName(plan, items) : targetOfRun(journal, run.parent_run),
    exitCode: exitCodeOfRun(journal, run),
    failure: parseFailure(run.failure),
    interrupted,
  };
}

export function stepFacts(journal: Journal, runId: string): StepFacts[] {
  const run = journal.runs.find(runId);
  const spans = run === null ? [] : phaseSpans(journal, run, false);
  return journal.work.steps(runId).map((record) => ({
    record,
    counts: countsOf(journal, record),
    setAside: journal.findings.quarantineTotal(runId, record.id).total,
    executedMs: executedMs(journal, record, spans),
  }));
}

function executedMs(journal: Journal, step: StepRecord, spans: readonly PhaseSpan[]): number | null {
  const completed = journal.db.get<{ at: string }>(
    "SELECT at FROM event WHERE run = ? AND step = ? AND code = 'step_completed' ORDER BY seq DESC LIMIT 1",
    step.run,
    step.id,
  );
  const end = completed?.at ?? (step.state === 'completed' || step.state === 'failed' ? step.ended_at : null);
  if (step.started_at === null || end === null) return null;
  return workedBetween(spans, 'execute', Date.parse(step.started_at), Date.parse(end));
}

/** Counts of the step; of its committed chunks while it has not ended. Null when nothing of it is committed. */
function countsOf(journal: Journal, step: StepRecord): Counts | null {
  const ended = parseCounts(step.counts);
  if (ended !== null) return ended;
  const committed = journal.work.chunks(step.run, step.id).filter((chunk) => chunk.state === 'done');
  if (committed.length === 0) return null;
  return committed.reduce<Counts>((sum, chunk) => addCounts(sum, parseCounts(chunk.counts) ?? noCounts), noCounts);
}

function parseFailure(text: string | null): Failure | null {
  if (text === null) return null;
  const { step, message, advice } = JSON.parse(text) as Partial<Failure>;
  return { step: step ?? null, message: message ?? 'The reason was not recorded.', advice: advice ?? null };
}

export function movesRecords(kind: string): boolean {
  return recordKinds.has(kind);
}

/** Sum over the steps that move records. */
function totalOf(steps: readonly StepFacts[]): Counts {
  return steps
    .filter((step) => movesRecords(step.record.kind))
    .reduce((sum, step) => (step.counts === null ? sum : addCounts(sum, step.counts)), noCounts);
}

function setAsideOf(journal: Journal, run: string): SetAsideFacts {
  return (
    journal.db.get<SetAsideFacts>(
      `SELECT coalesce(sum(output IS NULL), 0) AS records, coalesce(sum(output IS NOT NULL), 0) AS items,
        coalesce(sum(state = 'open'), 0) AS open FROM quarantine WHERE run = ?`,
      run,
    ) ?? { records: 0, items: 0, open: 0 }
  );
}

/** A replay writes to what its run writes to, and has neither a plan to show nor a rollback point of its own. */
function targetOfRun(journal: Journal, runId: string): string {
  const point = journal.points.usable(runId) ?? journal.points.newest(runId);
  const items = point === null ? [] : journal.points.items(point.id);
  return targetName(journal.runs.document<PlanView>(runId, 'plan'), items);
}

/** The connections that the plan writes; by the name of their file where the rollback point knows it. */
function targetName(plan: PlanView | null, items: readonly PointItem[]): string {
  if (plan === null) return 'the target';
  const written = new Set(
    plan.steps.flatMap((step) => step.touches.filter((one) => one.how !== 'read').map((one) => one.connection)),
  );
  const folders = new Set(
    plan.steps
      .filter(({ kind }) => kind === 'config' || kind === 'files')
      .flatMap((step) => step.touches.map((one) => one.connection)),
  );
  const names = [...written].map((connection) => {
    // What is saved of a folder are files in it, and none of them names it.
    if (folders.has(connection)) return connection;
    const saved = items.find((item) => item.connection === connection);
    return saved ? basename(saved.item.originalPath) || connection : connection;
  });
  return names.length > 0 ? names.join(', ') : 'the target';
}

/** Whether the old state can still be brought back: something may have been written, and a verified point is there. */
export function canRollBack(facts: Pick<RunFacts, 'run' | 'point'>): boolean {
  const { run, point } = facts;
  if (point === null || (point.state !== 'verified' && point.state !== 'used')) return false;
  return run.outcome !== 'rolled_back' && run.cleaned_at === null && run.phase !== 'cleanup';
}

export function outcomeFacts(facts: RunFacts): OutcomeFacts {
  const { run, validation, rollback } = facts;
  return {
    outcome: run.outcome,
    phase: run.phase,
    condition: run.condition,
    interrupted: facts.interrupted,
    failure: facts.failure,
    target: facts.target,
    steps: facts.steps.map(({ record }) => ({
      ord: record.ord,
      id: record.id,
      ended: record.state === 'completed' || record.state === 'skipped',
    })),
    setAside: facts.setAside,
    filtered: facts.counts.filtered,
    written: writtenBy(facts.steps),
    validation:
      validation === null || validation.state !== 'done'
        ? null
        : {
            passed: validation.passed,
            errors: (validation.bySeverity.critical ?? 0) + (validation.bySeverity.error ?? 0),
            warnings: validation.bySeverity.warning ?? 0,
          },
    rollback:
      rollback === null
        ? null
        : {
            differs: rollback.proof.filter((one) => one.result === 'differs').length,
            diverged: rollback.diverged.reduce((sum, one) => sum + (one.count ?? 1), 0),
            notUndone: rollback.steps.filter((step) => step.kept).length,
          },
    canRollBack: canRollBack(facts),
  };
}

/** What the target holds of the run, in records and scripts; 0 means that it is as it was. */
function writtenBy(steps: readonly StepFacts[]): number {
  return steps.reduce((sum, { record, counts }) => {
    if (record.state === 'pending' || record.state === 'skipped' || record.state === 'undone') return sum;
    return sum + (counts?.accepted ?? (record.state === 'completed' ? 1 : 0));
  }, 0);
}
