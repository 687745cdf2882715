import type { RollbackView } from '#shared/contract/rollback.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { Finding } from '#shared/model/finding.ts';
import { sumEstimates } from '../plan/estimate.ts';
import type { EngineContext } from '../run/engine-context.ts';
import { parseCounts, type RunRecord } from '../run/journal/rows.ts';
import type { LiveStep } from '../run/progress.ts';
import { findRun } from '../run/run-lock.ts';
import type { ActivePhase } from '../run/run-manager.ts';
import { planHeads, planView, type StoredStep } from '../run/stored-plan.ts';
import { stepsToUndo } from './rollback.ts';
import { cannotStopAt } from './stop-at.ts';
import { undoEstimate } from './undo-estimate.ts';

type StoredRollback = {
  readonly proof: RollbackView['proof'];
  readonly diverged: readonly Finding[];
  readonly at: string;
  readonly tookMs: number;
};

const undoing: ReadonlySet<LiveStep['state']> = new Set(['running', 'paused', 'failed', 'rolled_back']);

/** What a rollback would do, or does, or did: last step first. Reads the journal only. */
export function rollbackView(
  context: EngineContext,
  runId: string,
  to: string | null,
  active: ActivePhase | null,
): RollbackView {
  const { journal } = context;
  const run = findRun(context, runId);
  const plan = planHeads(context, runId);
  const view = planView(context, runId);
  const refused = to === null ? null : cannotStopAt(context, runId, plan, to);
  if (refused !== null) throw notTo(run, to ?? '', refused);
  const point = journal.points.usable(runId);
  const stored = journal.runs.document<StoredRollback>(runId, 'rollback');
  const rows = new Map(journal.work.steps(runId).map((row) => [row.id, row]));
  const undone = new Map<string, number>();
  for (const undo of journal.work.undos(runId))
    if (undo.state === 'done') undone.set(undo.step, (undone.get(undo.step) ?? 0) + undo.rows);
  const steps = stepsToUndo(plan, to).map((step) => {
    const row = rows.get(step.id);
    const counts = parseCounts(row?.counts ?? null) ?? committed(context, runId, step.id);
    const amount = Object.values(counts?.outputs ?? {}).reduce(
      (sum, output) => sum + output.inserted + output.updated,
      0,
    );
    const live = active?.phase === 'rollback' ? active.progress.steps.get(step.id) : undefined;
    const reached = row !== undefined && row.state !== 'pending';
    // Until its turn comes, a step still has the state that an earlier phase left it in: done is not undone.
    const begun = live && live.startedAt !== null && undoing.has(live.state) ? live.state : undefined;
    return {
      ord: step.ord,
      step: step.id,
      action: actionOf(step, reached),
      what: reached ? whatWords(step, Object.keys(counts?.outputs ?? {})) : 'was not reached',
      amount: step.undo === 'down' ? migrations(context, runId, step.id) : amount,
      unit: step.undo === 'down' ? 'migrations' : 'rows',
      estimate: reached && row?.state !== 'undone' ? undoEstimate(amount) : null,
      verify: verifyWords(step),
      state:
        begun ??
        (row?.state === 'undone'
          ? ('rolled_back' as const)
          : row?.state === 'undo_diverged'
            ? ('attention' as const)
            : reached
              ? ('pending' as const)
              : ('skipped' as const)),
      undone: undone.get(step.id) ?? 0,
    };
  });
  const touched = steps.some((step) => step.state !== 'skipped');
  return {
    runId,
    state:
      active?.phase === 'rollback'
        ? 'running'
        : run.outcome === 'rolled_back'
          ? 'done'
          : run.outcome === 'rollback_incomplete'
            ? 'incomplete'
            : touched
              ? 'preview'
              : 'nothing',
    pointId: point?.id ?? null,
    grade: point?.grade ?? 'none',
    estimate: sumEstimates(steps.map((step) => step.estimate)),
    steps,
    canStopAt: plan.steps
      .slice(0, -1)
      .map((step) => step.id)
      .filter((id) => cannotStopAt(context, runId, plan, id) === null),
    consents: view.consents.filter(
      (need) => need.name.startsWith('no-way-back-') && rows.get(need.step ?? '')?.state !== 'pending',
    ),
    diverged: stored ? [...stored.diverged] : [],
    typed: plan.targets[0] ?? run.profile_id,
    proof: stored?.proof ?? [],
    at: stored?.at ?? null,
    tookMs: stored?.tookMs ?? null,
  };
}

function notTo(run: RunRecord, to: string, reason: string): OverlandError {
  return new OverlandError(
    'WRONG_STATE',
    `The rollback cannot end after step ${to}. ${reason}`,
    { phase: run.phase, condition: run.condition, allowed: ['rollback'] },
    { advice: 'Roll back everything, or to an earlier step.' },
  );
}

/** Migrations of the step that the run applied, each a unit of its own; those that are undone by now are counted too. */
function migrations({ journal }: EngineContext, runId: string, step: string): number {
  const applied = journal.work
    .chunks(runId, step)
    .filter((chunk) => chunk.state === 'done' || chunk.state === 'undone');
  return new Set(applied.map((chunk) => chunk.unit)).size;
}

function committed(context: EngineContext, runId: string, step: string) {
  const outputs: Record<
    string,
    { emitted: number; inserted: number; updated: number; same: number; rejected: number }
  > = {};
  for (const chunk of context.journal.work.chunks(runId, step)) {
    for (const [table, rows] of Object.entries(
      chunk.state === 'done' ? (parseCounts(chunk.counts)?.outputs ?? {}) : {},
    )) {
      const had = outputs[table] ?? { emitted: 0, inserted: 0, updated: 0, same: 0, rejected: 0 };
      outputs[table] = { ...had, inserted: had.inserted + rows.inserted, updated: had.updated + rows.updated };
    }
  }
  return { outputs };
}

function actionOf(step: StoredStep, reached: boolean): RollbackView['steps'][number]['action'] {
  if (!reached) return 'Nothing to undo';
  switch (step.undo) {
    case 'down':
      return 'Run down script';
    case 'preimages':
      return step.unit === 'files' ? 'Restore' : 'Delete';
    case 'delete_written':
      return 'Delete';
    case 'drop_created':
      return 'Drop';
    case 'restore':
    case 'transaction':
      return 'Restore';
    case 'move_back':
      return 'Move back';
    case 'none':
      return 'Not undone';
  }
}

/** One line of what is undone; the plan tells the whole of it. */
function whatWords(step: StoredStep, tables: readonly string[]): string {
  const objects = tables.length > 1 ? `${tables.length} tables` : tables.join('');
  switch (step.undo) {
    case 'down':
      return 'The migrations of this run, last first';
    case 'delete_written':
      return `Rows of ${objects} as written`;
    case 'preimages':
      return step.unit === 'files'
        ? 'Files as they were; what was not there goes'
        : `Earlier rows of ${objects} come back`;
    case 'drop_created':
      return 'What it created';
    case 'none':
      return 'Its effect stays';
    default:
      return 'What the rollback point holds';
  }
}

function verifyWords(step: StoredStep): string {
  switch (step.undo) {
    case 'down':
      return 'structure of the backup';
    case 'delete_written':
      return 'each row before it goes';
    case 'preimages':
      return step.unit === 'files' ? 'each file by its hash' : 'each row with what was there';
    case 'none':
      return 'cannot be verified';
    default:
      return 'compared with the backup';
  }
}
