import type { Services } from '#shared/contract/services.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { findRun } from '../../run/run-lock.ts';
import { auditRun } from './audit.ts';
import { requireCleanable } from './cleanup-waits.ts';
import { compareRuns } from './compare.ts';
import { finishView } from './finish.ts';
import { removeRun } from './remove.ts';
import { reportOfRun, saveReport } from './report-of-run.ts';
import { listRuns } from './run-list.ts';

/** Cleans up a run: its tables in the target, its scratch and, when told, its rollback point. Resolves when that is done. */
export type CleanUpRun = (runId: string, removePoint: boolean) => Promise<void>;

export type HistoryDependencies = { readonly context: EngineContext; readonly cleanUp: CleanUpRun };

/** What ran on this machine, how it ended, and its report. */
export function createHistoryServices({ context, cleanUp }: HistoryDependencies): Services['history'] {
  return {
    list: async (request) => listRuns(context, request),
    finish: ({ runId }) => finishView(context, runId),
    report: ({ runId, format }) => reportOfRun(context, runId, format),
    saveReport: ({ runId, format, folder }) => saveReport(context, runId, format, folder),
    audit: async ({ runId, head }) => auditRun(context, runId, head),
    compare: async ({ left, right }) => compareRuns(context, left, right),
    cleanup: async ({ runId, removePoint }) => {
      requireCleanable(context, findRun(context, runId));
      await cleanUp(runId, removePoint);
    },
    remove: ({ runId }) => removeRun(context, runId),
  };
}
