import type { AuditView } from '#shared/contract/history.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { findRun } from '../../run/run-lock.ts';

/** Whether the journal of a run is as it was written, as far as its chain tells, and as far as a head from elsewhere does. */
export function auditRun(context: EngineContext, runId: string, known: string | null): AuditView {
  const { events } = context.journal;
  const run = findRun(context, runId);
  const chain = events.chain(run.id);
  const at = known === null ? null : events.numberOf(run.id, known);
  // An event before the break, or the break itself, says nothing of what follows.
  const found = at !== null && (chain.firstBroken === null || at < chain.firstBroken);
  return {
    runId: run.id,
    ...chain,
    known: known === null ? null : { head: known, event: found ? at : null },
    intact: chain.firstBroken === null && (known === null || found),
  };
}
