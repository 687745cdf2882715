import type { Counts } from '#shared/model/run.ts';
import type { LedgerChunk, RunInTarget } from '../../drivers/relational.ts';
import type { QuarantineEntry } from '../steps/step-kind.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { lostWithJournal } from './journal/findings.ts';
import type { Journal } from './journal/journal.ts';

/** What the targets hold of one run: its rows, at most one a target, and all its chunks. */
export type FoundInTargets = { readonly rows: readonly RunInTarget[]; readonly chunks: readonly LedgerChunk[] };

export type Adopted = {
  readonly committed: number;
  readonly pending: number;
  readonly undone: number;
  readonly lost: number;
};

/**
 * Brings the journal of a handed over run to what the targets prove. Steps that began are open again, so that a resume
 * settles them; whether rows were added up after their last chunk, only that can tell. In the caller's transaction.
 */
export function reconcileAdopted(context: EngineContext, runId: string, found: FoundInTargets): Adopted {
  const { journal } = context;
  const { rows, chunks } = found;
  const known = journal.work.steps(runId).map((step) => step.id);
  let lost = 0;
  for (const step of known) {
    const own = chunks.filter((chunk) => stepOf(chunk.unit) === step);
    for (const chunk of own) lost += storeChunk(context, runId, step, chunk);
    const undone = own.some((chunk) => chunk.state === 'undone');
    if (own.length > 0) journal.work.setStep(runId, step, { state: undone ? 'undoing' : 'loading' });
  }
  const epoch = rows.reduce((highest, row) => Math.max(highest, Number(row.epoch)), 0);
  // Only rises: what a process of before may still write carries an older one.
  journal.db.run('UPDATE run SET epoch = max(epoch, ?), holder = NULL, heartbeat_at = NULL WHERE id = ?', epoch, runId);
  const count = (state: LedgerChunk['state']): number => chunks.filter((chunk) => chunk.state === state).length;
  const figures = { committed: count('done'), pending: count('pending'), undone: count('undone'), lost };
  placeRun(context, runId, rows.length > 0, figures.undone > 0);
  return figures;
}

/** Phase and condition as the target shows them. */
function placeRun(context: EngineContext, runId: string, inTargets: boolean, undone: boolean): void {
  const { journal } = context;
  const now = nowText(context);
  const executed = journal.runs.phases(runId).some((phase) => phase.phase === 'execute');
  journal.db.run(
    'UPDATE phase SET ended_at = coalesce(ended_at, ?), result = coalesce(result, ?) WHERE run = ?',
    now,
    'lost',
    runId,
  );
  const open = { outcome: null, ended_at: null, failure: null } as const;
  if (inTargets) {
    if (!executed) {
      journal.runs.beginPhase(runId, 'execute', now);
      journal.runs.endPhase(runId, 'execute', 1, { at: now, result: 'lost', condition: 'paused' });
    }
    journal.runs.change(runId, { ...open, phase: undone ? 'rollback' : 'execute', condition: 'paused' });
    return;
  }
  if (!executed) {
    journal.runs.change(runId, { ...open, condition: 'done' });
    return;
  }
  // Rolled back, cleaned up, or killed before its first write: the rollback compares with the saved state and tells.
  journal.db.run("DELETE FROM phase WHERE run = ? AND phase = 'execute'", runId);
  for (const step of journal.work.steps(runId)) journal.work.setStep(runId, step.id, { state: 'undone' });
  journal.runs.change(runId, { ...open, phase: 'rollback', condition: 'paused' });
}

/** Returns how many entries of quarantine the chunk counts; they are kept by number, so that the ledgers still balance. */
function storeChunk(context: EngineContext, runId: string, step: string, chunk: LedgerChunk): number {
  const { journal } = context;
  journal.work.addChunks(runId, step, chunk.unit, [chunk]);
  if (chunk.state === 'pending') return 0;
  journal.work.setChunk(runId, step, chunk.unit, chunk.path, {
    state: chunk.state,
    counts: chunk.counts,
    digest: chunk.digest,
  });
  if (chunk.state !== 'done' || chunk.counts === null) return 0;
  return keepByNumber(journal, runId, step, chunk, chunk.counts, nowText(context));
}

function keepByNumber(
  journal: Journal,
  runId: string,
  step: string,
  chunk: LedgerChunk,
  counts: Counts,
  at: string,
): number {
  const entry = (output: string | null): QuarantineEntry => ({
    key: '',
    item: null,
    output,
    code: lostWithJournal,
    message: 'It was set aside before the run was adopted; which one it was, and why, was in the journal that is lost.',
    column: null,
    rule: null,
    record: '{}',
  });
  const times = (count: number, output: string | null): QuarantineEntry[] =>
    Array.from({ length: count }, () => entry(output));
  const entries = [
    ...times(counts.rejected, null),
    ...Object.entries(counts.outputs).flatMap(([output, rows]) => times(rows.rejected, output)),
  ];
  if (entries.length > 0) journal.findings.quarantine(runId, step, chunk.unit, chunk.path, entries, at);
  return entries.length;
}

/** Units are named by their step: `orders`, `orders/finish`. */
function stepOf(unit: string): string {
  return unit.split('/')[0] ?? unit;
}
