import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Chunk, RelationalSession, RelationalTransaction } from '../../../drivers/relational.ts';
import { trackingTable } from '../../plan/tracking-table.ts';
import type { StepHead, UndoEnv, UndoResult, WorkEnv } from '../step-kind.ts';
import { permanentError, quoteName, undoFailure, withTransaction } from '../transaction.ts';
import { exportRows } from './export-rows.ts';
import type { PlannedMigration, SchemaPlan } from './plan.ts';
import { runScript } from './script.ts';
import { type Structure, structureDifferences, structureOf } from './structure.ts';
import { readApplied, untrack } from './tracking.ts';

/** Runs the down script with the removal of its tracking row in one transaction. What others put there is not removed in silence. */
export async function undoMigration(
  migration: PlannedMigration,
  chunk: Chunk,
  undo: UndoEnv,
  session: RelationalSession,
  env: WorkEnv,
): Promise<UndoResult> {
  const name = `${migration.id}_${migration.name}`;
  const { down } = migration;
  if (down === null) {
    return { kind: 'failed', error: permanentError(`Migration ${name} has no down script.`) };
  }
  const { failpoints } = env.environment;
  try {
    return await withTransaction(
      session,
      async (transaction): Promise<UndoResult> => {
        const claim = await transaction.claimUndo(chunk, undo.fence);
        if (claim === 'fenced') return { kind: 'fenced' };
        if (claim !== 'claimed') return { kind: 'nothing' };
        const changed = structureFindings(migration, structureOf(await session.catalog(null)));
        const filled = await foreignRows(migration, transaction, session);
        const findings = [...changed, ...filled.map((entry) => entry.finding)];
        if (findings.length > 0 && undo.diverged !== 'export_and_remove') return { kind: 'diverged', findings };
        for (const entry of filled) await exportRows(entry.table, session, undo);
        const statements = await runScript(transaction, down);
        await untrack(transaction, migration.id);
        undo.signal.throwIfAborted();
        failpoints.hit('undo.migration.commit.before');
        await transaction.commit(null, null);
        failpoints.hit('undo.migration.commit.after');
        return { kind: 'undone', rows: statements, diverged: findings };
      },
      'structure',
    );
  } catch (error) {
    return undoFailure(error, undo.signal);
  }
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
    await withTransaction(session, async (transaction) => {
      await transaction.execute(`DROP TABLE ${trackingTable}`);
      await transaction.commit(null, null);
    });
  }
  const expected = plan.pending[0]?.before;
  if (!expected) return [];
  const found = structureOf(await session.catalog(null));
  return structureDifferences(expected, found).map((difference) =>
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

/** Objects of this migration that are no longer as it left them. */
function structureFindings(migration: PlannedMigration, found: Structure): Finding[] {
  const own = Object.keys(migration.after).filter((object) => migration.after[object] !== migration.before[object]);
  return own
    .filter((object) => found[object] !== migration.after[object])
    .map((object) =>
      makeFinding({
        severity: 'error',
        category: 'structure_changed_since',
        path: object,
        message: `${object} was ${found[object] === undefined ? 'removed' : 'changed'} after migration ${migration.id}_${migration.name}.`,
        suggestion: 'Decide whether the down script may run over it.',
      }),
    );
}

/** Rows in tables that the migration made, beyond those that its script put there: others wrote them. */
async function foreignRows(
  migration: PlannedMigration,
  transaction: RelationalTransaction,
  session: RelationalSession,
): Promise<{ table: string; finding: Finding }[]> {
  const present = new Set((await session.catalog(Object.keys(migration.makes))).tables.map((table) => table.name));
  const found: { table: string; finding: Finding }[] = [];
  for (const [table, own] of Object.entries(migration.makes)) {
    if (!present.has(table)) continue;
    const [row] = await transaction.query(`SELECT count(*) FROM ${quoteName(session, table)}`);
    const rows = Number(row?.[0] ?? 0n);
    if (rows <= own) continue;
    found.push({
      table,
      finding: makeFinding({
        severity: 'error',
        category: 'rows_of_others',
        path: table,
        message: `${table} holds ${figure(rows - own)} rows that this run did not write; the down script drops the table.`,
        count: rows - own,
        suggestion: 'Keep the table, or export its rows and drop it.',
      }),
    });
  }
  return found;
}
