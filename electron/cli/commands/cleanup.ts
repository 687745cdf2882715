import { bytes } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { confirm } from '../prepare.ts';
import { resolveRun } from '../target.ts';

export const registerCleanup: Register = (program, run) => {
  program
    .command('cleanup')
    .description('remove scratch and the tables that Overland keeps in the target; the report is kept')
    .argument('<run>', 'id, its beginning, or last')
    .option('--remove-point', 'remove the rollback point as well: after that there is no way back')
    .action((text: string, given: { removePoint?: boolean }, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const runId = await resolveRun(context, text);
        const removePoint = given.removePoint === true;
        const { cleanup } = await services.history.finish({ runId }, {});
        if (!output.json) {
          for (const item of cleanup) {
            output.say(`  ${item.what}: ${item.object}${item.bytes === null ? '' : `, ${bytes(item.bytes)}`}`);
          }
        }
        const question = removePoint
          ? 'Remove these and the rollback point? There is no way back then.'
          : 'Remove these?';
        await confirm(context, question, 'removes them');
        await services.history.cleanup({ runId, removePoint }, {});
        if (!output.json) output.say(`Run ${runId} is cleaned up.`);
        return output.answer(exitCodes.completed, { runId, removed: cleanup, removedPoint: removePoint });
      }),
    );
};
