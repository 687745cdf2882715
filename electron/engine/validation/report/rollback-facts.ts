import type { PlanView } from '#shared/contract/plan.ts';
import type { RollbackView } from '#shared/contract/rollback.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Journal } from '../../run/journal/journal.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { undoWords } from './report-words.ts';

/** What a rollback did, as the journal keeps it: last step first. */
export type RollbackFacts = {
  readonly state: 'done' | 'incomplete';
  /** Why it stopped before its end; null when it came to its end, whatever it found. */
  readonly cause: string | null;
  readonly at: string | null;
  readonly tookMs: number | null;
  readonly steps: readonly {
    readonly ord: number;
    readonly step: string;
    readonly action: string;
    readonly what: string;
    readonly undone: number;
    /** It was executed and cannot be undone. */
    readonly kept: boolean;
  }[];
  readonly proof: RollbackView['proof'];
  readonly diverged: readonly Finding[];
};

/** Document `rollback` of the journal. */
type StoredRollback = Pick<RollbackFacts, 'proof' | 'diverged'> & { readonly at: string; readonly tookMs: number };

/** Null when the run was never rolled back. */
export function readRollback(journal: Journal, run: RunRecord, plan: PlanView | null): RollbackFacts | null {
  const stored = journal.runs.document<StoredRollback>(run.id, 'rollback');
  const tried = run.outcome === 'rolled_back' || run.outcome === 'rollback_incomplete';
  if (!tried) return null;
  const rows = new Map<string, number>();
  for (const undo of journal.work.undos(run.id)) {
    if (undo.state === 'done') rows.set(undo.step, (rows.get(undo.step) ?? 0) + undo.rows);
  }
  const reached = journal.work.steps(run.id).filter((step) => step.state !== 'pending' && step.state !== 'skipped');
  return {
    state: run.outcome === 'rolled_back' ? 'done' : 'incomplete',
    cause: run.outcome === 'rollback_incomplete' ? causeOf(run) : null,
    at: stored?.at ?? null,
    tookMs: stored?.tookMs ?? null,
    steps: reached
      .map((step) => ({
        ord: step.ord,
        step: step.id,
        action: step.undo === 'none' ? 'Not undone' : undoWords(step.undo),
        what: plan?.steps.find((one) => one.id === step.id)?.undoText ?? '',
        undone: rows.get(step.id) ?? 0,
        kept: step.undo === 'none',
      }))
      .reverse(),
    proof: stored?.proof ?? [],
    diverged: stored?.diverged ?? [],
  };
}

function causeOf({ failure }: RunRecord): string | null {
  if (failure === null) return null;
  const { step, message } = JSON.parse(failure) as { step: string | null; message: string };
  return step === null || message.startsWith(step) ? message : `${step}: ${message}`;
}
