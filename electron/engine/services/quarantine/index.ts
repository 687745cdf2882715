import type { Services } from '#shared/contract/services.ts';
import { counted } from '#shared/model/figures.ts';
import type { ProfileChange } from '../../profile/apply-changes.ts';
import { type EngineContext, nowText } from '../../run/engine-context.ts';
import { findRun } from '../../run/run-lock.ts';
import { exportQuarantine } from './export.ts';
import { summarise } from './reasons.ts';
import { oneRecord, pageOfRecords } from './records.ts';
import { rulesOfRun } from './run-rules.ts';
import { tryRules } from './try-rules.ts';

/** Child run with the changed rules, restricted to the open records of one step and, unless null, one reason. Resolves when it has ended. */
export type ReplayStep = (request: {
  readonly runId: string;
  readonly step: string;
  readonly code: string | null;
  readonly changes: readonly ProfileChange[];
}) => Promise<{ readonly childRunId: string; readonly replayed: number; readonly stayed: number }>;

export type QuarantineDependencies = { readonly context: EngineContext; readonly replayStep: ReplayStep };

/** What was set aside, and how it is brought in after all. */
export function createQuarantineServices({ context, replayStep }: QuarantineDependencies): Services['quarantine'] {
  const { journal, environment } = context;
  return {
    summary: async ({ runId }) => {
      const run = findRun(context, runId);
      return summarise(context, run, await rulesOfRun(context, run));
    },
    records: async ({ runId, ...filter }) => {
      const run = findRun(context, runId);
      return pageOfRecords(context, run, await rulesOfRun(context, run), filter);
    },
    record: async ({ runId, id }) => {
      const run = findRun(context, runId);
      return oneRecord(context, run, await rulesOfRun(context, run), id);
    },
    test: async ({ runId, ...request }, { signal }) =>
      tryRules(context, findRun(context, runId), request, signal ?? new AbortController().signal),
    replay: async (request) => ({ ...(await replayStep(request)) }),
    export: async ({ runId, ...filter }) => exportQuarantine(context, findRun(context, runId), filter),
    waive: async ({ runId, ids }) => {
      findRun(context, runId);
      const { person } = environment.identity;
      return journal.db.transaction(() => {
        const own = ids.filter((id) => journal.db.get('SELECT id FROM quarantine WHERE run = ? AND id = ?', runId, id));
        const waived = journal.findings.decide(own, 'waived', person, null);
        if (waived > 0) {
          const text = `${person} waived ${counted(waived, 'entry', 'entries')} of the quarantine`;
          journal.events.append(runId, { severity: 'warning', code: 'waived', step: null, text }, nowText(context));
        }
        return { waived };
      });
    },
  };
}
