import { counted, figure } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { follow } from '../follow.ts';
import { table } from '../format.ts';
import { prepareRun } from '../prepare.ts';
import { wholeNumber } from '../settings.ts';

export const registerDryRun: Register = (program, run) => {
  program
    .command('dry-run')
    .description('what would happen if it ran now, worked out in a scratch place; changes nothing')
    .argument('<run-or-bundle>', 'a run (id, its beginning, or last) or a bundle')
    .option('--sample <n>', 'only so many records a step')
    .action((target: string, given: { sample?: string }, command) =>
      run(command, async (context) => {
        const sample = given.sample === undefined ? null : wholeNumber('--sample', given.sample, 1);
        const runId = await prepareRun(context, target);
        const dryRun = await makeDryRun(context, runId, sample);
        return context.output.answer(exitCodes.completed, { runId, dryRun });
      }),
    );
};

/** Runs in scratch and tells what came of it. */
export async function makeDryRun(context: CommandContext, runId: string, sample: number | null) {
  const { services, output } = context;
  await services.run.dryRun({ runId, sample }, {});
  await follow(context, runId);
  const view = await services.dryRun.get({ runId }, {});
  if (!output.json) {
    const columns = ['read', 'accepted', 'set aside', 'filtered'].map((title) => ({ title, right: true }));
    // Records, so that each line adds up; rows of accepted records that are left out are counted apart.
    const rows = view.steps.map((step) => {
      const items = step.setAsideItems ?? 0;
      const records = [step.read, step.accepted, step.setAside - items, step.filtered].map(figure);
      return [step.id, ...records, items === 0 ? '' : `and ${counted(items, 'row')} of accepted records`];
    });
    output.say(`Dry run${view.sampled === null ? '' : `, at most ${figure(view.sampled)} records a step`}:`);
    output.say(table([{ title: 'step' }, ...columns, { title: '' }], rows));
    for (const reason of view.reasons) {
      output.say(`  would be set aside: ${figure(reason.count)} in ${reason.step}, ${reason.message}`);
    }
  }
  return view;
}
