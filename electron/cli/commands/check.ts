import { counted } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { findingLines, problemLines } from '../output.ts';
import { applyOverrides } from '../prepare.ts';
import { requireBundle } from '../target.ts';

export const registerCheck: Register = (program, run) => {
  program
    .command('check')
    .description('the profile and its connections: every problem at once')
    .argument('<bundle>', 'folder with a profile.toml')
    .action((bundle: string, _given, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const path = requireBundle(bundle);
        const problems = await services.bundle.check({ path }, {});
        if (problems.length > 0) {
          if (!output.json) {
            output.note(`error: ${counted(problems.length, 'problem')} in ${path}`);
            for (const line of problems.flatMap(problemLines)) output.note(line);
          }
          return output.answer(exitCodes.usage, { problems, connections: [] });
        }
        await applyOverrides(context, path);
        const connections = await services.connection.check({ path, connection: null }, {});
        const ready = connections.every((report) => report.ready);
        if (!output.json) {
          output.say(`The profile is valid: ${path}`);
          for (const report of connections) {
            output.say(
              `${report.ready ? 'ready' : 'not ready'}  ${report.name}  ${report.product ?? report.engine}  ${report.where}`,
            );
            for (const line of report.findings.flatMap(findingLines)) output.say(line);
            if (report.missingSecrets.length > 0) output.say(`  missing secrets: ${report.missingSecrets.join(', ')}`);
            if (report.grant) output.say(`  the owner can run: ${report.grant}`);
          }
        }
        return output.answer(ready ? exitCodes.completed : exitCodes.failed, { problems, connections });
      }),
    );
};
