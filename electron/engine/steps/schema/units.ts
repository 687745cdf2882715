import type { Bounds } from '../../../drivers/relational.ts';
import { trackingTable } from '../../plan/tracking-table.ts';
import type { StepHead, UnitWork, WorkEnv } from '../step-kind.ts';
import { controlLedger, withTransaction } from '../transaction.ts';
import { applyMigration } from './apply-migration.ts';
import { applyStatement } from './apply-statement.ts';
import type { PlannedMigration, SchemaPlan } from './plan-types.ts';
import { changesBetween, digestOf, structureOf } from './structure.ts';
import { type TrackedStructure, Tracking } from './tracking.ts';
import { finishSchemaUndo, undoMigration } from './undo.ts';
import type { UnitParts } from './unit-parts.ts';

/** One unit per pending migration: one chunk that is one transaction, or a chunk for each of its statements. */
export async function* schemaUnits(plan: SchemaPlan, step: StepHead, env: WorkEnv): AsyncIterable<UnitWork> {
  const session = await env.session(plan.target);
  const parts: UnitParts = { plan, step, env, session, tracking: new Tracking(session) };
  for (const migration of plan.pending) yield migrationUnit(parts, migration);
}

function migrationUnit(parts: UnitParts, migration: PlannedMigration): UnitWork {
  const { plan, step, env, session } = parts;
  const id = `${step.id}/${migration.id}`;
  const at = plan.pending.indexOf(migration);
  const before = plan.pending[at - 1];
  const single = migration.upScript.way === 'statements';
  return {
    id,
    needs: before ? [`${step.id}/${before.id}`] : [],
    commit: single ? 'probe' : 'target_transaction',
    total: migration.statements - migration.startAt,
    ledger: controlLedger(session, env.run.id, id),
    async *bounds(): AsyncIterable<Bounds> {
      if (single) yield* statementBounds(migration);
      else yield { from: null, to: null, inclusive: 'to', records: migration.statements };
    },
    apply: (chunk, apply) =>
      single ? applyStatement(parts, migration, chunk, apply) : applyMigration(parts, migration, chunk, apply),
    halves: async () => null,
    reject: async (_chunk, error) => ({ kind: 'permanent', error }),
    probe: async (chunk) => {
      const rows = await session.control.chunks(env.run.id, id);
      return rows.some((row) => row.path === chunk.path && row.state === 'done') ? 'present' : 'absent';
    },
    async *settle() {
      // A migration is complete when it is committed; what was not rehearsed is looked at when all are done.
      if (plan.rehearsed || migration !== plan.pending.at(-1)) return;
      await noteStructure(parts, migration);
      yield { action: 'structure noted', object: trackingTable, rejects: [] };
    },
    undo: (chunk, undo) => undoMigration(parts, migration, chunk, undo),
    finishUndo: (undo) => (at === 0 ? finishSchemaUndo(plan, step, undo, session) : Promise.resolve([])),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** One chunk a statement; the ladder of the rehearsal is in its bounds, so that the target itself tells it. */
function* statementBounds({ upScript, startAt }: PlannedMigration): Iterable<Bounds> {
  for (const [at, statement] of upScript.statements.entries()) {
    if (at < startAt) continue;
    const rung = (side: 'before' | 'after') => {
      if (!statement.changes) return '';
      const objects = Object.entries(statement.changes).map(([name, change]) => [name, change[side]] as const);
      return `:${digestOf(Object.fromEntries(objects))}`;
    };
    yield { from: `${at}${rung('before')}`, to: `${at + 1}${rung('after')}`, inclusive: 'to', records: 1 };
  }
}

/** Without a rehearsal: what all migrations of this step changed together, kept with the last one. */
async function noteStructure({ plan, session, tracking }: UnitParts, last: PlannedMigration): Promise<void> {
  const catalog = await session.catalog(null);
  const changes = Object.entries(changesBetween(plan.before, structureOf(catalog)));
  const rows = catalog.tables.filter((table) =>
    changes.some(([name, change]) => name === table.name && !change.before),
  );
  const structure: TrackedStructure = {
    objects: Object.fromEntries(changes.map(([name, change]) => [name, change.after])),
    rows: Object.fromEntries(rows.map((table) => [table.name, table.rows])),
  };
  await withTransaction(session, async (transaction) => {
    await tracking.note(transaction, last.id, structure);
    await transaction.commit(null, null);
  });
}
