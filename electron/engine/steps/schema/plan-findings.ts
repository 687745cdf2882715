import type { ConsentNeed } from '#shared/model/error.ts';
import { counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { StepHead } from '../step-kind.ts';
import type { ForeignTracking } from './adoption.ts';
import type { PlannedMigration } from './plan-types.ts';
import { splitScript } from './script.ts';
import { addsEnumValue } from './statement-kind.ts';
import type { MigrationStatus } from './status.ts';

/** What the target says of the bundle's migrations, for the plan. */
export function statusFindings(status: readonly MigrationStatus[], step: StepHead): Finding[] {
  const done = status.filter((entry) => entry.state === 'applied');
  const findings = status.flatMap((entry) => statusFinding(entry, step) ?? []);
  const baseline = status.filter((entry) => entry.state === 'baseline');
  return [
    ...listFinding('migration_applied', 'already applied', done, step),
    ...listFinding('migration_baseline', 'counted as applied by the baseline of the profile', baseline, step),
    ...findings,
  ];
}

function listFinding(category: string, words: string, entries: readonly MigrationStatus[], step: StepHead): Finding[] {
  if (entries.length === 0) return [];
  const ids = entries.map((entry) => entry.id);
  const list = ids.length > 20 ? `${ids.slice(0, 10).join(', ')} ... ${ids.at(-1)}` : ids.join(', ');
  const message = `${counted(entries.length, 'migration')} ${words}: ${list}. Skipped.`;
  return [makeFinding({ severity: 'info', category, step: step.id, message, count: entries.length })];
}

function statusFinding(entry: MigrationStatus, step: StepHead): Finding | null {
  const { title } = entry;
  switch (entry.state) {
    case 'pending':
    case 'applied':
    case 'adopted':
    case 'baseline':
      return null;
    case 'changed':
      return makeFinding({
        severity: 'error',
        category: 'migration_changed',
        step: step.id,
        path: entry.migration!.file,
        message: `Migration ${title} was applied at ${entry.appliedAt} with another text.`,
        suggestion: 'Bring back the text that was applied and put the change into a new migration.',
      });
    case 'missing':
      return makeFinding({
        severity: 'warning',
        category: 'migration_missing',
        step: step.id,
        message: `Migration ${title} is applied in the target and not in the bundle.`,
        suggestion: 'Check that the bundle belongs to this target.',
      });
    case 'out_of_order':
      return makeFinding({
        severity: 'warning',
        category: 'migration_out_of_order',
        step: step.id,
        path: entry.migration!.file,
        message: `Migration ${title} is not applied although later ones are.`,
        suggestion: 'It will be applied now; check that the later ones do not rest on its absence.',
      });
    case 'partial':
      return makeFinding({
        severity: 'warning',
        category: 'migration_half_applied',
        step: step.id,
        path: entry.migration!.file,
        message: `Migration ${title} is half applied by run ${entry.applied!.runId}: ${counted(entry.applied!.statements ?? 0, 'statement')} done.`,
        suggestion: 'It goes on with the next statement. To take it back instead, roll back that run.',
      });
    case 'undoing':
      return makeFinding({
        severity: 'error',
        category: 'migration_half_undone',
        step: step.id,
        path: entry.migration!.downFile,
        message: `The down script of migration ${title} is half done: ${counted(entry.applied!.statements ?? 0, 'statement')} of it.`,
        suggestion: `Finish it: roll back run ${entry.applied!.runId} once more, or run "overland migrations rollback".`,
      });
  }
}

/** What another tool's table says, and what of it is taken over. */
export function adoptionFindings(
  found: readonly ForeignTracking[],
  adopted: ReadonlySet<string>,
  step: StepHead,
): Finding[] {
  return found.flatMap((foreign) => {
    const taken = [...foreign.adoptable.values()].filter((one) => adopted.has(one.id));
    const doubts = taken.filter((one) => one.doubt !== null);
    const parts: Finding[] = [];
    if (taken.length > 0) {
      parts.push(
        makeFinding({
          severity: 'info',
          category: 'migration_adopted',
          step: step.id,
          path: foreign.table,
          message: `${foreign.table} says that ${counted(taken.length, 'migration')} ${taken.length === 1 ? 'is' : 'are'} applied: ${taken.map((one) => one.id).join(', ')}. Taken over into overland_migrations with the first migration; ${foreign.table} stays as it is.`,
          count: taken.length,
        }),
      );
    }
    for (const one of doubts) {
      parts.push(
        makeFinding({
          severity: 'warning',
          category: 'adoption_in_doubt',
          step: step.id,
          path: foreign.table,
          message: `${foreign.table} says that ${one.id} is applied, but ${one.doubt}.`,
          suggestion: 'Check that it is the same migration; the plan asks for a consent.',
        }),
      );
    }
    for (const [category, words, rows] of [
      ['adoption_unknown', 'that are not in the bundle', foreign.unknown],
      ['adoption_unfinished', 'that are not finished; they count as not applied', foreign.unfinished],
    ] as const) {
      if (rows.length === 0) continue;
      parts.push(
        makeFinding({
          severity: 'warning',
          category,
          step: step.id,
          path: foreign.table,
          message: `${foreign.table} lists ${counted(rows.length, 'migration')} ${words}: ${rows.slice(0, 10).join(', ')}.`,
          count: rows.length,
          suggestion: 'Check what they left in the target.',
        }),
      );
    }
    if (foreign.adoptable.size === 0 && parts.length === 0) {
      parts.push(
        makeFinding({
          severity: 'warning',
          category: 'adoption_impossible',
          step: step.id,
          path: foreign.table,
          message: `The target has a table ${foreign.table} that does not say which migrations are applied.`,
          suggestion: `Set steps.${step.id}.baseline to the last migration that is applied.`,
        }),
      );
    }
    return parts;
  });
}

/** Asked for where what is taken over is not certain. */
export function adoptionConsents(
  found: readonly ForeignTracking[],
  adopted: ReadonlySet<string>,
  late: boolean,
  step: StepHead,
): ConsentNeed[] {
  const reasons = found.flatMap((foreign) =>
    [...foreign.adoptable.values()]
      .filter((one) => adopted.has(one.id) && (late || one.doubt !== null))
      .map((one) => `${one.id} (${one.doubt ?? `overland_migrations does not list it, ${foreign.table} does`})`),
  );
  if (reasons.length === 0) return [];
  const text = `Step ${step.id} takes migrations for applied because another tool's table says so, and does not run them: ${reasons.join('; ')}.`;
  return [{ name: `adopt-${step.id}`, step: step.id, text, typed: null }];
}

/** Since PostgreSQL 12 a label may be added in a transaction, but nothing of that transaction can use it. */
export function enumFindings(migrations: readonly PlannedMigration[], step: StepHead): Finding[] {
  return migrations
    .filter((migration) => migration.upScript.way === 'transaction')
    .flatMap((migration) =>
      splitScript('postgres', migration.up)
        .filter((statement) => addsEnumValue(statement.text))
        .map((statement) =>
          makeFinding({
            severity: 'warning',
            category: 'enum_value_in_transaction',
            step: step.id,
            path: `${migration.file}:${migration.upOffset + (migration.inJson ? 1 : statement.line)}`,
            message: `Migration ${migration.title} adds a label to an enumeration: the rest of its transaction cannot use the label, and PostgreSQL before 12 refuses it.`,
            suggestion: 'Put it into a migration of its own with the line "-- overland: no-transaction".',
          }),
        ),
    );
}
