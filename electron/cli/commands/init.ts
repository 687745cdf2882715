import { relative, resolve } from 'node:path';
import type { Register } from '../command.ts';
import { wholeNumber } from '../settings.ts';

type Given = { readonly tasks?: string; readonly seed?: string; readonly dirty?: boolean };

export const registerInit: Register = (program, run) => {
  program
    .command('init')
    .description('write a sample bundle with generated legacy data, ready to run')
    .argument('<template>', 'task-orchestrator')
    .argument('<dir>', 'a folder that is new or empty')
    .option('--tasks <n>', 'how many tasks the legacy file holds, each with 4 to 12 subtasks')
    .option('--seed <n>', 'the same number gives the same file')
    .option('--dirty', 'plant the faults that real files have')
    .action((template: string, dir: string, given: Given, command) =>
      run(command, async ({ services, output }) => {
        const input = {
          template,
          dir: resolve(dir),
          ...(given.tasks === undefined ? {} : { tasks: wholeNumber('--tasks', given.tasks, 1, 10_000_000) }),
          ...(given.seed === undefined ? {} : { seed: wholeNumber('--seed', given.seed, 0) }),
          ...(given.dirty === undefined ? {} : { dirty: given.dirty }),
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
