import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { Estimate } from '#shared/contract/plan.ts';
import { type Counts, noCounts } from '#shared/model/run.ts';
import { latestRollback, type RollbackWork, rollbackEstimate } from '../rollback/undo-estimate.ts';
import type { Journal } from './journal/journal.ts';
import { parseCounts, type RunRecord } from './journal/rows.ts';

/** `decideBy` after which a rollback would not end within the window, and what that time rests on. */
export type RunWindow = {
  readonly opens: string;
  readonly closes: string;
  readonly decideBy: string | null;
  readonly rollback: Estimate | null;
};

/** A rollback of fewer rows says nothing of the speed. */
const measurable = 10_000;

/**
 * The window begins with the execution, or now when that has not begun. Rows are those written, or until then those that the dry
 * run or the plan foresee. Null without a window, and when nothing is left to decide: rolled back, or cleaned up.
 */
export function windowOf(journal: Journal, run: RunRecord, now: Date): RunWindow | null {
  const limits = journal.runs.document<{ windowSeconds: number | null }>(run.id, 'limits');
  const seconds = limits?.windowSeconds ?? null;
  if (seconds === null || run.outcome === 'rolled_back' || run.cleaned_at !== null) return null;
  const first = journal.runs.phases(run.id).find((phase) => phase.phase === 'execute');
  const opens = first ? first.started_at : now.toISOString();
  const closes = new Date(Date.parse(opens) + seconds * 1000);
  const rollback = rollbackEstimate(workOf(journal, run));
  return {
    opens,
    closes: closes.toISOString(),
    decideBy: latestRollback(closes, rollback)?.toISOString() ?? null,
    rollback,
  };
}

function workOf(journal: Journal, run: RunRecord): RollbackWork {
  const point = journal.points.usable(run.id);
  return {
    rows: Math.max(writtenRows(journal, run.id), foreseenRows(journal, run.id)),
    rowsPerSecond: measuredUndo(journal, run),
    server: point !== null && journal.points.items(point.id).some(({ item }) => item.how === 'dump'),
    savedInSeconds: point === null ? null : secondsOfBackup(journal, run.id),
  };
}

function writtenRows(journal: Journal, runId: string): number {
  const written = (counts: Counts): number =>
    Object.values(counts.outputs).reduce((sum, output) => sum + output.inserted + output.updated, 0);
  return journal.work
    .steps(runId)
    .flatMap((step) => journal.work.chunks(runId, step.id))
    .filter((chunk) => chunk.state === 'done')
    .reduce((sum, chunk) => sum + written(parseCounts(chunk.counts) ?? noCounts), 0);
}

/** By a rehearsal with all data; else the records that the plan counts, since a sample says nothing of the whole. */
function foreseenRows(journal: Journal, runId: string): number {
  const dryRun = journal.runs.document<Pick<DryRunView, 'sampled' | 'outputs'>>(runId, 'dry_run');
  if (dryRun && dryRun.sampled === null) return dryRun.outputs.reduce((sum, output) => sum + output.rows, 0);
  const plan = journal.runs.document<{ steps: { kind: string; amount: number }[] }>(runId, 'plan');
  return (plan?.steps ?? []).filter((step) => step.kind !== 'schema').reduce((sum, step) => sum + step.amount, 0);
}

/** Rows a second of the newest rollback of this bundle on this machine that undid enough to tell. */
function measuredUndo(journal: Journal, { profile_id }: RunRecord): number | null {
  const found = journal.db.get<{ rows: number; tookMs: number }>(
    `SELECT sum(undo.rows) AS rows, json_extract(document.body, '$.tookMs') AS tookMs
       FROM run JOIN document ON document.run = run.id AND document.kind = 'rollback' JOIN undo ON undo.run = run.id
      WHERE run.profile_id = ? AND run.outcome = 'rolled_back' AND undo.state = 'done'
      GROUP BY run.id HAVING sum(undo.rows) >= ? AND tookMs > 0 ORDER BY document.at DESC LIMIT 1`,
    profile_id,
    measurable,
  );
  return found ? (found.rows * 1000) / found.tookMs : null;
}

function secondsOfBackup(journal: Journal, runId: string): number | null {
  const last = journal.runs.phases(runId).findLast((phase) => phase.phase === 'backup' && phase.result === 'verified');
  if (!last?.ended_at) return null;
  return (Date.parse(last.ended_at) - Date.parse(last.started_at)) / 1000;
}
