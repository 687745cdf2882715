import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { UsageError } from '../output.ts';
import { resolveRun } from '../target.ts';

type Format = 'html' | 'json' | 'md';

export const registerReport: Register = (program, run) => {
  program
    .command('report')
    .description('the report of a run, for people and auditors')
    .argument('<run>', 'id, its beginning, or last')
    .option('--format <format>', 'html, json or md', 'html')
    .option('--out <file>', 'write it here; without, it goes to stdout')
    .action((text: string, given: { format: string; out?: string }, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const format = requireFormat(given.format);
        const runId = await resolveRun(context, text);
        const report = await services.history.report({ runId, format }, {});
        const file = given.out === undefined ? null : resolve(given.out);
        if (file !== null) {
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, report.text, { mode: 0o600 });
          if (!output.json) output.say(`Report written to ${file}\nsha256 ${report.sha256}`);
        } else if (!output.json) {
          output.line(report.text);
        }
        const content = file === null ? { text: report.text } : { file };
        return output.answer(exitCodes.completed, { runId, format, sha256: report.sha256, ...content });
      }),
    );
};

function requireFormat(text: string): Format {
  if (text === 'html' || text === 'json' || text === 'md') return text;
  throw new UsageError(`--format ${text} is not a format.`, 'One of html, json, md.');
}
