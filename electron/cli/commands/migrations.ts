import type { Command } from 'commander';
import type { MigrationsRollback, MigrationsView } from '#shared/contract/migrations.ts';
import { counted } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register, Runner } from '../command.ts';
import { table } from '../format.ts';
import { findingLines, UsageError } from '../output.ts';
import { applyOverrides, confirm } from '../prepare.ts';
import { wholeNumber } from '../settings.ts';
import { requireBundle } from '../target.ts';

type Given = {
  readonly to?: string;
  readonly last?: string;
  readonly step?: string;
  readonly preview?: boolean;
  readonly backup: boolean;
};

export const registerMigrations: Register = (program, run) => {
  const group = program
    .command('migrations')
    .description('the migrations of a bundle’s schema steps, without a run')
    .helpCommand(false);
  registerStatus(group, run);
  registerRollback(group, run);
};

function registerStatus(group: Command, run: Runner): void {
  group
    .command('status')
    .description('what is applied and what is pending; which objects changed since')
    .argument('<bundle>', 'folder with a profile.toml')
    .action((bundle: string, _given, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const path = requireBundle(bundle);
        await applyOverrides(context, path);
        const steps = await services.migrations.status({ path }, { signal: context.signal });
        if (!output.json) for (const view of steps) output.say(statusText(view));
        const sound = steps.every((view) => view.drift.length === 0 && view.findings.length === 0);
        return output.answer(sound ? exitCodes.completed : exitCodes.quarantineOrValidation, { steps });
      }),
    );
}

function registerRollback(group: Command, run: Runner): void {
  group
    .command('rollback')
    .description('run the down scripts of what was applied last; the target is saved before')
    .argument('<bundle>', 'folder with a profile.toml')
    .option('--to <id>', 'take back all that was applied after this migration; 0 takes all back')
    .option('--last <n>', 'take back so many; 1 when neither is given')
    .option('--step <id>', 'the schema step, when there are several')
    .option('--preview', 'say what would be done; change nothing')
    .option('--no-backup', 'do not save the target before')
    .action((bundle: string, given: Given, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        if (given.to !== undefined && given.last !== undefined)
          throw new UsageError('--to and --last say different things.', 'Give one of them.');
        const path = requireBundle(bundle);
        await applyOverrides(context, path);
        const input = {
          path,
          step: given.step ?? null,
          to: given.to ?? null,
          last: given.last === undefined ? null : wholeNumber('--last', given.last, 1),
          backup: given.backup,
        };
        const call = { signal: context.signal };
        const preview = await services.migrations.rollback({ ...input, preview: true }, call);
        if (!output.json) output.say(previewText(preview));
        if (given.preview || preview.migrations.length === 0) return output.answer(exitCodes.completed, preview);
        const what = counted(preview.migrations.length, 'migration');
        await confirm(context, `Take back ${what} at ${preview.target}?`, `takes back ${what}`);
        const done = await services.migrations.rollback({ ...input, preview: false }, call);
        if (!output.json) tellDone(done, (line) => output.say(line));
        const complete = done.migrations.every((one) => one.state === 'done');
        return output.answer(complete ? exitCodes.completed : exitCodes.rollbackIncomplete, done);
      }),
    );
}

const stateWords: Readonly<Record<MigrationsView['migrations'][number]['state'], string>> = {
  pending: 'pending',
  applied: 'applied',
  changed: 'applied, with another text',
  missing: 'applied, not in the bundle',
  out_of_order: 'pending, later ones are applied',
  partial: 'half applied',
  undoing: 'half undone',
  adopted: 'applied by another tool',
  baseline: 'counts as applied',
};

function statusText(view: MigrationsView): string {
  const rows = view.migrations.map((one) => [
    one.title,
    one.statementsDone === null
      ? stateWords[one.state]
      : `${stateWords[one.state]}, ${counted(one.statementsDone, 'statement')}`,
    one.appliedAt ?? '',
    one.runId ?? '',
    one.hasDown ? 'yes' : 'no',
  ]);
  const columns = ['migration', 'state', 'applied', 'run', 'down script'].map((title) => ({ title }));
  return [
    `Step ${view.step}: ${view.engine} ${view.where}`,
    table(columns, rows),
    ...view.findings.flatMap(findingLines),
    ...driftLines(view),
  ].join('\n');
}

function driftLines({ drift, withoutStructure }: MigrationsView): string[] {
  const lines = drift.map((one) => `drift: ${one.object} is ${one.how} since migration ${one.migration}`);
  if (withoutStructure > 0)
    lines.push(`Of ${counted(withoutStructure, 'migration')} it is not known what they left, so drift cannot be told.`);
  return lines;
}

function previewText({ step, target, migrations, findings }: MigrationsRollback): string {
  if (migrations.length === 0) return 'There is nothing to take back.';
  const rows = migrations.map((one) => [one.title, counted(one.statements, 'statement')]);
  return [
    `Step ${step}, ${target}: taken back in this order`,
    table([{ title: 'migration' }, { title: 'down script' }], rows),
    ...findings.flatMap(findingLines),
  ].join('\n');
}

function tellDone(done: MigrationsRollback, say: (line: string) => void): void {
  if (done.saved !== null) say(`Saved before: ${done.saved}`);
  for (const one of done.migrations) {
    if (one.state === 'done') say(`  taken back: ${one.title}`);
    else if (one.state === 'failed') say(`  failed: ${one.title}: ${one.message}`);
    else say(`  not reached: ${one.title}`);
  }
}
