import type { Counts } from '#shared/model/run.ts';
import type { Chunk, RelationalTransaction } from '../../../drivers/relational.ts';
import type { ApplyEnv, ApplyResult } from '../step-kind.ts';
import { applyFailure, permanentError, withTransaction } from '../transaction.ts';
import type { PlannedMigration } from './plan-types.ts';
import { runScript } from './script.ts';
import { withTimeouts } from './timeouts.ts';
import { trackedStructure, type UnitParts } from './unit-parts.ts';

/** A whole migration in one transaction: the claim, its statements, its row in our table. */
export async function applyMigration(
  parts: UnitParts,
  migration: PlannedMigration,
  chunk: Chunk,
  apply: ApplyEnv,
): Promise<ApplyResult> {
  const { session, env, tracking } = parts;
  const { clock, failpoints } = env.environment;
  try {
    const result = await withTransaction(
      session,
      async (transaction): Promise<ApplyResult> => {
        const claim = await transaction.claim(chunk, apply.fence);
        if (claim !== 'claimed') return { kind: claim };
        await tracking.ensureIn(transaction);
        await takeOver(parts, migration, transaction);
        const started = clock.monotonic();
        const statements = await withTimeouts(session, transaction, env.policy.timeouts, () =>
          runScript(session, transaction, migration.up),
        );
        await tracking.add(transaction, {
          id: migration.id,
          name: migration.name,
          checksum: migration.checksum,
          appliedAt: clock.now().toISOString(),
          tookMs: clock.monotonic() - started,
          runId: env.run.id,
          state: 'applied',
          structure: trackedStructure(migration),
        });
        apply.signal.throwIfAborted();
        apply.onRecords(statements);
        const counts = countsOf(statements);
        failpoints.hit('migration.commit.before');
        await transaction.commit(counts, '');
        failpoints.hit('migration.commit.after');
        return { kind: 'committed', counts, digest: '' };
      },
      'structure',
    );
    if (result.kind === 'committed') tracking.confirm();
    return result;
  } catch (error) {
    return migrationFailure(error, apply.signal);
  }
}

/** What another tool or the profile says is applied goes into our table with the first migration. */
export async function takeOver(
  { plan, env, tracking }: UnitParts,
  migration: PlannedMigration,
  transaction: RelationalTransaction,
): Promise<void> {
  if (plan.pending[0]?.id !== migration.id) return;
  for (const one of plan.takenOver) await tracking.add(transaction, { ...one, tookMs: 0, runId: env.run.id });
}

export function countsOf(statements: number): Counts {
  return { read: statements, filtered: 0, rejected: 0, accepted: statements, outputs: {} };
}

/** A script cannot be split: what a record's chunk would set aside stops a migration. */
export function migrationFailure(error: unknown, signal: AbortSignal): ApplyResult {
  const result = applyFailure(error, signal);
  if (result.kind !== 'bad_data') return result;
  return { kind: 'permanent', error: permanentError(result.error.message, { ...result.error, kind: 'permanent' }) };
}
