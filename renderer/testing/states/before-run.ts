import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';
import { OverlandError } from '#shared/model/error.ts';
import { bundleHref, plainHref, runHref } from '../../app/routes.ts';
import { bundle, bundlePath } from '../fixtures/bundle.ts';
import {
  brokenLegacyReport,
  genericReport,
  legacyReport,
  missingRightReport,
  missingSecretReport,
  openBundle,
  serverBundle,
} from '../fixtures/connections.ts';
import { interruptedRun, longPath, pastRuns, problems } from '../fixtures/home.ts';
import { plan, planWithConsent } from '../fixtures/plan.ts';
import { makeSnapshot, rail, runId, steps } from '../fixtures/run.ts';
import { services } from './services.ts';
import type { PictureState } from './state.ts';

function invalid(): never {
  throw new OverlandError('BUNDLE_INVALID', 'The bundle has problems', {
    bundle: `${longPath}/profile.toml`,
    problems,
  });
}

const interrupted: RunSnapshot = makeSnapshot({
  phase: 'execute',
  condition: 'running',
  steps: steps.map((step) =>
    step.id === 'subtasks' ? { ...step, state: 'attention', done: 9200, setAside: 12 } : step,
  ),
  interrupted: {
    at: '2026-11-20T02:41:02.000Z',
    step: 'subtasks',
    pid: 41872,
    machine: 'ops-jump-3',
    words: 'The lock on generic.db belongs to a process that no longer exists (pid 41872 on ops-jump-3).',
  },
});

const reading: Record<string, Partial<StepProgress>> = {
  model: { state: 'completed', done: 9, note: '9 statements parsed' },
  breakdowns: { state: 'completed', done: 2000, note: '2,000 rows read in full, 80,400 rows/s' },
  subtasks: { state: 'running', done: 10_106, note: 'reading in full for values that will not fit' },
  dependencies: { note: 'waits' },
};
const analysing: RunSnapshot = makeSnapshot({
  condition: 'running',
  steps: steps.map((step) => ({ ...step, ...reading[step.id] })),
  rail: rail.map((line) => (line.name === 'plan' ? { ...line, state: 'running', fact: 'reading sources' } : line)),
});
const withConsent: RunSnapshot = makeSnapshot({
  rail: rail.map((line) => (line.name === 'plan' ? { ...line, fact: 'waits for consent' } : line)),
});

const profileHash = bundleHref(bundlePath, 'profile');
const connectionsHash = bundleHref(bundlePath, 'connections');
const planHash = (tab = '') => runHref(runId, 'plan', tab);

const openRun = {
  history: {
    list: ({ outcome }: { outcome: string }) =>
      outcome === 'open'
        ? { total: 1, byOutcome: {}, runs: [interruptedRun] }
        : { total: 47, byOutcome: {}, runs: [interruptedRun, ...pastRuns] },
  },
};
const nothingYet = {
  bundle: { recent: () => [] },
  history: { list: () => ({ total: 0, byOutcome: {}, runs: [] }) },
};

/** Every state of Home, Profile, Connections and Plan, by the name of its picture. */
export const beforeRun: Readonly<Record<string, PictureState>> = {
  '00-home': { hash: '#/home', services: services(openRun, interrupted) },
  '00-home-drag': { hash: '#/home', services: services(openRun, interrupted), prepare: 'drag' },
  '00-home-nothing-open': { hash: '#/home', services: services() },
  '00-home-first-start': { hash: '#/home', services: services(nothingYet) },
  '00-home-bundle-problems': {
    hash: plainHref('home', 'problems', longPath),
    services: services({ bundle: { open: invalid } }),
  },
  '01-profile': { hash: profileHash, services: services({ bundle: { open: () => ({ ...bundle, openRun: runId }) } }) },
  '01-profile-run': { hash: runHref(runId, 'profile'), services: services() },
  '02-connections-ready': { hash: connectionsHash, services: services() },
  '02-connections-failing': {
    hash: connectionsHash,
    services: services({
      bundle: { open: () => serverBundle },
      connection: { check: () => [legacyReport, missingRightReport] },
      system: {
        secrets: () => [
          { name: 'AGENTDB_PASSWORD', bundle: bundle.id, where: 'key_store', setAt: '2026-11-18T09:12:00.000Z' },
        ],
      },
    }),
  },
  '02-connections-secret': {
    hash: connectionsHash,
    services: services({
      bundle: { open: () => serverBundle },
      connection: { check: () => [legacyReport, missingSecretReport] },
    }),
  },
  '02-connections-unreadable': {
    hash: connectionsHash,
    services: services({ connection: { check: () => [brokenLegacyReport, genericReport] } }),
  },
  '02-connections-open': {
    hash: connectionsHash,
    services: services({
      bundle: { open: () => openBundle },
      connection: { check: () => [{ ...legacyReport, ready: false, facts: [] }, genericReport] },
    }),
  },
  '03-plan-analysing': { hash: planHash(), services: services({}, analysing) },
  '03-plan-failed': {
    hash: planHash(),
    services: services(
      {},
      makeSnapshot({
        condition: 'failed',
        failure: {
          step: 'subtasks',
          message: 'Column artifacts of subtasks does not exist in legacy.db',
          advice:
            'The file may be of another version. Point the endpoint at the right one, or name the column optional.',
        },
      }),
    ),
  },
  '03-plan-steps': { hash: planHash(), services: services({ plan: { get: () => planWithConsent } }, withConsent) },
  '03-plan-graph': {
    hash: planHash('graph'),
    services: services({ plan: { get: () => planWithConsent } }, withConsent),
  },
  '03-plan-forecast': { hash: planHash('forecast'), services: services() },
  '03-plan-types': { hash: planHash('types'), services: services() },
  '03-plan-fates': { hash: planHash('fates'), services: services() },
  '03-plan-accepted': {
    hash: planHash(),
    services: services({
      plan: { get: () => ({ ...plan, acceptedAt: '2026-11-20T02:16:00.000Z', acceptedBy: 'j.lindqvist' }) },
    }),
  },
  '03-plan-stale': {
    hash: planHash(),
    services: services(
      {},
      makeSnapshot({
        refused: {
          kind: 'changed',
          differences: [
            { what: 'legacy.db', inPlan: 'a41c 77e0', now: '90bb 12f4', same: false, note: 'sha256 of the file' },
            { what: 'generic.db', inPlan: 'absent', now: 'absent', same: true, note: '' },
          ],
        },
      }),
    ),
  },
};
