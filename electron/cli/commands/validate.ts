import { figure } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { follow } from '../follow.ts';
import { table } from '../format.ts';
import { findingLines } from '../output.ts';
import { resolveRun } from '../target.ts';

const shown = 50;

export const registerValidate: Register = (program, run) => {
  program
    .command('validate')
    .description('compare what was written with what was read; may be repeated months later')
    .argument('<run>', 'id, its beginning, or last')
    .option('--full', 'read both sides again, row by row')
    .action((text: string, given: { full?: boolean }, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const runId = await resolveRun(context, text);
        await services.run.validate({ runId, full: given.full === true }, {});
        await follow(context, runId);
        const validation = await services.validation.get({ runId }, {});
        const found = { runId, severity: null, search: '', offset: 0, limit: shown };
        const { total, issues } = await services.validation.issues(found, {});
        if (!output.json) {
          output.say(
            table(
              [
                { title: 'table' },
                { title: 'expected', right: true },
                { title: 'found', right: true },
                { title: 'result' },
              ],
              validation.tables.map((one) => [
                one.table,
                figure(one.expectedRows),
                one.foundRows === null ? '' : figure(one.foundRows),
                one.result.replace('_', ' '),
              ]),
            ),
          );
          for (const check of validation.checks) output.say(`${check.severity}  ${check.check}: ${check.found}`);
          for (const line of issues.flatMap(findingLines)) output.say(line);
          if (total > shown) output.say(`  and ${figure(total - shown)} more; the report has them all`);
          output.say(validation.passed ? 'Validation passed.' : 'Validation found errors.');
        }
        const exitCode = validation.passed ? exitCodes.completed : exitCodes.quarantineOrValidation;
        return output.answer(exitCode, { runId, validation, issues, totalIssues: total });
      }),
    );
};
