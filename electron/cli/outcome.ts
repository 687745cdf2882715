import { counted, figure } from '#shared/model/figures.ts';
import { exitCodes, type Outcome } from '#shared/model/run.ts';
import type { CommandContext } from './context.ts';

/** Tells how the run ended and writes its report; gives the exit code. */
export async function tellOutcome(context: CommandContext, runId: string): Promise<number> {
  const { services, output, paths } = context;
  const finish = await services.history.finish({ runId }, {});
  const report = await services.history.saveReport({ runId, format: 'html', folder: paths.reports }, {});
  const exitCode = finish.exitCode ?? exitCodes.failed;
  if (!output.json) {
    const { counts } = finish;
    output.say(finish.title);
    output.say(finish.lead);
    output.say(
      `${counted(counts.read, 'record')} read = ${figure(counts.accepted)} accepted + ${figure(counts.rejected)} set aside + ${figure(counts.filtered)} filtered`,
    );
    const items = Object.values(counts.outputs).reduce((sum, one) => sum + one.rejected, 0);
    if (items > 0) output.say(`${counted(items, 'row')} of accepted records set aside`);
    for (const open of finish.open) output.say(`  ${open}`);
    output.say(`Report: ${report.file}`);
    for (const line of nextLines(finish.outcome, runId)) output.say(line);
  }
  return output.answer(exitCode, { runId, finish, report: report.file });
}

function nextLines(outcome: Outcome | null, runId: string): string[] {
  switch (outcome) {
    case 'completed_with_quarantine':
      return [
        `overland quarantine ${runId} shows what was set aside.`,
        `overland rollback ${runId} takes the run back.`,
      ];
    case 'failed':
    case 'cancelled':
      return [`overland resume ${runId} goes on, overland rollback ${runId} takes it back.`];
    case 'validation_failed':
      return [`overland validate ${runId} compares again, overland rollback ${runId} takes the run back.`];
    case 'rollback_incomplete':
      return [`overland rollback ${runId} --preview shows what is left.`];
    default:
      return [];
  }
}
