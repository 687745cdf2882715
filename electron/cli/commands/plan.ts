import { counted } from '#shared/model/figures.ts';
import { isError } from '#shared/model/finding.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { planText } from '../plan-text.ts';
import { makePlan } from '../prepare.ts';
import { requireBundle } from '../target.ts';

export const registerPlan: Register = (program, run) => {
  program
    .command('plan')
    .description('analyse: what would happen, how long it takes, how it is undone; changes nothing')
    .argument('<bundle>', 'folder with a profile.toml')
    .option('--markdown', 'statements and mappings as Markdown, for a review')
    .action((bundle: string, given: { markdown?: boolean }, command) =>
      run(command, (context) => showPlan(context, requireBundle(bundle), given.markdown === true)),
    );
};

/** Makes the plan of a bundle and tells it. */
export async function showPlan(context: CommandContext, bundle: string, markdown: boolean): Promise<number> {
  const { services, output } = context;
  const runId = await makePlan(context, bundle);
  const plan = await services.plan.get({ runId }, {});
  const errors = plan.findings.filter(isError).length;
  const exitCode = errors > 0 ? exitCodes.failed : exitCodes.completed;
  if (markdown) {
    const { text } = await services.plan.export({ runId }, {});
    if (!output.json) output.line(text);
    return output.answer(exitCode, { runId, plan, markdown: text });
  }
  const { window } = await services.run.snapshot({ runId }, {});
  if (!output.json) output.say(planText(plan, window));
  if (errors > 0)
    output.note(`error: The plan cannot be carried out: ${counted(errors, 'finding')} must be settled first.`);
  return output.answer(exitCode, { runId, plan, window });
}
