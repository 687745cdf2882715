import type { AdoptedRun } from '#shared/contract/hand-over.ts';
import { counted } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { UsageError } from '../output.ts';
import { applyOverrides } from '../prepare.ts';
import { requireBundle } from '../target.ts';

export const registerAdopt: Register = (program, run) => {
  program
    .command('adopt')
    .description('take up a run of another machine: from its bundle, its rollback point and its targets')
    .argument('<bundle>', 'folder with a profile.toml, as the run had it')
    .requiredOption('--point <folder>', 'folder of its rollback point, which holds run.json')
    .action((bundle: string, given: { point: string }, command) =>
      run(command, async (context) => {
        const { services, output, settings } = context;
        const path = requireBundle(bundle);
        const problems = await services.bundle.check({ path }, {});
        if (problems.length > 0)
          throw new UsageError(`${path} has ${counted(problems.length, 'problem')}.`, 'overland check lists them.');
        await applyOverrides(context, path);
        const adopted = await services.handOver.adopt(
          { path, folder: given.point, consents: [...settings.consents] },
          {},
        );
        const { runId } = adopted;
        const snapshot = await services.run.snapshot({ runId }, {});
        if (!output.json) for (const line of adoptedLines(adopted, snapshot.phase)) output.say(line);
        return output.answer(exitCodes.completed, { ...adopted, phase: snapshot.phase });
      }),
    );
};

function adoptedLines(adopted: AdoptedRun, phase: string): string[] {
  const { runId, person, machine, writtenAt, committed, pending, undone, lost, replays } = adopted;
  const lines = [
    `Run ${runId} is taken up from what ${person} on ${machine} left at ${writtenAt}.`,
    `The targets hold ${counted(committed, 'committed chunk')}; ${pending} are to be written, ${undone} are undone.`,
  ];
  if (replays > 0) lines.push(`${counted(replays, 'replay')} of it came along.`);
  if (lost > 0)
    lines.push(
      `${counted(lost, 'entry', 'entries')} of quarantine ${lost === 1 ? 'is' : 'are'} known by number only: the records were in the journal that is lost. They stay in the source.`,
    );
  if (phase === 'execute') lines.push(`overland resume ${runId} goes on, overland rollback ${runId} takes it back.`);
  else if (phase === 'rollback' && undone === 0 && committed === 0)
    lines.push(
      'The targets hold nothing of this run: it was rolled back or cleaned up, or ended before its first write.',
      `overland rollback ${runId} compares them with the saved state and says so.`,
    );
  else if (phase === 'rollback') lines.push(`overland resume ${runId} ends the rollback that had begun.`);
  else lines.push(`Nothing was written yet. overland run ${runId} goes on.`);
  return lines;
}
