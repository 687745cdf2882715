import { bytes } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { UsageError } from '../output.ts';
import { confirm } from '../prepare.ts';
import { resolveRun } from '../target.ts';

/** As the view of the end of a run names it. */
const rollbackPoint = 'Rollback point';

export const registerCleanup: Register = (program, run) => {
  program
    .command('cleanup')
    .description(
      'remove scratch and the tables that Overland keeps in the target; the run cannot be rolled back after that, the report is kept',
    )
    .argument('<run>', 'id, its beginning, or last')
    .option(
      '--remove-point',
      'remove the rollback point as well; else it stays, with a RESTORE.md for a restore by hand',
    )
    .action((text: string, given: { removePoint?: boolean }, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const runId = await resolveRun(context, text);
        const removePoint = given.removePoint === true;
        const { cleanup: left, cleanupWaits, cleanedAt, outcome } = await services.history.finish({ runId }, {});
        if (cleanupWaits !== null)
          throw new UsageError(
            `Run ${runId} cannot be cleaned up now. ${cleanupWaits}.`,
            `overland status ${runId} says where it is.`,
          );
        const cleanup = left.filter((item) => removePoint || item.what !== rollbackPoint);
        if (!output.json) {
          for (const item of left) {
            const kept = cleanup.includes(item) ? '' : ', kept';
            output.say(`  ${item.what}: ${item.object}${item.bytes === null ? '' : `, ${bytes(item.bytes)}`}${kept}`);
          }
        }
        if (cleanup.length === 0) {
          if (!output.json)
            output.say(
              left.length === 0
                ? `There is nothing left to remove of run ${runId}.`
                : 'There is nothing else left to remove; --remove-point removes the rollback point.',
            );
          return output.answer(exitCodes.completed, { runId, removed: [], removedPoint: false });
        }
        const last = cleanedAt !== null || outcome === 'rolled_back' ? '' : ' The run cannot be rolled back then.';
        await confirm(context, `Remove ${cleanup.length === 1 ? 'this' : 'these'}?${last}`, 'removes them');
        await services.history.cleanup({ runId, removePoint }, {});
        if (!output.json) output.say(`Run ${runId} is cleaned up.`);
        return output.answer(exitCodes.completed, { runId, removed: cleanup, removedPoint: removePoint });
      }),
    );
};
