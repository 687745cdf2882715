import { OverlandError } from '#shared/model/error.ts';
import { nextPhases, type Phase } from '#shared/model/run.ts';
import { analysePlan } from '../plan/analyse.ts';
import { backup } from '../rollback/backup.ts';
import { keepRequest, keptRequest, type RollbackRequest } from '../rollback/request.ts';
import { requireUndoable, rollback } from '../rollback/rollback.ts';
import { phaseName } from '../validation/report/report-words.ts';
import { cleanup } from './cleanup.ts';
import { dryRun } from './dry-run.ts';
import { execute, requireExecutable } from './execute.ts';
import type { RunRecord } from './journal/rows.ts';
import { findRun } from './run-lock.ts';
import type { RunManager } from './run-manager.ts';
import { storedPlan } from './stored-plan.ts';
import { validate } from './validate.ts';

function nothingToResume(run: RunRecord): OverlandError {
  const words = run.condition === 'done' ? 'is done' : 'has not begun';
  return new OverlandError(
    'WRONG_STATE',
    `There is nothing to resume: ${phaseName(run.phase).toLowerCase()} of run ${run.id} ${words}.`,
    { phase: run.phase, condition: run.condition, allowed: [...nextPhases[run.phase]] },
    { advice: `overland status ${run.id} says where it is.` },
  );
}

/** Starts phases; each returns when the phase is journalled and goes on by itself. */
export class Phases {
  readonly #manager: RunManager;

  constructor(manager: RunManager) {
    this.#manager = manager;
  }

  plan(runId: string): void {
    this.#manager.start(runId, 'plan', (active) => analysePlan(this.#manager.context, active));
  }

  backup(runId: string): void {
    this.#manager.start(runId, 'backup', (active) => backup(this.#manager.context, active));
  }

  dryRun(runId: string, sample: number | null): void {
    this.#manager.start(runId, 'dry_run', (active) => dryRun(this.#manager.context, active, sample));
  }

  /**
   * With `autoRollback` a step that fails for good, or a criterion that is met, is followed by a rollback;
   * with `thenValidate` an execution that ended is followed by the quick validation.
   */
  execute(runId: string, autoRollback: boolean, thenValidate = false): void {
    const { context } = this.#manager;
    // Asked before the phase begins, so that a refusal leaves the run as it was.
    this.#manager.requireStart(runId, 'execute');
    requireExecutable(context, findRun(context, runId));
    storedPlan(context, runId);
    context.journal.runs.change(runId, { auto_rollback: autoRollback ? 1 : 0 });
    this.#manager.start(
      runId,
      'execute',
      (active) => execute(context, active),
      ({ outcome }) => {
        if (outcome === 'failed')
          this.#rollBackByCriterion(runId, 'a step failed, or a criterion of the policy is met');
        else if (thenValidate && (outcome === 'completed' || outcome === 'completed_with_quarantine'))
          this.validate(runId, false);
      },
    );
  }

  validate(runId: string, full: boolean): void {
    const { context } = this.#manager;
    this.#manager.requireStart(runId, 'validate');
    storedPlan(context, runId);
    this.#manager.start(
      runId,
      'validate',
      (active) => validate(context, active, full),
      () => {
        const critical = context.journal.findings.issueCounts(runId, 'validate')['critical'] ?? 0;
        if (critical > 0) this.#rollBackByCriterion(runId, `validation found ${critical} critical issues`);
      },
    );
  }

  /**
   * `decided` journals what belongs to this start; nothing is journalled of one that is refused. Before the phase begins, so
   * that one that is cut short at once goes on as it was asked for.
   */
  rollback(runId: string, request: RollbackRequest, decided: () => void = () => undefined): void {
    const { context } = this.#manager;
    this.#manager.requireStart(runId, 'rollback');
    requireUndoable(context, runId, request.to);
    keepRequest(context, runId, request);
    decided();
    this.#manager.start(runId, 'rollback', (active) => rollback(context, active, request));
  }

  cleanup(runId: string, removePoint: boolean): void {
    this.#manager.start(runId, 'cleanup', (active) => cleanup(this.#manager.context, active, removePoint));
  }

  /** Goes on with the phase in which the run stopped. */
  resume(runId: string, autoRollback: boolean, thenValidate = false): void {
    const { context } = this.#manager;
    const run = findRun(context, runId);
    if (run.condition === 'done' || run.condition === 'idle') throw nothingToResume(run);
    const restart: Readonly<Record<Phase, () => void>> = {
      plan: () => this.plan(runId),
      backup: () => this.backup(runId),
      dry_run: () => this.dryRun(runId, null),
      execute: () => this.execute(runId, autoRollback || run.auto_rollback === 1, thenValidate),
      validate: () => this.validate(runId, false),
      rollback: () => this.rollback(runId, keptRequest(context.journal, runId)),
      cleanup: () => this.cleanup(runId, false),
    };
    restart[run.phase]();
  }

  #rollBackByCriterion(runId: string, words: string): void {
    const run = findRun(this.#manager.context, runId);
    if (run.auto_rollback !== 1) return;
    this.#manager.event(runId, {
      severity: 'warning',
      code: 'auto_rollback',
      step: null,
      text: `Rolling back by itself: ${words}`,
    });
    this.rollback(runId, { to: null, diverged: 'stop', by: 'criterion' });
  }
}
