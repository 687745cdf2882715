import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Catalog, DbFailure } from '../../../drivers/relational.ts';
import type { StepHead } from '../step-kind.ts';
import type { Migration } from './migrations.ts';
import { structureDifferences, structureOf } from './structure.ts';

const basis = 'rehearsed on a scratch copy of the target';

/** A statement that fails, with its line in the file. `failure.line` counts from the top of the script. */
export function failedFinding(migration: Migration, way: 'up' | 'down', failure: DbFailure, step: StepHead): Finding {
  const file = way === 'up' ? migration.file : (migration.downFile ?? migration.file);
  return makeFinding({
    severity: way === 'up' ? 'critical' : 'error',
    category: way === 'up' ? 'migration_fails' : 'down_script_fails',
    step: step.id,
    path: placeOf(migration, way, file, failure),
    message: `The ${way} script of ${migration.title} fails: ${failure.error.message}`,
    oldValue: failure.error.statement,
    suggestion: 'Mend the statement and make the plan again.',
    basis,
  });
}

/** The value of a JSON file has lines of its own. */
function placeOf(migration: Migration, way: 'up' | 'down', file: string, failure: DbFailure): string {
  const offset = way === 'up' ? migration.upOffset : migration.downOffset;
  if (migration.inJson)
    return `${file}:${offset + 1}${failure.line === null ? '' : ` (line ${failure.line} of the text)`}`;
  return failure.line === null ? file : `${file}:${failure.line + offset}`;
}

export function incompleteDown(migration: Migration, before: Catalog, left: Catalog, step: StepHead): Finding[] {
  const differences = structureDifferences(structureOf(before), structureOf(left));
  if (differences.length === 0) return [];
  const objects = differences.map((difference) => `${difference.object} (${difference.how})`);
  return [
    makeFinding({
      severity: 'warning',
      category: 'down_script_incomplete',
      step: step.id,
      path: migration.downFile,
      message: `The down script of ${migration.title} does not bring back the old structure: ${objects.join(', ')}.`,
      suggestion: 'Mend the down script; otherwise the way back ends with a difference.',
      basis,
    }),
  ];
}

/** A rebuilt table whose old form is dropped can take the rows of its children with it. */
export function lostRows(before: Catalog, after: Catalog, migration: Migration, step: StepHead): Finding[] {
  const now = new Map(after.tables.map((table) => [table.name, table.rows]));
  return before.tables.flatMap((table) => {
    const lost = table.rows - (now.get(table.name) ?? 0);
    if (lost <= 0) return [];
    return [
      makeFinding({
        severity: now.has(table.name) ? 'error' : 'warning',
        category: 'rows_lost',
        step: step.id,
        path: migration.file,
        message: `Migration ${migration.title} removes ${figure(lost)} rows of ${table.name}.`,
        count: lost,
        suggestion:
          'Check that this is meant: dropping a table also deletes the rows that refer to it with ON DELETE CASCADE.',
        basis,
      }),
    ];
  });
}
