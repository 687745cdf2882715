import { join } from 'node:path';
import type * as z from 'zod';
import type { recentBundle } from '#shared/contract/bundle.ts';
import { figure } from '#shared/model/figures.ts';
import { profileName } from '../../profile/load-profile.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { isInterrupted } from '../../run/run-lock.ts';

type RecentBundle = z.infer<typeof recentBundle>;

/** Bundles opened on this machine, newest first, each with the result of its last run. */
export async function recentBundles(context: EngineContext): Promise<RecentBundle[]> {
  const { journal, environment } = context;
  return Promise.all(
    journal.bundles.list().map(async ({ path, name, version }) => {
      const last = journal.runs.ofBundle(path)[0] ?? null;
      return {
        path,
        name,
        version,
        exists: await environment.fs.exists(join(path, profileName)),
        lastRun: last?.id ?? null,
        ...(last === null ? { lastOutcome: null, lastSeverity: null } : lastResult(context, last)),
      };
    }),
  );
}

/** Newest run of the bundle that still waits for somebody; null when there is none. */
export function openRunOf(context: EngineContext, path: string): string | null {
  const open = context.journal.runs.ofBundle(path).find((run) => {
    if (run.cleaned_at !== null) return false;
    return run.outcome === null || run.outcome === 'failed' || run.outcome === 'cancelled';
  });
  return open?.id ?? null;
}

function lastResult(context: EngineContext, run: RunRecord): Pick<RecentBundle, 'lastOutcome' | 'lastSeverity'> {
  const day = dayOf(run.ended_at ?? run.heartbeat_at ?? run.started_at);
  const setAside = (): string => `${figure(context.journal.findings.quarantineTotal(run.id).total)} set aside`;
  switch (run.outcome) {
    case 'completed':
      return { lastOutcome: `Completed ${day}`, lastSeverity: 'ok' };
    case 'completed_with_quarantine':
      return { lastOutcome: `Completed ${day}, ${setAside()}`, lastSeverity: 'warning' };
    case 'validation_failed':
      return { lastOutcome: `Validation failed ${day}`, lastSeverity: 'error' };
    case 'failed':
      return { lastOutcome: `Failed ${day}`, lastSeverity: 'error' };
    case 'cancelled':
      return { lastOutcome: `Cancelled ${day}`, lastSeverity: 'warning' };
    case 'rolled_back':
      return { lastOutcome: `Rolled back ${day}`, lastSeverity: 'ok' };
    case 'rollback_incomplete':
      return { lastOutcome: `Rollback incomplete ${day}`, lastSeverity: 'error' };
    case null:
      break;
  }
  if (isInterrupted(run, context.environment.identity)) {
    return { lastOutcome: `Interrupted ${day}`, lastSeverity: 'warning' };
  }
  if (run.condition === 'failed') return { lastOutcome: `Failed before writing ${day}`, lastSeverity: 'error' };
  return { lastOutcome: `Open since ${dayOf(run.started_at)}`, lastSeverity: null };
}

/** `5 Nov`, in the time of this machine. */
function dayOf(instant: string): string {
  return new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
