import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { Services } from '#shared/contract/services.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';
import { backupView } from '../rollback/backup-view.ts';
import { rollbackView } from '../rollback/preview.ts';
import { bundleOfRun } from '../run/bundle-of-run.ts';
import { createRun } from '../run/create-run.ts';
import { keepHandOver } from '../run/hand-over.ts';
import type { Phases } from '../run/phases.ts';
import { recheck } from '../run/recheck.ts';
import { findRun } from '../run/run-lock.ts';
import type { RunManager } from '../run/run-manager.ts';
import { snapshotOf } from '../run/snapshot.ts';
import { planView, type StoredPlan, storedPlanKind } from '../run/stored-plan.ts';
import { watchRun } from '../run/watch.ts';
import { acceptPlan } from './accept-plan.ts';
import { bundleFolder, overridesOf } from './bundle/bundle-folder.ts';
import { startRollback } from './start-rollback.ts';
import { exportIssues } from './validation/export-issues.ts';

export type RunGroups = Pick<Services, 'plan' | 'run' | 'backup' | 'dryRun' | 'validation' | 'rollback'>;

/** The groups of the contract that begin, follow and end the phases of a run. */
export function createRunServices(manager: RunManager, phases: Phases): RunGroups {
  const { context } = manager;
  return {
    plan: {
      create: async ({ path }) => {
        const folder = await bundleFolder(context, path);
        const runId = await createRun(context, folder, overridesOf(context, folder));
        phases.plan(runId);
        return { runId };
      },
      renew: async ({ runId }) => {
        const run = findRun(context, runId);
        await bundleOfRun(context, run);
        phases.plan(runId);
      },
      get: async ({ runId }) => acceptance(manager, runId),
      accept: async ({ runId, hash, consents, via }) => {
        acceptPlan(manager, runId, { hash, consents, via: via ?? {} });
        await keepHandOver(context, runId);
      },
      export: async ({ runId }) => ({ name: `plan-${runId}.md`, text: planMarkdown(acceptance(manager, runId)) }),
    },
    run: {
      header: async ({ runId }) => {
        const run = findRun(context, runId);
        const plan = context.journal.runs.document<StoredPlan>(runId, storedPlanKind);
        return {
          runId,
          bundlePath: run.bundle_path,
          bundleId: run.profile_id,
          bundleVersion: run.profile_version,
          target: plan?.targetText ?? '',
          planHash: run.plan_hash,
          startedAt: run.started_at,
          person: run.person,
          machine: run.machine,
        };
      },
      snapshot: async ({ runId }) => snapshotOf(manager, runId),
      watch: async ({ runId }, { signal }) => {
        findRun(context, runId);
        return watchRun(manager, runId, signal) as never;
      },
      events: async ({ runId, before, limit, severity }) => {
        findRun(context, runId);
        return context.journal.events
          .page(runId, { before, limit, severity })
          .map(({ seq, at, severity: grade, code, step, text }) => ({ seq, at, severity: grade, code, step, text }));
      },
      backup: async ({ runId }) => phases.backup(runId),
      dryRun: async ({ runId, sample }) => phases.dryRun(runId, sample),
      execute: async ({ runId, autoRollback, validate }) => phases.execute(runId, autoRollback, validate),
      resume: async ({ runId, autoRollback, validate }) => phases.resume(runId, autoRollback, validate),
      pause: async ({ runId }) => manager.pause(runId),
      cancel: async ({ runId }) => manager.cancel(runId),
      validate: async ({ runId, full }) => phases.validate(runId, full),
      recheck: async ({ runId }) => {
        await recheck(manager, runId);
        return snapshotOf(manager, runId);
      },
    },
    backup: { get: async ({ runId }) => backupView(context, runId, manager.active(runId)) },
    dryRun: {
      get: async ({ runId }) => {
        findRun(context, runId);
        const stored = context.journal.runs.document<DryRunView>(runId, 'dry_run');
        const running = manager.active(runId)?.phase === 'dry_run';
        return { ...(stored ?? emptyDryRun(runId)), state: running ? 'running' : stored ? 'done' : 'none' };
      },
    },
    validation: {
      get: async ({ runId }) => {
        findRun(context, runId);
        const stored = context.journal.runs.document<ValidationView>(runId, 'validation');
        const running = manager.active(runId)?.phase === 'validate';
        return { ...(stored ?? emptyValidation(runId)), state: running ? 'running' : stored ? 'done' : 'none' };
      },
      issues: async ({ runId, severity, search, offset, limit }) => {
        findRun(context, runId);
        return context.journal.findings.issues(runId, 'validate', { severity, search, offset, limit });
      },
      export: async ({ runId, ...filter }) => exportIssues(context, findRun(context, runId), filter),
    },
    rollback: {
      preview: async ({ runId, to }) => rollbackView(context, runId, to, manager.active(runId)),
      start: async ({ runId, via, ...start }) => startRollback(manager, phases, runId, { ...start, via: via ?? {} }),
    },
  };
}

/** The stored plan with what the journal knows of its acceptance. */
function acceptance({ context }: RunManager, runId: string) {
  const run = findRun(context, runId);
  return { ...planView(context, runId), acceptedAt: run.accepted_at, acceptedBy: run.accepted_by };
}

function emptyDryRun(runId: string): DryRunView {
  return {
    runId,
    state: 'none',
    at: null,
    tookMs: null,
    sampled: null,
    scratch: null,
    steps: [],
    outputs: [],
    reasons: [],
    examples: [],
    samples: [],
    schema: [],
  };
}

function emptyValidation(runId: string): ValidationView {
  return {
    runId,
    state: 'none',
    level: 'quick',
    at: null,
    tookMs: null,
    passed: null,
    compared: 0,
    bySeverity: { critical: 0, error: 0, warning: 0, info: 0 },
    ledger: [],
    tables: [],
    checks: [],
  };
}
