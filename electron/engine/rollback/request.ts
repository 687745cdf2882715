import { exitCodeOf } from '#shared/model/run.ts';
import { type EngineContext, nowText } from '../run/engine-context.ts';
import type { Journal } from '../run/journal/journal.ts';
import type { RunRecord } from '../run/journal/rows.ts';

/** What was asked of a rollback, and whether a person or a criterion of the policy asked. */
export type RollbackRequest = {
  readonly to: string | null;
  readonly diverged: 'stop' | 'keep' | 'export_and_remove';
  readonly by: 'person' | 'criterion';
};

const kind = 'rollback_request';

/** Keeps the request, so that a rollback that was cut short goes on as it was asked for. */
export function keepRequest(context: EngineContext, runId: string, request: RollbackRequest): void {
  context.journal.runs.putDocument(runId, kind, request, nowText(context));
}

/** The last request of the run; that of a person who wants everything back when none is kept. */
export function keptRequest(journal: Journal, runId: string): RollbackRequest {
  const kept = journal.runs.document<Partial<RollbackRequest>>(runId, kind);
  return { to: null, diverged: 'stop', by: 'person', ...kept };
}

/** The exit code that stands for how the run ended; null while it is open. */
export function exitCodeOfRun(journal: Journal, run: Pick<RunRecord, 'id' | 'outcome'>): number | null {
  if (run.outcome === null) return null;
  return exitCodeOf(run.outcome, run.outcome === 'rolled_back' && keptRequest(journal, run.id).by === 'criterion');
}
