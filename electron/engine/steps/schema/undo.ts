import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Chunk, RelationalSession } from '../../../drivers/relational.ts';
import { trackingTable } from '../../plan/tracking-table.ts';
import type { StepHead, UndoEnv, UndoResult } from '../step-kind.ts';
import { permanentError, undoFailure, withTransaction } from '../transaction.ts';
import { type DownEnv, runDown } from './down.ts';
import { exportRows } from './export-rows.ts';
import type { PlannedMigration, SchemaPlan } from './plan-types.ts';
import { plainName, structureDifferences, structureOf } from './structure.ts';
import { readApplied } from './tracking.ts';
import { foreignRows, structureFindings } from './undo-findings.ts';
import type { UnitParts } from './unit-parts.ts';

/** Runs the down script with the removal of its tracking row. What others put there is not removed in silence. */
export async function undoMigration(
  parts: UnitParts,
  migration: PlannedMigration,
  chunk: Chunk,
  undo: UndoEnv,
): Promise<UndoResult> {
  const { env } = parts;
  if (migration.down === null || migration.downScript === null) {
    return { kind: 'failed', error: permanentError(`Migration ${migration.title} has no down script.`) };
  }
  const down: DownEnv = {
    session: parts.session,
    tracking: parts.tracking,
    timeouts: env.policy.timeouts,
    environment: env.environment,
    signal: undo.signal,
    runId: env.run.id,
  };
  try {
    return migration.downScript.way === 'transaction' && migration.upScript.way === 'transaction'
      ? await undoInTransaction(parts, migration, chunk, undo, down)
      : await undoByStatements(parts, migration, chunk, undo, down);
  } catch (error) {
    return undoFailure(error, undo.signal);
  }
}

/** The chunk's mark, the script and the row go in one transaction. */
async function undoInTransaction(
  parts: UnitParts,
  migration: PlannedMigration,
  chunk: Chunk,
  undo: UndoEnv,
  down: DownEnv,
): Promise<UndoResult> {
  const { session, plan, tracking, env } = parts;
  return withTransaction(
    session,
    async (transaction): Promise<UndoResult> => {
      const claim = await transaction.claimUndo(chunk, undo.fence);
      if (claim === 'fenced') return { kind: 'fenced' };
      if (claim !== 'claimed') return { kind: 'nothing' };
      const findings = await lookForOthers(parts, migration, undo);
      if (findings.length > 0 && undo.diverged !== 'export_and_remove') return { kind: 'diverged', findings };
      const statements = await runDown(down, migration, transaction);
      if (plan.pending[0]?.id === migration.id) await tracking.removeTakenOver(transaction, env.run.id);
      undo.signal.throwIfAborted();
      env.environment.failpoints.hit('undo.migration.commit.before');
      await transaction.commit(null, null);
      env.environment.failpoints.hit('undo.migration.commit.after');
      return { kind: 'undone', rows: statements, diverged: findings };
    },
    'structure',
  );
}

/**
 * Statement by statement: the first chunk that is undone (that of the last statement) runs the whole down script, whose progress
 * is in our table; the chunks before it are marked.
 */
async function undoByStatements(
  parts: UnitParts,
  migration: PlannedMigration,
  chunk: Chunk,
  undo: UndoEnv,
  down: DownEnv,
): Promise<UndoResult> {
  const { session, plan, tracking, env } = parts;
  const open = await withTransaction(session, (transaction) => transaction.claimUndo(chunk, undo.fence));
  if (open === 'fenced') return { kind: 'fenced' };
  if (open !== 'claimed') return { kind: 'nothing' };
  await tracking.ensure();
  const row = (await readApplied(session))?.find((one) => one.id === migration.id);
  let findings: readonly Finding[] = [];
  let statements = 0;
  if (row) {
    // A script that is under way has changed the structure itself.
    if (row.state === 'applied') findings = await lookForOthers(parts, migration, undo);
    if (findings.length > 0 && undo.diverged !== 'export_and_remove') return { kind: 'diverged', findings };
    statements = await runDown(down, migration, null);
  }
  return withTransaction(session, async (transaction): Promise<UndoResult> => {
    const claim = await transaction.claimUndo(chunk, undo.fence);
    if (claim === 'fenced') return { kind: 'fenced' };
    if (claim !== 'claimed') return { kind: 'nothing' };
    if (plan.pending[0]?.id === migration.id) await tracking.removeTakenOver(transaction, env.run.id);
    env.environment.failpoints.hit('undo.migration.commit.before');
    await transaction.commit(null, null);
    env.environment.failpoints.hit('undo.migration.commit.after');
    return { kind: 'undone', rows: statements, diverged: findings };
  });
}

/** What is not as the migration left it. Rows of others are exported when they may go. */
async function lookForOthers(
  { session, plan }: UnitParts,
  migration: PlannedMigration,
  undo: UndoEnv,
): Promise<readonly Finding[]> {
  const noted = await notedStructure(session, plan, migration);
  const names = Object.keys(noted.objects).flatMap((object) => [object, plainName(object)]);
  const changed = structureFindings(migration, noted.objects, structureOf(await session.catalog(names)));
  const filled = await foreignRows(noted.rows, session);
  const findings = [...changed, ...filled.map((entry) => entry.finding)];
  if (undo.diverged === 'export_and_remove') for (const { table } of filled) await exportRows(table, session, undo);
  return findings;
}

/** As the rehearsal has it; else as it was noted with the last migration of the step, for the whole step. */
async function notedStructure(session: RelationalSession, plan: SchemaPlan, migration: PlannedMigration) {
  if (migration.changes) {
    const objects = Object.entries(migration.changes).map(([name, change]) => [name, change.after] as const);
    return { objects: Object.fromEntries(objects), rows: migration.makes };
  }
  const last = plan.pending.at(-1)?.id === migration.id;
  const noted = last ? (await readApplied(session))?.find((row) => row.id === migration.id)?.structure : null;
  return { objects: noted?.objects ?? {}, rows: noted?.rows ?? {} };
}

/** Drops the tracking table when this step made it, and looks whether the old structure is back. Idempotent. */
export async function finishSchemaUndo(
  plan: SchemaPlan,
  step: StepHead,
  undo: UndoEnv,
  session: RelationalSession,
): Promise<readonly Finding[]> {
  undo.signal.throwIfAborted();
  if (!plan.tracked && (await readApplied(session))?.length === 0) {
    await withTransaction(
      session,
      async (transaction) => {
        await transaction.execute(`DROP TABLE ${trackingTable}`);
        await transaction.commit(null, null);
      },
      'structure',
    );
  }
  if (plan.pending.length === 0) return [];
  const found = structureOf(await session.catalog(null));
  return structureDifferences(plan.before, found).map((difference) =>
    makeFinding({
      severity: 'error',
      category: 'old_structure_differs',
      step: step.id,
      path: difference.object,
      message: `After the way back ${difference.object} is ${difference.how} compared with the structure before the run.`,
      suggestion:
        'Compare it with the rollback point; the down script may leave something out, or somebody changed it since.',
    }),
  );
}
