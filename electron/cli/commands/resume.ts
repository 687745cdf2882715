import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { follow } from '../follow.ts';
import { tellOutcome } from '../outcome.ts';
import { resolveRun } from '../target.ts';
import { finishRun } from './run.ts';

type Given = { readonly autoRollback?: boolean; readonly full?: boolean };

export const registerResume: Register = (program, run) => {
  program
    .command('resume')
    .description('go on where a run stopped: paused, failed or interrupted, in whatever phase')
    .argument('<run>', 'id, its beginning, or last')
    .option('--auto-rollback', 'roll back by itself when a criterion of the policy is met')
    .option('--full', 'validate by reading both sides again')
    .action((text: string, given: Given, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const runId = await resolveRun(context, text);
        const { phase } = await services.run.snapshot({ runId }, {});
        await services.run.resume({ runId, autoRollback: given.autoRollback === true }, {});
        if (phase === 'execute') {
          return finishRun(context, runId, { full: given.full === true, autoRollback: given.autoRollback === true });
        }
        const snapshot = await follow(context, runId);
        if (phase === 'validate') return tellOutcome(context, runId);
        if (!output.json)
          output.say(`${phase.replace('_', ' ')} is ${snapshot.condition}. overland run ${runId} goes on.`);
        const incomplete = phase === 'rollback' && snapshot.outcome === 'rollback_incomplete';
        return output.answer(incomplete ? exitCodes.rollbackIncomplete : exitCodes.completed, {
          runId,
          phase,
          snapshot,
        });
      }),
    );
};
