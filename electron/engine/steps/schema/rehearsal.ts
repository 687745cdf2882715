import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import { type Catalog, DbFailure, type Endpoint, type RelationalSession } from '../../../drivers/relational.ts';
import type { World } from '../../plan/world.ts';
import { openPlanScratch } from '../plan-scratch.ts';
import type { ReadEnv, StepHead } from '../step-kind.ts';
import { withTransaction } from '../transaction.ts';
import type { Migration } from './migrations.ts';
import type { PlannedMigration } from './plan.ts';
import { runScript } from './script.ts';
import { structureDifferences, structureOf } from './structure.ts';

export type Rehearsal = {
  readonly migrations: readonly PlannedMigration[];
  readonly before: Catalog;
  readonly after: Catalog;
  readonly findings: readonly Finding[];
  /** Hands the scratch copy on to later steps of the same target. */
  readonly result: readonly [name: string, endpoint: Endpoint];
};

/** Runs the migrations, and their down scripts, on a scratch copy of the target. Nothing else is touched. */
export async function rehearse(
  step: StepHead,
  session: RelationalSession,
  migrations: readonly Migration[],
  world: World,
  env: ReadEnv,
): Promise<Rehearsal> {
  const { session: scratch, result } = await openPlanScratch(session, step, world, env);
  try {
    const before = await scratch.catalog(null);
    const outcome = await runAll(scratch, migrations, before, step, env);
    return { ...outcome, before, result };
  } finally {
    await scratch[Symbol.asyncDispose]();
  }
}

async function runAll(
  scratch: RelationalSession,
  migrations: readonly Migration[],
  start: Catalog,
  step: StepHead,
  env: ReadEnv,
): Promise<Pick<Rehearsal, 'migrations' | 'after' | 'findings'>> {
  const planned: PlannedMigration[] = [];
  const findings: Finding[] = [];
  let before = start;
  for (const [at, migration] of migrations.entries()) {
    env.signal.throwIfAborted();
    env.report({
      done: at,
      total: migrations.length,
      unit: 'migrations',
      note: `Rehearsing ${migration.id}_${migration.name}`,
    });
    try {
      const run = await runOne(scratch, migration, env);
      const after = await scratch.catalog(null);
      findings.push(...lostRows(before, after, migration, step));
      findings.push(...(await tryDown(scratch, migration, before, step, env)));
      planned.push({
        ...migration,
        ...run,
        before: structureOf(before),
        after: structureOf(after),
        makes: newTables(before, after),
      });
      before = after;
    } catch (error) {
      if (!(error instanceof DbFailure) || error.error.kind === 'space') throw error;
      findings.push(failedFinding(migration, 'up', error, step));
      break;
    }
  }
  return { migrations: planned, after: before, findings };
}

async function runOne(
  scratch: RelationalSession,
  migration: Migration,
  env: ReadEnv,
): Promise<{ statements: number; tookMs: number }> {
  const started = env.environment.clock.monotonic();
  const statements = await withTransaction(
    scratch,
    async (transaction) => {
      const count = await runScript(transaction, migration.up);
      await transaction.commit(null, null);
      return count;
    },
    'structure',
  );
  return { statements, tookMs: Math.round((env.environment.clock.monotonic() - started) * 10) / 10 };
}

/** Runs the down script in a transaction that is rolled back: the way back is known to work before it is needed. */
async function tryDown(
  scratch: RelationalSession,
  migration: Migration,
  before: Catalog,
  step: StepHead,
  env: ReadEnv,
): Promise<Finding[]> {
  if (migration.down === null || !scratch.can.transactionalDdl) return [];
  env.signal.throwIfAborted();
  try {
    const left = await withTransaction(
      scratch,
      async (transaction) => {
        await runScript(transaction, migration.down!);
        return scratch.catalog(null);
      },
      'structure',
    );
    const differences = structureDifferences(structureOf(before), structureOf(left));
    if (differences.length === 0) return [];
    const objects = differences.map((difference) => `${difference.object} (${difference.how})`);
    return [
      makeFinding({
        severity: 'warning',
        category: 'down_script_incomplete',
        step: step.id,
        path: migration.downFile,
        message: `The down script of ${migration.id}_${migration.name} does not bring back the old structure: ${objects.join(', ')}.`,
        suggestion: 'Mend the down script; otherwise the way back ends with a difference.',
        basis: 'rehearsed on a scratch copy of the target',
      }),
    ];
  } catch (error) {
    if (!(error instanceof DbFailure) || error.error.kind === 'space') throw error;
    return [failedFinding(migration, 'down', error, step)];
  }
}

function failedFinding(migration: Migration, way: 'up' | 'down', failure: DbFailure, step: StepHead): Finding {
  const file = way === 'up' ? migration.file : (migration.downFile ?? migration.file);
  const offset = way === 'up' ? migration.upOffset : migration.downOffset;
  const line = failure.line === null ? '' : `:${failure.line + offset}`;
  return makeFinding({
    severity: way === 'up' ? 'critical' : 'error',
    category: way === 'up' ? 'migration_fails' : 'down_script_fails',
    step: step.id,
    path: `${file}${line}`,
    message: `The ${way} script of ${migration.id}_${migration.name} fails: ${failure.error.message}`,
    oldValue: failure.error.statement,
    suggestion: 'Mend the statement and make the plan again.',
    basis: 'rehearsed on a scratch copy of the target',
  });
}

/** A rebuilt table whose old form is dropped can take the rows of its children with it. */
function lostRows(before: Catalog, after: Catalog, migration: Migration, step: StepHead): Finding[] {
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
        message: `Migration ${migration.id}_${migration.name} removes ${figure(lost)} rows of ${table.name}.`,
        count: lost,
        suggestion:
          'Check that this is meant: dropping a table also deletes the rows that refer to it with ON DELETE CASCADE.',
        basis: 'rehearsed on a scratch copy of the target',
      }),
    ];
  });
}

function newTables(before: Catalog, after: Catalog): Record<string, number> {
  const old = new Set(before.tables.map((table) => table.name));
  return Object.fromEntries(
    after.tables.filter((table) => !old.has(table.name)).map((table) => [table.name, table.rows]),
  );
}
