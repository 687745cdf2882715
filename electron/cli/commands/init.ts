import { relative, resolve } from 'node:path';
import type { Register } from '../command.ts';
import { UsageError } from '../output.ts';
import { wholeNumber } from '../settings.ts';

type Given = { readonly tasks?: string; readonly seed?: string; readonly dirty?: boolean; readonly engine?: string };

export const registerInit: Register = (program, run) => {
  program
    .command('init')
    .description('write a sample bundle with generated legacy data, ready to run')
    .argument('<template>', 'task-orchestrator, agent-framework or model-orchestrator')
    .argument('<dir>', 'a folder that is new or empty')
    .option('--tasks <n>', 'how many tasks or threads the legacy data holds; kB of a file, for model-orchestrator')
    .option('--seed <n>', 'the same number gives the same file')
    .option('--dirty', 'plant the faults that real files have')
    .option('--engine <name>', 'engine of the target, for agent-framework: sqlite, postgres or mysql')
    .action((template: string, dir: string, given: Given, command) =>
      run(command, async ({ services, output }) => {
        const input = {
          template,
          dir: resolve(dir),
          ...(given.tasks === undefined ? {} : { tasks: wholeNumber('--tasks', given.tasks, 1, 10_000_000) }),
          ...(given.seed === undefined ? {} : { seed: wholeNumber('--seed', given.seed, 0) }),
          ...(given.dirty === undefined ? {} : { dirty: given.dirty }),
          ...(given.engine === undefined ? {} : { engine: engineOption(given.engine) }),
        };
        const made = await services.bundle.init(input, {});
        if (!output.json) {
          output.say(`Written to ${made.path}`);
          for (const fact of made.facts) output.say(`  ${fact}`);
          output.say(`Next: overland run ${relative(process.cwd(), made.path) || '.'}`);
        }
        return output.answer(0, made);
      }),
    );
};

function engineOption(text: string): 'sqlite' | 'postgres' | 'mysql' {
  if (text === 'sqlite' || text === 'postgres' || text === 'mysql') return text;
  throw new UsageError(`--engine ${text} is not an engine of a sample.`, 'One of sqlite, postgres, mysql.');
}
