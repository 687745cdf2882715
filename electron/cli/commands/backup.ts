import { bytes, figure } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { follow } from '../follow.ts';
import { planText } from '../plan-text.ts';
import { acceptPlan, prepareRun } from '../prepare.ts';

/** Saved objects that are named one by one. */
const listed = 20;

export const registerBackup: Register = (program, run) => {
  program
    .command('backup')
    .description('accept the plan and save what it touches, verified by reading it back')
    .argument('<run-or-bundle>', 'a run (id, its beginning, or last) or a bundle')
    .action((target: string, _given, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const runId = await prepareRun(context, target);
        const plan = await services.plan.get({ runId }, {});
        if (plan.acceptedAt === null && !output.json) output.say(planText(plan));
        await acceptPlan(context, plan);
        const backup = await makeBackup(context, runId);
        return output.answer(exitCodes.completed, { runId, backup });
      }),
    );
};

/** Makes the rollback point and tells where it is. */
export async function makeBackup(context: CommandContext, runId: string) {
  const { services, output } = context;
  await services.run.backup({ runId }, {});
  await follow(context, runId);
  const backup = await services.backup.get({ runId }, {});
  if (!output.json) {
    const total = backup.items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
    output.say(`Backup verified by ${backup.verifiedBy ?? 'nothing'}: ${bytes(total)} in ${backup.location}`);
    for (const item of backup.items.slice(0, listed)) output.say(`  ${item.object || item.subject}: ${item.how}`);
    if (backup.items.length > listed) output.say(`  and ${figure(backup.items.length - listed)} more`);
  }
  return backup;
}
