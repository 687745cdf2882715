import type { RunSnapshot } from '#shared/contract/run.ts';
import { OverlandError } from '#shared/model/error.ts';
import { counted } from '#shared/model/figures.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { failureText, watchPhase } from '../follow.ts';
import { estimate } from '../format.ts';
import { tellOutcome } from '../outcome.ts';
import { planText } from '../plan-text.ts';
import { acceptPlan, confirm, prepareRun } from '../prepare.ts';
import { makeBackup } from './backup.ts';
import { makeDryRun } from './dry-run.ts';

type Given = { readonly autoRollback?: boolean; readonly full?: boolean };

export const registerRun: Register = (program, run) => {
  program
    .command('run')
    .description('all phases: plan, backup, dry run, execute, validate; asks before it writes')
    .argument('<run-or-bundle>', 'a run (id, its beginning, or last) or a bundle')
    .option('--auto-rollback', 'roll back by itself when a criterion of the policy is met')
    .option('--full', 'validate by reading both sides again')
    .action((target: string, given: Given, command) => run(command, (context) => runAll(context, target, given)));
};

/** All phases of a run or bundle, one after the other. */
export async function runAll(context: CommandContext, target: string, given: Given): Promise<number> {
  const { services, output } = context;
  const runId = await prepareRun(context, target);
  const { phase, window } = await services.run.snapshot({ runId }, {});
  requireUnbegun(phase, runId);
  const plan = await services.plan.get({ runId }, {});
  if (!output.json) output.say(planText(plan, window));
  await acceptPlan(context, plan);
  const withoutBackup = context.settings.consents.includes('no-backup');
  const { state } = await services.backup.get({ runId }, {});
  if (state !== 'verified' && !withoutBackup) await makeBackup(context, runId);
  if ((await services.dryRun.get({ runId }, {})).state !== 'done') await makeDryRun(context, runId, null);
  const time = plan.estimate ? `, ${estimate(plan.estimate)}` : '';
  await confirm(context, `Write now, ${counted(plan.steps.length, 'step')}${time}?`, 'starts');
  await services.run.execute({ runId, autoRollback: given.autoRollback === true }, {});
  return finishRun(context, runId, { full: given.full === true, autoRollback: given.autoRollback === true });
}

export type FinishOptions = { readonly full: boolean; readonly autoRollback: boolean };

/** Follows what writes, then validates what was written, and tells the outcome. */
export async function finishRun(context: CommandContext, runId: string, how: FinishOptions): Promise<number> {
  const { services, output } = context;
  let snapshot = await watchWriting(context, runId, how.autoRollback);
  if (snapshot.phase === 'execute' && snapshot.condition === 'done') {
    await services.run.validate({ runId, full: how.full }, {});
    snapshot = await watchWriting(context, runId, how.autoRollback);
  }
  const { failure, criterion } = snapshot;
  if (failure) output.note(`error: ${failureText(failure)}`);
  if (failure?.advice) output.note(`  ${failure.advice}`);
  if (criterion) output.note(`A criterion of the policy is met: ${criterion.words}`);
  return tellOutcome(context, runId);
}

/** A rollback of its own account begins in the moment in which the phase ends; it is followed as well. */
async function watchWriting(context: CommandContext, runId: string, autoRollback: boolean): Promise<RunSnapshot> {
  const ended = await watchPhase(context, runId);
  if (!autoRollback || ended.phase === 'rollback') return ended;
  const now = await context.services.run.snapshot({ runId }, {});
  return now.phase === 'rollback' ? watchPhase(context, runId) : ended;
}

function requireUnbegun(phase: string, runId: string): void {
  if (phase === 'plan' || phase === 'backup' || phase === 'dry_run') return;
  throw new OverlandError(
    'WRONG_STATE',
    `Run ${runId} is past its dry run.`,
    { phase, condition: '', allowed: ['resume', 'validate', 'rollback'] },
    { advice: `overland status ${runId} says where it is; overland resume ${runId} goes on.` },
  );
}
