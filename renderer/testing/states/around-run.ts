import type { FinishView } from '#shared/contract/history.ts';
import type { RollbackView } from '#shared/contract/rollback.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { plainHref, runHref } from '../../app/routes.ts';
import { finishStates } from '../fixtures/night/finish.ts';
import { comparison, htmlReport, runs, runsByOutcome } from '../fixtures/night/history.ts';
import { runId } from '../fixtures/night/ledger.ts';
import {
  emptyQuarantine,
  quarantineRecordAt,
  quarantineSummary,
  recordFields,
  rules,
} from '../fixtures/night/quarantine.ts';
import { rollbackStates } from '../fixtures/night/rollback.ts';
import { executeStates } from '../fixtures/night/run.ts';
import type { FakeServices } from '../memory-client.ts';
import { night } from './of-run.ts';
import type { PictureState } from './state.ts';

const ended = (outcome: FinishView['outcome']): RunSnapshot => ({
  ...executeStates.completed,
  phase: outcome === 'rolled_back' ? 'rollback' : 'validate',
  outcome,
});
const finish = (view: FinishView, snapshot: RunSnapshot = ended(view.outcome)): PictureState => ({
  hash: runHref(runId, 'finish'),
  services: night(snapshot, { history: { finish: () => view } }),
});
const rollback = (view: RollbackView, snapshot: RunSnapshot = ended('validation_failed')): PictureState => ({
  hash: runHref(runId, 'rollback'),
  services: night(snapshot, { rollback: { preview: () => view } }),
});

/** Quarantine as the engine answers: three reasons, records by page. */
export const quarantineServices: FakeServices['quarantine'] = {
  summary: () => quarantineSummary,
  records: ({ step, code, search, state, offset, limit }) => {
    const of = quarantineSummary.reasons.find((reason) => reason.step === step && reason.code === code);
    const all = Array.from({ length: of?.count ?? 0 }, (_, index) => quarantineRecordAt(code ?? '', step ?? '', index));
    const found = all.filter((record) => record.key.includes(search) && (!state || record.state === state));
    return { total: found.length, records: found.slice(offset, offset + limit) };
  },
  record: ({ id }) => ({
    record: quarantineRecordAt('prerequisite_unknown', 'dependencies', id - 1),
    source: 'legacy.subtasks',
    fields: recordFields,
    rules: [...rules],
  }),
  test: ({ changes }) =>
    changes.length > 0 ? { pass: 1_000, stay: 17, error: null } : { pass: 0, stay: 1_017, error: null },
  replay: () => ({ childRunId: 'r-20261120-0330-c4ld', replayed: 1_000, stayed: 17 }),
  export: ({ file }) => ({ file, records: 1_017 }),
  waive: ({ ids }) => ({ waived: ids.length }),
};

const reports = {
  html: { name: 'report.html', mime: 'text/html', text: htmlReport },
  json: { name: 'report.json', mime: 'application/json', text: '{\n  "run": "r-20261120-0204-k7qm"\n}' },
  md: { name: 'report.md', mime: 'text/markdown', text: '# Report\n' },
} as const;

/** The journal as the engine answers. */
export const historyServices: FakeServices['history'] = {
  list: ({ search, outcome }) => {
    const found = runs.filter((run) => run.runId.includes(search) && (outcome !== 'open' || run.outcome === null));
    return {
      total: outcome === 'all' && search === '' ? 47 : found.length,
      byOutcome: runsByOutcome,
      runs: [...found],
    };
  },
  compare: () => comparison,
  finish: () => finishStates.quarantine,
  report: ({ format }) => ({
    ...reports[format],
    sha256: 'c8aa0b6f2c0a8f11a3c7be20c40d719be2c0a8f11a3c7be20c40d719be2c09104',
  }),
  saveReport: ({ folder }) => ({ file: `${folder}/report.html`, bytes: 214_000 }),
};
const history = (...rest: readonly string[]): PictureState => ({
  hash: plainHref('history', ...rest),
  services: night(ended('completed'), { history: historyServices }),
});

const rollingBack: RunSnapshot = { ...executeStates.running, phase: 'rollback', condition: 'running' };

/** Every state of Finish, Rollback, Quarantine, Run history and Settings, by the name of its picture. */
export const aroundRun: Readonly<Record<string, PictureState>> = {
  '08-finish-completed': finish(finishStates.completed),
  '08-finish-quarantine': finish(finishStates.quarantine),
  '08-finish-validation-failed': finish(finishStates.validationFailed),
  '08-finish-failed': finish(finishStates.failed, executeStates.failed),
  '08-finish-cancelled': finish(finishStates.cancelled, executeStates.cancelled),
  '08-finish-rolled-back': finish(finishStates.rolledBack),
  '08-finish-open': finish(finishStates.open, executeStates.running),
  '09-rollback-preview': rollback(rollbackStates.preview),
  '09-rollback-validating': rollback(rollbackStates.preview, {
    ...ended('validation_failed'),
    condition: 'running',
    outcome: null,
  }),
  '09-rollback-diverged': rollback(rollbackStates.diverged),
  '09-rollback-progress': rollback(rollbackStates.running, rollingBack),
  '09-rollback-paused': rollback(
    { ...rollbackStates.running, state: 'preview' },
    { ...rollingBack, condition: 'paused' },
  ),
  '09-rollback-done': rollback(rollbackStates.done, ended('rolled_back')),
  '09-rollback-incomplete': rollback(rollbackStates.incomplete, {
    ...ended('rolled_back'),
    outcome: 'rollback_incomplete',
  }),
  '09-rollback-nothing': rollback(rollbackStates.nothing),
  '10-quarantine': {
    hash: runHref(runId, 'quarantine'),
    services: night(ended('completed_with_quarantine'), { quarantine: quarantineServices }),
  },
  '10-quarantine-empty': {
    hash: runHref(runId, 'quarantine'),
    services: night(ended('completed'), { quarantine: { summary: () => emptyQuarantine } }),
  },
  '11-history': history(),
  '11-history-loading': {
    hash: plainHref('history'),
    services: night(ended('completed'), { history: { list: () => new Promise<never>(() => {}) } }),
  },
  '11-history-compare': history('compare', 'r-20261120-0204-k7qm', 'r-20261112-0130-m2ce'),
  '11-report': history('report', runId),
  '12-settings': {
    hash: plainHref('settings'),
    services: night(ended('completed'), {
      system: {
        secrets: () => [
          {
            name: 'AGENTDB_PASSWORD',
            bundle: 'agent-platform-cutover',
            where: 'key_store',
            setAt: '2026-11-18T09:12:00.000Z',
          },
          { name: 'QDRANT_API_KEY', bundle: null, where: 'environment', setAt: null },
        ],
        checkJournal: () => ({ ok: true, words: 'In order, checked just now' }),
      },
    }),
  },
  '12-keyboard': { hash: plainHref('settings', 'keys'), services: night(ended('completed')) },
};
