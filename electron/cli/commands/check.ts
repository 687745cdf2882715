import { counted } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { findingLines, problemLines } from '../output.ts';
import { applyOverrides } from '../prepare.ts';
import { requireBundle } from '../target.ts';

export const registerCheck: Register = (program, run) => {
  program
    .command('check')
    .description('the profile and its connections: every problem at once')
    .argument('<bundle>', 'folder with a profile.toml')
    .option('--grants', 'print the GRANT statements that this plan needs, by connection')
    .action((bundle: string, given: { grants?: boolean }, command) =>
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
        if (given.grants) return tellGrants(context, path);
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

/** Statements for the owner; a file that this is piped into can be run as it is. */
async function tellGrants({ services, output, signal }: CommandContext, path: string): Promise<number> {
  const connections = await services.connection.grants({ path }, { signal });
  if (!output.json) {
    for (const { connection, where, statements, looked } of connections) {
      const state = statements.length === 0 ? ': no grants; the rights are those of the file' : '';
      output.say(`-- ${connection}, ${where}${state}`);
      if (statements.length > 0 && !looked)
        output.say('-- Its tables could not be looked at; those of the profile are named.');
      for (const statement of statements) output.say(statement);
    }
  }
  return output.answer(exitCodes.completed, { connections });
}
