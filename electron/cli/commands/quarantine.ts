import { resolve } from 'node:path';
import { counted, figure } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../format.ts';
import { UsageError } from '../output.ts';
import { confirm } from '../prepare.ts';
import { resolveRun } from '../target.ts';

type Given = {
  readonly step?: string;
  readonly reason?: string;
  readonly export?: string;
  readonly replay?: boolean;
  readonly rule?: readonly string[];
  readonly records?: boolean;
};

const shown = 100;

const ruleHelp = `
KEY is in the last column of the list, or leads on from it: a map, a reject, a set value. TEXT is as the profile would have it,
with texts in quotes:
  --rule 'maps.stage.on_hold="active"'
  --rule 'steps.subtasks.reject[1].when="=row.title == null"'`;

export const registerQuarantine: Register = (program, run) => {
  program
    .command('quarantine')
    .description('what was set aside, and why; export it, or replay it with a changed rule (waive it in the wizard)')
    .argument('<run>', 'id, its beginning, or last')
    .option('--step <id>', 'only this step')
    .option('--reason <code>', 'only this reason')
    .option('--records', `list the records, at most ${shown}`)
    .option('--export <file>', 'write key, reason and whole record as JSON Lines (production data, mode 0600)')
    .option(
      '--replay',
      'write what is open again, under the rules given with --rule; one replay a step, in their order',
    )
    .option(
      '--rule <key=text>',
      'change a rule for this replay; may be repeated',
      (value, all: readonly string[] = []) => [...all, value],
    )
    .addHelpText('after', ruleHelp)
    .action((text: string, given: Given, command) =>
      run(command, async (context) => {
        const runId = await resolveRun(context, text);
        if (given.export !== undefined) return exportRecords(context, runId, given, resolve(given.export));
        if (given.replay) return replay(context, runId, given);
        return list(context, runId, given);
      }),
    );
};

async function list(context: CommandContext, runId: string, given: Given): Promise<number> {
  const { services, output } = context;
  const all = await services.quarantine.summary({ runId }, {});
  const reasons = all.reasons.filter((one) => matches(one, given));
  const input = { runId, step: given.step ?? null, code: given.reason ?? null, search: '', offset: 0, limit: shown };
  const records = given.records ? await services.quarantine.records(input, {}) : null;
  if (!output.json) {
    output.say(
      `${counted(all.total, 'entry', 'entries')} set aside, ${figure(all.open)} open; ${counted(all.read, 'record')} read`,
    );
    const rows = reasons.map((one) => [
      one.step,
      one.code,
      figure(one.count),
      figure(one.open),
      one.message,
      one.rule ?? '',
    ]);
    const columns = ['step', 'reason', 'entries', 'open', 'in words', 'rule'].map((title, index) => ({
      title,
      right: index === 2 || index === 3,
    }));
    if (rows.length > 0) output.say(table(columns, rows));
    for (const record of records?.records ?? []) {
      const state = record.state === 'open' ? '' : `  (${record.state})`;
      output.say(`  ${record.step}  ${record.key}  ${record.code}  ${record.preview}${state}`);
    }
  }
  return output.answer(exitCodes.completed, { runId, summary: { ...all, reasons }, records });
}

async function exportRecords(context: CommandContext, runId: string, given: Given, file: string): Promise<number> {
  const input = { runId, step: given.step ?? null, code: given.reason ?? null, file };
  const written = await context.services.quarantine.export(input, {});
  if (!context.output.json)
    context.output.say(`${counted(written.records, 'entry', 'entries')} written as JSON Lines to ${written.file}`);
  return context.output.answer(exitCodes.completed, { runId, ...written });
}

/**
 * Each step is a replay of its own: a child run with the changed rules, restricted to the open records. They run in the order
 * of the steps, so that a record finds by its lookups what a replay just before it brought in.
 */
async function replay(context: CommandContext, runId: string, given: Given): Promise<number> {
  const { services, output } = context;
  const changes = (given.rule ?? []).map(parseRule);
  const { reasons } = await services.quarantine.summary({ runId }, {});
  const steps = (await services.run.snapshot({ runId }, {})).steps.map((step) => step.id);
  const wanted = reasons.filter((one) => one.open > 0 && matches(one, given));
  if (wanted.length === 0) throw new UsageError('There is nothing open that could be replayed.');
  const code = given.reason ?? null;
  const each = steps.filter((step) => wanted.some((one) => one.step === step));
  for (const step of each) await requireUsable(context, { runId, step, code, changes });
  const entries = wanted.reduce((sum, one) => sum + one.open, 0);
  await confirm(context, `Replay ${counted(entries, 'entry', 'entries')}?`, 'replays');
  const replays = [];
  for (const step of each) {
    const done = await services.quarantine.replay({ runId, step, code, changes }, {});
    if (!output.json) {
      output.say(
        `${step}${code === null ? '' : `  ${code}`}: ${figure(done.replayed)} written, ${figure(done.stayed)} stay (run ${done.childRunId})`,
      );
    }
    replays.push({ step, code, ...done });
  }
  const stayed = replays.some((one) => one.stayed > 0);
  return output.answer(stayed ? exitCodes.quarantineOrValidation : exitCodes.completed, { runId, replays });
}

/** Rules that do not fit are refused before any of the replays begins. */
async function requireUsable(
  { services }: CommandContext,
  request: Parameters<CommandContext['services']['quarantine']['test']>[0],
): Promise<void> {
  if (request.changes.length === 0) return;
  const { error } = await services.quarantine.test(request, {});
  if (error === null) return;
  throw new UsageError(
    `The changed rules cannot be used. ${error}`,
    'Nothing was replayed. overland quarantine --help shows how a rule is written.',
  );
}

function matches(one: { readonly step: string; readonly code: string }, given: Given): boolean {
  return (
    (given.step === undefined || one.step === given.step) && (given.reason === undefined || one.code === given.reason)
  );
}

function parseRule(text: string): { key: string; text: string } {
  const at = text.indexOf('=');
  if (at < 1)
    throw new UsageError(
      `--rule ${text} cannot be read.`,
      'Write KEY=TEXT, for example --rule \'maps.stage.on_hold="active"\'; the key is in the list of reasons.',
    );
  return { key: text.slice(0, at), text: text.slice(at + 1) };
}
