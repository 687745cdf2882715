import type { Counts } from '#shared/model/run.ts';
import type { Bounds, Chunk, RelationalSession } from '../../../drivers/relational.ts';
import type { ApplyEnv, ApplyResult, StepHead, UnitWork, WorkEnv } from '../step-kind.ts';
import { applyFailure, controlLedger, permanentError, withTransaction } from '../transaction.ts';
import type { PlannedMigration, SchemaPlan } from './plan.ts';
import { runScript } from './script.ts';
import { ensureTracking, track } from './tracking.ts';
import { finishSchemaUndo, undoMigration } from './undo.ts';

/** One unit per pending migration, each one chunk and one transaction. */
export async function* schemaUnits(plan: SchemaPlan, step: StepHead, env: WorkEnv): AsyncIterable<UnitWork> {
  const session = await env.session(plan.target);
  for (const [at, migration] of plan.pending.entries()) {
    const before = plan.pending[at - 1];
    yield migrationUnit(plan, migration, step, env, session, before ? [unitId(step, before)] : []);
  }
}

function unitId(step: StepHead, migration: PlannedMigration): string {
  return `${step.id}/${migration.id}`;
}

function migrationUnit(
  plan: SchemaPlan,
  migration: PlannedMigration,
  step: StepHead,
  env: WorkEnv,
  session: RelationalSession,
  needs: readonly string[],
): UnitWork {
  const id = unitId(step, migration);
  const first = plan.pending[0] === migration;
  return {
    id,
    needs,
    commit: session.can.transactionalDdl ? 'target_transaction' : 'probe',
    total: migration.statements,
    ledger: controlLedger(session, env.run.id, id),
    async *bounds(): AsyncIterable<Bounds> {
      yield { from: null, to: null, inclusive: 'to', records: migration.statements };
    },
    apply: (chunk, apply) => applyMigration(migration, chunk, apply, session, env),
    halves: async () => null,
    reject: async (_chunk, error) => ({ kind: 'permanent', error }),
    probe: async (chunk) => {
      const rows = await session.control.chunks(env.run.id, id);
      return rows.some((row) => row.path === chunk.path && row.state === 'done') ? 'present' : 'absent';
    },
    async *settle() {
      // A migration is complete when it is committed.
    },
    undo: (chunk, undo) => undoMigration(migration, chunk, undo, session, env),
    finishUndo: (undo) => (first ? finishSchemaUndo(plan, step, undo, session) : Promise.resolve([])),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function applyMigration(
  migration: PlannedMigration,
  chunk: Chunk,
  apply: ApplyEnv,
  session: RelationalSession,
  env: WorkEnv,
): Promise<ApplyResult> {
  const { clock, failpoints } = env.environment;
  try {
    return await withTransaction(
      session,
      async (transaction): Promise<ApplyResult> => {
        const claim = await transaction.claim(chunk, apply.fence);
        if (claim !== 'claimed') return { kind: claim };
        await ensureTracking(transaction);
        const started = clock.monotonic();
        const statements = await runScript(transaction, migration.up);
        await track(transaction, {
          id: migration.id,
          name: migration.name,
          checksum: migration.checksum,
          appliedAt: clock.now().toISOString(),
          tookMs: Math.round(clock.monotonic() - started),
          runId: env.run.id,
        });
        apply.signal.throwIfAborted();
        apply.onRecords(statements);
        const counts: Counts = { read: statements, filtered: 0, rejected: 0, accepted: statements, outputs: {} };
        failpoints.hit('migration.commit.before');
        await transaction.commit(counts, '');
        failpoints.hit('migration.commit.after');
        return { kind: 'committed', counts, digest: '' };
      },
      'structure',
    );
  } catch (error) {
    const result = applyFailure(error, apply.signal);
    // A script cannot be split: what a record's chunk would set aside stops a migration.
    if (result.kind !== 'bad_data') return result;
    return { kind: 'permanent', error: permanentError(result.error.message, { ...result.error, kind: 'permanent' }) };
  }
}
