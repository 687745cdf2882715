import type { MigrationsRollback } from '#shared/contract/migrations.ts';
import { OverlandError } from '#shared/model/error.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import { DbFailure, type RelationalSession } from '../../../drivers/relational.ts';
import { targetText } from '../../profile/endpoint.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { type Downable, downFor, runDown } from '../../steps/schema/down.ts';
import { driftOf } from '../../steps/schema/drift.ts';
import { migrationsFor } from '../../steps/schema/plan.ts';
import { type MigrationStatus, migrationStatus } from '../../steps/schema/status.ts';
import { type AppliedMigration, readApplied, Tracking } from '../../steps/schema/tracking.ts';
import { foreignRows } from '../../steps/schema/undo-findings.ts';
import { failed, invalidInput } from '../failure.ts';
import { holdTarget } from './hold-target.ts';
import { saveTarget } from './save-target.ts';
import { chosenStep, openSchemaSteps, type SchemaStep, withSessions } from './schema-steps.ts';

type Request = {
  readonly path: string;
  readonly step: string | null;
  readonly to: string | null;
  readonly last: number | null;
  readonly preview: boolean;
  readonly backup: boolean;
};
type Row = MigrationsRollback['migrations'][number];

/**
 * Runs down scripts, newest first, each with the removal of its tracking row. What was done stays done when one fails; called
 * again it goes on.
 */
export async function rollBackMigrations(
  context: EngineContext,
  request: Request,
  signal = new AbortController().signal,
): Promise<MigrationsRollback> {
  const opened = await openSchemaSteps(context, request.path);
  const step = chosenStep(opened, request.step);
  return withSessions(context, opened, request.preview ? 'read' : 'write', signal, async (pool) => {
    const session = await pool.tables(step.spec.target);
    const migrations = migrationsFor(step.spec, session.endpoint.engine, { files: opened.bundle.files });
    const applied = (await readApplied(session)) ?? [];
    const chosen = toTakeBack(migrationStatus(migrations, applied), request);
    const scripts = chosen.map((entry) => downable(session, entry));
    const rows: Row[] = scripts.map((migration) => ({
      id: migration.id,
      title: migration.title,
      statements: migration.downScript?.count ?? 0,
      state: 'planned',
      message: null,
    }));
    const findings = await losses(session, step, chosen, applied);
    const result = {
      step: step.id,
      target: targetText(await pool.endpoint(pool.connection(step.spec.target))),
      migrations: rows,
      saved: null,
      findings,
    };
    if (request.preview || rows.length === 0) return result;
    refuseRunsAtWork(context, step, chosen);
    const release = await holdTarget(context, session, step.spec.target, opened.bundle.profile);
    try {
      const connection = pool.connection(step.spec.target);
      const saved = request.backup ? await saveTarget(context, pool, connection, signal) : null;
      const done = await takeBack(context, opened.bundle.profile.policy.timeouts, session, scripts, rows, signal);
      return { ...result, migrations: done, saved };
    } finally {
      await release();
    }
  });
}

/** What the down scripts run over: objects that were changed since, and rows in tables that they drop. */
async function losses(
  session: RelationalSession,
  step: SchemaStep,
  chosen: readonly MigrationStatus[],
  applied: readonly AppliedMigration[],
): Promise<Finding[]> {
  const ids = new Set(chosen.map((entry) => entry.id));
  const drift = driftOf(applied, await session.catalog(null)).objects.filter((one) => ids.has(one.migration));
  const noted = applied.filter((row) => ids.has(row.id)).map((row) => row.structure?.rows ?? {});
  const filled = await foreignRows(Object.assign({}, ...noted), session);
  return [
    ...drift.map((one) =>
      makeFinding({
        severity: 'warning',
        category: 'structure_changed_since',
        step: step.id,
        path: one.object,
        message: `${one.object} is ${one.how} since migration ${one.migration}; the down script runs over it.`,
      }),
    ),
    ...filled.map(({ finding }) => ({
      ...finding,
      severity: 'warning' as const,
      step: step.id,
      suggestion: 'They are in the copy that is saved before.',
    })),
  ];
}

/** Those that the target calls applied, after the one named or the last so many; in the order in which they are taken back. */
function toTakeBack(status: readonly MigrationStatus[], { to, last }: Request): MigrationStatus[] {
  const recorded = status.filter((entry) => entry.applied !== null);
  const unknown = recorded.filter((entry) => entry.state === 'missing');
  const own = recorded.filter((entry) => entry.state !== 'missing').reverse();
  if (unknown.length > 0 && last === null && to === '0')
    throw invalidInput('to', `The bundle has no down script for ${unknown.map((entry) => entry.title).join(', ')}.`);
  if (last !== null) return own.slice(0, last);
  if (to === '0') return own;
  if (to === null) return own.slice(0, 1);
  const at = status.findIndex((entry) => entry.id === to || entry.title === to);
  if (at < 0) {
    const known = status.map((entry) => entry.id).join(', ');
    throw invalidInput('to', `There is no migration ${to}.`, `Known are ${known}; 0 takes all back.`);
  }
  const later = new Set(status.slice(at + 1).map((entry) => entry.id));
  return own.filter((entry) => later.has(entry.id));
}

function downable(session: RelationalSession, entry: MigrationStatus): Downable {
  const migration = entry.migration!;
  if (entry.state === 'changed') {
    throw failed('migration_changed', `Migration ${entry.title} was applied with another text than the bundle has.`, {
      path: migration.file,
      suggestion: 'Bring back the text that was applied; its down script belongs to it.',
    });
  }
  if (migration.down === null) {
    throw failed('no_down_script', `Migration ${entry.title} has no down script.`, {
      path: migration.file,
      suggestion: 'Add one, or restore a rollback point.',
    });
  }
  return downFor(session, migration);
}

/** What a run that is not cleaned up has written is taken back by that run, with its rows and its proof. */
function refuseRunsAtWork({ journal }: EngineContext, step: SchemaStep, chosen: readonly MigrationStatus[]): void {
  for (const runId of new Set(chosen.map((entry) => entry.applied!.runId))) {
    const run = journal.runs.find(runId);
    if (!run || run.phase === 'cleanup' || run.outcome === 'rolled_back') continue;
    throw new OverlandError(
      'WRONG_STATE',
      `Run ${runId} applied migrations of ${step.id} and is not cleaned up.`,
      { phase: run.phase, condition: run.condition, allowed: ['rollback', 'cleanup'] },
      { advice: `overland rollback ${runId} takes all of it back; overland cleanup ${runId} keeps it for good.` },
    );
  }
}

async function takeBack(
  context: EngineContext,
  timeouts: Parameters<typeof runDown>[0]['timeouts'],
  session: RelationalSession,
  scripts: readonly Downable[],
  planned: readonly Row[],
  signal: AbortSignal,
): Promise<Row[]> {
  const { environment } = context;
  const tracking = new Tracking(session);
  await tracking.ensure();
  const rows = [...planned];
  for (const [at, migration] of scripts.entries()) {
    try {
      signal.throwIfAborted();
      const env = { session, tracking, timeouts, environment, signal, runId: 'migrations' };
      const statements = await runDown(env, migration, null);
      rows[at] = { ...rows[at]!, statements, state: 'done' };
    } catch (error) {
      if (!(error instanceof DbFailure) && !signal.aborted) throw error;
      const message = error instanceof Error ? error.message : String(error);
      rows[at] = { ...rows[at]!, state: 'failed', message };
      return rows.map((row, index) => (index > at ? { ...row, state: 'not_reached' } : row));
    }
  }
  return rows;
}
