import type { Bounds, Chunk } from '../../../drivers/relational.ts';
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

/** Up to so many each migration is a unit of its own; of more, so many are one, to be recorded together where that costs less. */
const group = { from: 20, size: 64 };

/** A piece of work that commits at once: a whole migration, or one statement of it. */
type Piece = { readonly migration: PlannedMigration; readonly at: number | null };

/** One unit per pending migration, or per group of them; a chunk is one transaction, or one statement. */
export async function* schemaUnits(plan: SchemaPlan, step: StepHead, env: WorkEnv): AsyncIterable<UnitWork> {
  const session = await env.session(plan.target);
  const parts: UnitParts = {
    plan,
    step,
    env,
    session,
    tracking: new Tracking(session),
    statements: { tried: new Set(), recorded: false },
  };
  const size = plan.pending.length > group.from ? group.size : 1;
  let before: string | null = null;
  for (let from = 0; from < plan.pending.length; from += size) {
    const unit = migrationsUnit(parts, plan.pending.slice(from, from + size), before);
    yield unit;
    before = unit.id;
  }
}

function migrationsUnit(parts: UnitParts, migrations: readonly PlannedMigration[], before: string | null): UnitWork {
  const { plan, step, env, session } = parts;
  const first = migrations[0]!;
  const last = migrations.at(-1)!;
  const id = `${step.id}/${first === last ? first.id : `${first.id}..${last.id}`}`;
  const pieces = migrations.flatMap(piecesOf);
  // Bounds are in the order of the pieces, and nothing is ever split.
  const pieceOf = (chunk: Chunk): Piece => pieces[Number(chunk.path)]!;
  return {
    id,
    needs: before === null ? [] : [before],
    commit: pieces.some((piece) => piece.at !== null) ? 'probe' : 'target_transaction',
    total: migrations.reduce((sum, migration) => sum + migration.statements - migration.startAt, 0),
    whole: true,
    ledger: controlLedger(session, env.run.id, id),
    async *bounds(): AsyncIterable<Bounds> {
      for (const piece of pieces) yield boundsOf(piece);
    },
    apply: (chunk, apply) => {
      const { migration, at } = pieceOf(chunk);
      return at === null
        ? applyMigration(parts, migration, chunk, apply)
        : applyStatement(parts, migration, at, chunk, apply);
    },
    halves: async () => null,
    reject: async (_chunk, error) => ({ kind: 'permanent', error }),
    probe: async (chunk) => {
      const rows = await session.control.chunks(env.run.id, id);
      return rows.some((row) => row.path === chunk.path && row.state === 'done') ? 'present' : 'absent';
    },
    async *settle() {
      // A migration is complete when it is committed; what was not rehearsed is looked at when all are done.
      if (plan.rehearsed || last !== plan.pending.at(-1)) return;
      await noteStructure(parts, last);
      yield { action: 'structure noted', object: trackingTable, rejects: [] };
    },
    undo: (chunk, undo) => undoMigration(parts, pieceOf(chunk).migration, chunk, undo),
    finishUndo: (undo) =>
      first === plan.pending[0] ? finishSchemaUndo(plan, step, undo, session) : Promise.resolve([]),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function piecesOf(migration: PlannedMigration): Piece[] {
  if (migration.upScript.way === 'transaction') return [{ migration, at: null }];
  return migration.upScript.statements.map((_, at) => ({ migration, at })).slice(migration.startAt);
}

/** Of a statement with the rungs of the rehearsal before and after it, so that the target itself holds the ladder. */
function boundsOf({ migration, at }: Piece): Bounds {
  if (at === null) return { from: null, to: migration.id, inclusive: 'to', records: Math.max(1, migration.statements) };
  const changes = migration.upScript.statements[at]!.changes;
  const rung = (side: 'before' | 'after') => {
    if (!changes) return '';
    const objects = Object.entries(changes).map(([name, change]) => [name, change[side]] as const);
    return ` ${digestOf(Object.fromEntries(objects))}`;
  };
  return {
    from: `${migration.id}:${at}${rung('before')}`,
    to: `${migration.id}:${at + 1}${rung('after')}`,
    inclusive: 'to',
    records: 1,
  };
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
