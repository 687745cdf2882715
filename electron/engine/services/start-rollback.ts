import { createHash } from 'node:crypto';
import { type ConsentNeed, type ConsentVia, OverlandError } from '#shared/model/error.ts';
import { rollbackView } from '../rollback/preview.ts';
import type { RollbackRequest } from '../rollback/request.ts';
import { nowText } from '../run/engine-context.ts';
import type { RunRecord } from '../run/journal/rows.ts';
import type { Phases } from '../run/phases.ts';
import { findRun } from '../run/run-lock.ts';
import type { RunManager } from '../run/run-manager.ts';
import { requireConsents } from './accept-plan.ts';

export type RollbackStart = Pick<RollbackRequest, 'to' | 'diverged'> & {
  readonly consents: readonly string[];
  readonly via: Readonly<Record<string, ConsentVia>>;
};

/** Starts a rollback that a person asked for; refused without a change when there is nothing to undo or a consent is missing. */
export function startRollback(manager: RunManager, phases: Phases, runId: string, start: RollbackStart): void {
  const { to, diverged, consents, via } = start;
  const view = rollbackView(manager.context, runId, to, manager.active(runId));
  if (view.state === 'nothing' && (to !== null || !view.pointId)) throw nothingToUndo(findRun(manager.context, runId));
  requireConsents(view.consents, consents);
  phases.rollback(runId, { to, diverged, by: 'person' }, () => {
    journalConsents(manager, runId, view.consents, via);
    const named = view.consents.map((need) => need.name).join(', ');
    manager.event(runId, {
      severity: 'info',
      code: 'rollback_asked',
      step: null,
      text: `Rollback asked for by ${manager.context.environment.identity.person}; ${divergedWords[diverged]}${named ? `; consents: ${named}` : ''}`,
    });
  });
}

function nothingToUndo(run: RunRecord): OverlandError {
  const message = `Run ${run.id} wrote nothing, so there is nothing to roll back.`;
  return new OverlandError('WRONG_STATE', message, { phase: run.phase, condition: run.condition, allowed: [] });
}

const divergedWords = {
  stop: 'rows that others changed wait for a decision',
  keep: 'rows that others changed are kept',
  export_and_remove: 'rows that others changed are exported, then removed',
} as const;

/** Each start has its own consents: those of an earlier start stay as they were given. */
function journalConsents(
  manager: RunManager,
  runId: string,
  needs: readonly ConsentNeed[],
  via: RollbackStart['via'],
): void {
  const { journal, environment } = manager.context;
  const start = journal.runs.phases(runId).filter((phase) => phase.phase === 'rollback').length + 1;
  for (const { name, text } of needs) {
    journal.runs.consent({
      run: runId,
      subject: `rollback ${start}: ${name}`,
      text,
      text_sha256: createHash('sha256').update(text).digest('hex'),
      who: environment.identity.person,
      via: via[name] ?? 'screen',
      at: nowText(manager.context),
    });
  }
}
