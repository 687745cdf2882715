import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import { bundleOfRun } from '../run/bundle-of-run.ts';
import { type EngineContext, nowText } from '../run/engine-context.ts';
import { liveSteps } from '../run/live-steps.ts';
import type { LiveStep } from '../run/progress.ts';
import { findRun } from '../run/run-lock.ts';
import type { ActivePhase, PhaseEnd } from '../run/run-manager.ts';
import { SessionPool } from '../run/session-pool.ts';
import { planHeads, requireVersions, type StoredPlan, type StoredStep } from '../run/stored-plan.ts';
import { holdTargets, releaseTargets } from '../run/target-leases.ts';
import { withResource } from '../run/with-resource.ts';
import type { RollbackRequest } from './request.ts';
import { leaveTargets, type Proof, restoreTargets } from './restore-targets.ts';
import { undoReplays, undoStep } from './undo-step.ts';

/**
 * The rollback phase: undoes the steps last first, each chunk in one transaction of the target, then gives back the saved
 * bytes where the content is as it was, and proves the old state. Called again after a crash it goes on where it stopped.
 */
export async function rollback(
  context: EngineContext,
  active: ActivePhase,
  request: RollbackRequest,
): Promise<PhaseEnd> {
  const { runId, control, event } = active;
  const { environment } = context;
  const run = findRun(context, runId);
  const plan = planHeads(context, runId);
  const bundle = await bundleOfRun(context, run);
  const scratch = join(environment.paths.scratch, runId, 'rollback');
  await environment.fs.makeFolder(scratch);
  active.progress.beginPhase(liveSteps(context, runId, plan).reverse().map(toUndo));
  const began = environment.clock.monotonic();
  event({
    severity: 'warning',
    code: 'rollback_started',
    step: null,
    text:
      request.to === null
        ? 'Rollback: everything that this run wrote is undone'
        : `Rollback: back to the state after step ${request.to}`,
  });
  const diverged: Finding[] = [];
  const settled: Finding[] = [];
  if (!allUndone(context, runId, plan, request.to)) {
    const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'write', scratch, control.signal);
    await withResource(pool, async () => {
      const children = context.journal.runs.children(runId).map((child) => child.id);
      const leases = await holdTargets(context, active, plan, pool);
      try {
        const undoing = { context, active, plan, bundle, pool, scratch, request, diverged, settled };
        const steps = stepsToUndo(plan, request.to);
        await undoReplays(undoing, steps);
        for (const stored of steps) await undoStep(undoing, stored);
      } finally {
        await releaseTargets(leases);
      }
      if (request.to === null && diverged.length === 0) await leaveTargets(plan, pool, [runId, ...children]);
    });
  }
  const proof =
    request.to === null && diverged.length === 0
      ? await restoreTargets(context, active, plan, bundle, request, diverged)
      : [];
  await environment.fs.remove(scratch);
  return finish(context, active, { request, diverged, settled, proof, tookMs: environment.clock.monotonic() - began });
}

/** A step before its turn: what was done is what there is to undo; what was set aside was never written. */
function toUndo(step: LiveStep): LiveStep {
  const state = step.state === 'rolled_back' ? step.state : 'pending';
  return { ...step, state, setAside: 0, startedAt: null, endedAt: null, note: null };
}

const settledWords = 'Exported to diverged.jsonl beside the reports of the run, then removed.';

/** Steps after `to`, last first; all when it is null. */
export function stepsToUndo(plan: StoredPlan, to: string | null): StoredStep[] {
  const index = to === null ? -1 : plan.steps.findIndex((step) => step.id === to);
  if (to !== null && index < 0)
    throw new OverlandError(
      'NOT_FOUND',
      `The plan has no step "${to}".`,
      { what: 'step', name: to },
      { advice: `Steps: ${plan.steps.map((step) => step.id).join(', ')}.` },
    );
  return plan.steps.slice(index + 1).reverse();
}

/**
 * Fails, before anything is begun, when a step that wrote was planned by a version whose plans this one does not read: how it is
 * undone is in its plan. What was not reached, and what is undone, needs no undoing.
 */
export function requireUndoable(context: EngineContext, runId: string, to: string | null): void {
  const states = new Map(context.journal.work.steps(runId).map((step) => [step.id, step.state]));
  const toUndo = stepsToUndo(planHeads(context, runId), to).filter(({ id }) => {
    const state = states.get(id) ?? 'pending';
    return state !== 'pending' && state !== 'undone';
  });
  requireVersions(
    context,
    runId,
    toUndo,
    (maker) => `Roll back with ${maker}. Nothing was changed; the journal and the rollback point stay as they are.`,
  );
}

function allUndone(context: EngineContext, runId: string, plan: StoredPlan, to: string | null): boolean {
  const states = new Map(context.journal.work.steps(runId).map((step) => [step.id, step.state]));
  return to === null && plan.steps.every((step) => states.get(step.id) === 'undone');
}

function finish(
  context: EngineContext,
  active: ActivePhase,
  parts: {
    request: RollbackRequest;
    diverged: readonly Finding[];
    settled: readonly Finding[];
    proof: Proof;
    tookMs: number;
  },
): PhaseEnd {
  const { request, proof, tookMs } = parts;
  const differs = proof
    .filter((line) => line.result === 'differs')
    .map((line) =>
      makeFinding({
        severity: 'error',
        category: 'not_restored',
        message: `${line.object} is not as it was before.`,
        path: line.object,
        oldValue: line.before,
        newValue: line.after,
      }),
    );
  const diverged = [...parts.diverged, ...differs];
  const told = [...diverged, ...parts.settled.map((finding) => ({ ...finding, suggestion: settledWords }))];
  const { journal } = context;
  journal.db.transaction(() => {
    journal.findings.clearIssues(active.runId, 'rollback');
    journal.findings.addIssues(active.runId, 'rollback', told);
    journal.runs.putDocument(
      active.runId,
      'rollback',
      { proof, diverged: told, to: request.to, at: nowText(context), tookMs },
      nowText(context),
    );
  });
  const complete = diverged.length === 0 || request.diverged === 'keep';
  active.event({
    severity: complete ? 'info' : 'error',
    code: 'rollback_done',
    step: null,
    text: complete
      ? request.to === null
        ? 'Rollback: the old state is back'
        : `Rollback: back to the state after ${request.to}`
      : `Rollback is incomplete: ${diverged.length} differences need a decision`,
  });
  if (!complete) return { result: 'incomplete', condition: 'failed', outcome: 'rollback_incomplete' };
  return { result: 'rolled_back', condition: 'done', outcome: 'rolled_back' };
}
