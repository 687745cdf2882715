import type { BackupView } from '#shared/contract/backup.ts';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { runHref, type ScreenName } from '../../app/routes.ts';
import { backupStates } from '../fixtures/night/backup.ts';
import { dryRunStates } from '../fixtures/night/dry-run.ts';
import { finishStates } from '../fixtures/night/finish.ts';
import { at, runId } from '../fixtures/night/ledger.ts';
import { rollbackStates } from '../fixtures/night/rollback.ts';
import { executeStates, header } from '../fixtures/night/run.ts';
import { issues, validationStates } from '../fixtures/night/validation.ts';
import { plan } from '../fixtures/plan.ts';
import type { FakeServices } from '../memory-client.ts';
import { services } from './services.ts';
import type { PictureState } from './state.ts';

const accepted = { ...plan, acceptedAt: at(1, 16), acceptedBy: 'j.lindqvist' };

/** A night's run behind any screen; give what differs. */
export function night(snapshot: RunSnapshot, more: FakeServices = {}): FakeServices {
  return services(
    {
      ...more,
      plan: { get: () => accepted, ...more.plan },
      run: { header: () => header, events: () => [...snapshot.events], recheck: () => snapshot, ...more.run },
      backup: { get: () => backupStates.verified, ...more.backup },
      dryRun: { get: () => dryRunStates.done, ...more.dryRun },
      rollback: { preview: () => rollbackStates.preview, ...more.rollback },
      history: { finish: () => finishStates.quarantine, ...more.history },
    },
    snapshot,
  );
}

/** Pages of issues as the engine gives them. */
export const validationServices = (view: ValidationView): NonNullable<FakeServices['validation']> => ({
  get: () => view,
  issues: ({ severity, search, offset, limit }) => {
    const total = Object.values(view.bySeverity).reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const found =
      total === 0
        ? []
        : issues.filter(
            (issue) =>
              (severity === null || issue.severity === severity) && `${issue.message} ${issue.path}`.includes(search),
          );
    return { total: found.length, issues: found.slice(offset, offset + limit) };
  },
});

const place = (screen: ScreenName, variant = '') => runHref(runId, screen, variant);
const backup = (view: BackupView, snapshot: RunSnapshot): PictureState => ({
  hash: place('backup'),
  services: night(snapshot, { backup: { get: () => view } }),
});
const dryRun = (view: DryRunView, variant = '', snapshot: RunSnapshot = executeStates.ready): PictureState => ({
  hash: place('dry-run', variant),
  services: night(snapshot, { dryRun: { get: () => view } }),
});
const execute = (snapshot: RunSnapshot, prepare?: 'lose' | 'ask'): PictureState => ({
  hash: place('execute'),
  services: night(snapshot),
  ...(prepare ? { prepare } : {}),
});
const validate = (view: ValidationView, snapshot: RunSnapshot, variant = ''): PictureState => ({
  hash: place('validate', variant),
  services: night(snapshot, { validation: validationServices(view) }),
});

const reading = (phase: RunSnapshot['phase'], steps: RunSnapshot['steps']): RunSnapshot => ({
  ...executeStates.running,
  phase,
  condition: 'running',
  leftSeconds: { low: 110, likely: 140, high: 190, basis: 'measured now' },
  steps: steps.map((step) => ({ ...step, note: step.state === 'completed' ? 'none' : null })),
});
const validated: RunSnapshot = { ...executeStates.completed, phase: 'validate', outcome: 'completed_with_quarantine' };
const backingUp: RunSnapshot = {
  ...executeStates.ready,
  phase: 'backup',
  condition: 'running',
  leftSeconds: { low: 9, likely: 12, high: 20, basis: 'measured now' },
};
const backedUp: RunSnapshot = {
  ...executeStates.ready,
  phase: 'backup',
  condition: 'done',
  rail: executeStates.ready.rail.map((line) =>
    line.name === 'dry_run' ? { ...line, state: 'pending', fact: '' } : line,
  ),
};
const backupFailed: RunSnapshot = {
  ...backedUp,
  condition: 'failed',
  failure: {
    step: null,
    message: 'generic.db could not be read back: the hash differs from what was written',
    advice:
      'The disk under the backup folder may be failing. Choose another folder in Settings, then start the backup again.',
  },
};
const rehearsalFailed: RunSnapshot = {
  ...executeStates.ready,
  condition: 'failed',
  failure: {
    step: 'subtasks',
    message: 'The scratch folder is full: 1.2 GB are needed.',
    advice: 'Free space there and rehearse again.',
  },
};

/** Every state of Backup, Dry run, Execute and Validate, by the name of its picture. */
export const ofRun: Readonly<Record<string, PictureState>> = {
  '04-backup-none': backup(backupStates.none, { ...backedUp, phase: 'plan' }),
  '04-backup-running': backup(backupStates.running, backingUp),
  '04-backup-verified': backup(backupStates.verified, backedUp),
  '04-backup-no-space': backup(backupStates.noSpace, { ...backedUp, phase: 'plan' }),
  '04-backup-failed': backup(backupStates.failed, backupFailed),
  '05-dryrun-none': dryRun(dryRunStates.none, '', backedUp),
  '05-dryrun-running': dryRun(dryRunStates.running, '', reading('dry_run', executeStates.running.steps)),
  '05-dryrun-failed': dryRun(dryRunStates.failed, '', rehearsalFailed),
  '05-dryrun-counts': dryRun(dryRunStates.done),
  '05-dryrun-sample': dryRun(dryRunStates.done, 'sample'),
  '05-dryrun-rejects': dryRun(dryRunStates.done, 'rejects'),
  '05-dryrun-rejects-none': dryRun(dryRunStates.clean, 'rejects'),
  '05-dryrun-schema': dryRun(dryRunStates.done, 'schema'),
  '06-execute-ready': execute(executeStates.ready),
  '06-execute-running': execute(executeStates.running),
  '06-execute-pausing': execute(executeStates.pausing),
  '06-execute-paused': execute(executeStates.paused),
  '06-execute-failing': execute(executeStates.aboutToStop),
  '06-execute-engine-lost': execute(executeStates.running, 'lose'),
  '06-execute-engine-back': execute(executeStates.recovered),
  '06-execute-interrupted': execute(executeStates.interrupted),
  '06-execute-failed': execute(executeStates.failed),
  '06-execute-cancelled': execute(executeStates.cancelled),
  '06-execute-cancel': execute(executeStates.running, 'ask'),
  '06-execute-refused-locked': execute(executeStates.locked),
  '06-execute-refused-changed': execute(executeStates.changed),
  '06-execute-done': execute(validated),
  '07-validate-none': validate(validationStates.none, executeStates.completed),
  '07-validate-running': validate(validationStates.running, reading('validate', executeStates.running.steps)),
  '07-validate-issues': validate(validationStates.done, validated),
  '07-validate-passed': validate(validationStates.passed, validated),
  '07-validate-counts': validate(validationStates.done, validated, 'counts'),
};
