import type { RollbackView } from '#shared/contract/rollback.ts';
import { OverlandError } from '#shared/model/error.ts';
import { figure } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { follow } from '../follow.ts';
import { estimate, table, utc } from '../format.ts';
import { findingLines, UsageError } from '../output.ts';
import { confirm } from '../prepare.ts';
import { resolveRun } from '../target.ts';

type Given = { readonly to?: string; readonly preview?: boolean; readonly diverged: string };
type Diverged = 'stop' | 'keep' | 'export_and_remove';

export const registerRollback: Register = (program, run) => {
  program
    .command('rollback')
    .description('undo the run, last step first, and prove that the old state is back')
    .argument('<run>', 'id, its beginning, or last')
    .option('--to <step>', 'undo only what came after this step')
    .option('--preview', 'say what would be done; change nothing')
    .option('--diverged <how>', 'rows that others changed since: stop, keep or export (exported, then removed)', 'stop')
    .action((text: string, given: Given, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const diverged = divergedOption(given.diverged);
        const runId = await resolveRun(context, text);
        const to = given.to ?? null;
        const { cleanedAt } = await services.history.finish({ runId }, {});
        if (cleanedAt !== null)
          throw new UsageError(
            `Run ${runId} was cleaned up on ${utc(cleanedAt)}; what a rollback needs is no longer at the target.`,
            'Where the rollback point was kept, its RESTORE.md says how the old state is restored by hand.',
          );
        const preview = await services.rollback.preview({ runId, to }, {});
        if (!output.json) output.say(previewText(preview));
        if (given.preview || preview.state === 'nothing')
          return output.answer(exitCodes.completed, { runId, rollback: preview });
        const consents = requireConsents(context, preview);
        await confirm(context, `Roll back ${preview.typed}?`, 'rolls back');
        const via = Object.fromEntries(consents.map((name) => [name, 'flag' as const]));
        await services.rollback.start({ runId, to, consents, via, diverged }, {});
        const snapshot = await follow(context, runId);
        const view = await services.rollback.preview({ runId, to }, {});
        const complete = view.state !== 'incomplete' && snapshot.outcome !== 'rollback_incomplete';
        if (!output.json) tellProof(context, view, complete);
        return output.answer(complete ? exitCodes.completed : exitCodes.rollbackIncomplete, { runId, rollback: view });
      }),
    );
};

function divergedOption(text: string): Diverged {
  if (text === 'stop' || text === 'keep') return text;
  if (text === 'export') return 'export_and_remove';
  throw new UsageError(`--diverged ${text} is not a way.`, 'One of stop, keep, export.');
}

function requireConsents(context: CommandContext, preview: RollbackView): string[] {
  const given = context.settings.consents;
  const missing = preview.consents.filter((need) => !given.includes(need.name));
  if (missing.length > 0) {
    throw new OverlandError(
      'CONSENT_MISSING',
      'The rollback needs a consent that --yes does not give. Nothing was changed.',
      {
        needs: missing,
      },
    );
  }
  return [...given];
}

function previewText(view: RollbackView): string {
  if (view.state === 'nothing') return 'There is nothing to undo.';
  const rows = view.steps.map((step) => [
    step.step,
    step.action,
    step.amount === null ? '' : `${figure(step.amount)} ${step.unit}`,
    estimate(step.estimate),
    step.verify,
  ]);
  const columns = ['step', 'action', 'amount', 'time', 'proved by'].map((title) => ({ title }));
  return [
    table(columns, rows),
    ...(view.diverged.length > 0 ? ['Changed by others since:', ...view.diverged.flatMap(findingLines)] : []),
    ...view.consents.map((need) => `Consent ${need.name}: ${need.text}`),
  ].join('\n');
}

function tellProof(context: CommandContext, view: RollbackView, complete: boolean): void {
  for (const proof of view.proof) context.output.say(`  ${proof.object}: ${proof.result}, ${proof.how}`);
  for (const line of view.diverged.flatMap(findingLines)) context.output.say(line);
  context.output.say(complete ? 'Rolled back. The old state is proven to be back.' : 'The rollback is incomplete.');
}
