import { readFile, stat } from 'node:fs/promises';
import { exitCodes } from '#shared/model/run.ts';
import { DocFault, docLimits, formatOf } from '../../engine/documents/document.ts';
import { parseDocument } from '../../engine/documents/index.ts';
import { decodeDocument } from '../../engine/documents/text.ts';
import type { Doc } from '../../engine/documents/tree.ts';
import { effectiveChanges } from '../../engine/steps/config/effective.ts';
import { schemaCheck } from '../../engine/steps/config/schema-check.ts';
import type { Register } from '../command.ts';
import { makeConfigBundle } from '../config-bundle.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../output.ts';
import { showPlan } from './plan.ts';
import { runAll } from './run.ts';

type Given = { readonly to?: string; readonly template?: string; readonly strict?: boolean };

export const registerConfig: Register = (program, run) => {
  const group = program
    .command('config')
    .description('configuration files without a bundle of their own: JSON, YAML, TOML and .env');
  const request = (source: string, given: Given) => ({
    source,
    to: given.to ?? null,
    template: given.template ?? null,
    strict: given.strict === true,
  });
  for (const name of ['plan', 'migrate'] as const) {
    group
      .command(name)
      .description(
        name === 'plan'
          ? 'what would become of every key; changes nothing'
          : 'plan, back up, rehearse, write and validate; overland rollback takes it back',
      )
      .argument('<source>', 'a file, or a folder of .json, .yml, .yaml and .toml files')
      .option('--to <target>', 'the file or folder that is written; its ending gives the format')
      .option('--template <name>', 'rules of a sample bundle, such as agent-framework, or of a bundle’s folder')
      .option('--strict', 'warnings are errors')
      .action((source: string, given: Given, command) =>
        run(command, async (context) => {
          const bundle = await makeConfigBundle(request(source, given), context.paths);
          return name === 'plan' ? showPlan(context, bundle, false) : runAll(context, bundle, {});
        }),
      );
  }
  group
    .command('validate')
    .description('read files as their format has it, and hold them against a JSON Schema')
    .argument('<files...>', 'files')
    .option('--schema <file>', 'a JSON Schema')
    .action((files: string[], given: { schema?: string }, command) =>
      run(command, (context) => validateFiles(context, files, given.schema ?? null)),
    );
  group
    .command('diff')
    .description('what differs between two files as values, whatever their formats')
    .argument('<old>', 'a file')
    .argument('<new>', 'a file')
    .action((one: string, other: string, _given, command) => run(command, (context) => diff(context, one, other)));
};

async function validateFiles(
  { output }: CommandContext,
  files: readonly string[],
  schema: string | null,
): Promise<number> {
  const check = schema === null ? null : schemaCheck(await readFile(schema, 'utf8'));
  const results = [];
  for (const file of files) {
    const problems: string[] = [];
    try {
      for (const { path, message } of check?.(await readDoc(file)) ?? [])
        problems.push(`${file} / ${path}: ${message}`);
      if (!check) await readDoc(file);
    } catch (error) {
      if (!(error instanceof DocFault)) throw error;
      problems.push(`${file}${error.place ? `:${error.place.line}:${error.place.column}` : ''}: ${error.message}`);
    }
    results.push({ file, valid: problems.length === 0, problems });
    if (!output.json) output.say(problems.length === 0 ? `valid  ${file}` : problems.join('\n'));
  }
  const bad = results.some(({ valid }) => !valid);
  return output.answer(bad ? exitCodes.quarantineOrValidation : exitCodes.completed, { files: results });
}

async function diff({ output }: CommandContext, one: string, other: string): Promise<number> {
  const changes = effectiveChanges(await readOrRefuse(one), await readOrRefuse(other));
  if (!output.json) {
    for (const { key, from, to } of changes)
      output.say(
        `${from === null ? '+' : to === null ? '-' : '~'} ${key}: ${[from, to].filter((value) => value !== null).join(' -> ')}`,
      );
    if (changes.length === 0) output.say('The same values.');
  }
  return output.answer(changes.length === 0 ? exitCodes.completed : exitCodes.quarantineOrValidation, { changes });
}

async function readOrRefuse(file: string): Promise<Doc> {
  try {
    return await readDoc(file);
  } catch (error) {
    if (!(error instanceof DocFault)) throw error;
    throw new UsageError(
      `${file}${error.place ? `:${error.place.line}` : ''}: ${error.message}.`,
      error.advice ?? undefined,
    );
  }
}

async function readDoc(file: string): Promise<Doc> {
  const format = formatOf(file);
  if (format === null)
    throw new UsageError(`The name ${file} does not tell its format.`, 'Known: .json, .yaml, .yml, .toml, .env.');
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new DocFault('missing', found ? 'It is no file' : 'There is no such file');
  if (found.size > docLimits.bytes) throw new DocFault('too_large', `The file has ${found.size} bytes`);
  return parseDocument(decodeDocument(await readFile(file)).text, format).doc;
}
