import { createHash } from 'node:crypto';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { Services } from '#shared/contract/services.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { type ConsentNeed, OverlandError } from '#shared/model/error.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';
import { backupView } from '../rollback/backup-view.ts';
import { rollbackView } from '../rollback/preview.ts';
import { bundleOfRun } from '../run/bundle-of-run.ts';
import { createRun } from '../run/create-run.ts';
import { nowText } from '../run/engine-context.ts';
import type { Phases } from '../run/phases.ts';
import { recheck } from '../run/recheck.ts';
import { findRun } from '../run/run-lock.ts';
import { type RunManager, wrongState } from '../run/run-manager.ts';
import { snapshotOf } from '../run/snapshot.ts';
import { planView, type StoredPlan, storedPlanKind } from '../run/stored-plan.ts';
import { watchRun } from '../run/watch.ts';
import { bundleFolder, overridesOf } from './bundle/bundle-folder.ts';

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
      accept: async ({ runId, hash, consents }) => acceptPlan(manager, runId, hash, consents),
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
    },
    rollback: {
      preview: async ({ runId, to }) => rollbackView(context, runId, to, manager.active(runId)),
      start: async ({ runId, to, consents, diverged }) => {
        const view = rollbackView(context, runId, to, manager.active(runId));
        if (view.state === 'nothing' && !view.pointId)
          throw wrongState(findRun(context, runId), ['nothing was written, so there is nothing to roll back']);
        requireConsents(view.consents, consents);
        phases.rollback(runId, { to, diverged });
      },
    },
  };
}

/** The stored plan with what the journal knows of its acceptance. */
function acceptance({ context }: RunManager, runId: string) {
  const run = findRun(context, runId);
  return { ...planView(context, runId), acceptedAt: run.accepted_at, acceptedBy: run.accepted_by };
}

function acceptPlan(manager: RunManager, runId: string, hash: string, consents: readonly string[]): void {
  const { journal, environment } = manager.context;
  const run = findRun(manager.context, runId);
  const view = planView(manager.context, runId);
  if (manager.active(runId)) throw wrongState(run, ['wait until the phase at work has ended']);
  if (view.hash !== hash) {
    throw new OverlandError(
      'PLAN_STALE',
      'This is not the plan that was shown last; it was analysed again.',
      {
        differences: [
          { what: 'plan', inPlan: hash.slice(0, 16), now: view.hash.slice(0, 16), same: false, note: 'analysed again' },
        ],
      },
      { advice: 'Look at the plan again, then accept it.' },
    );
  }
  const blocking = view.findings.filter((finding) => finding.severity === 'error' || finding.severity === 'critical');
  const [first] = blocking;
  if (first)
    throw new OverlandError(
      'FAILED',
      `The plan cannot be accepted: ${first.message}`,
      { finding: first },
      { advice: first.suggestion ?? 'Settle the errors of the plan, then analyse it again.' },
    );
  requireConsents(view.consents, consents);
  const at = nowText(manager.context);
  journal.db.transaction(() => {
    const optional = consents
      .filter((name) => name === 'no-backup')
      .map(
        (name): ConsentNeed => ({
          name,
          step: null,
          text: 'Execution without a rollback point: there is no saved state to come back to.',
          typed: null,
        }),
      );
    for (const need of [...view.consents, ...optional]) {
      journal.runs.consent({
        run: runId,
        subject: need.name,
        text: need.text,
        text_sha256: createHash('sha256').update(need.text).digest('hex'),
        who: environment.identity.person,
        via: 'screen',
        at,
      });
    }
    journal.runs.change(runId, { accepted_at: at, accepted_by: environment.identity.person });
  });
  manager.event(runId, {
    severity: 'info',
    code: 'plan_accepted',
    step: null,
    text: `Plan ${hash.slice(0, 8)} accepted by ${environment.identity.person}`,
  });
}

function requireConsents(needs: readonly ConsentNeed[], given: readonly string[]): void {
  const missing = needs.filter((need) => !given.includes(need.name));
  if (missing.length === 0) return;
  throw new OverlandError(
    'CONSENT_MISSING',
    `Consent is missing: ${missing.map((need) => need.name).join(', ')}.`,
    { needs: [...missing] },
    { advice: `Read what it says, then give it by name: --consent ${missing[0]?.name}` },
  );
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
