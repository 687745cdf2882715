import type { Chunk } from '../../../drivers/relational.ts';
import type { ApplyEnv, ApplyResult } from '../step-kind.ts';
import { permanentError, withTransaction } from '../transaction.ts';
import { countsOf, migrationFailure, takeOver } from './apply-migration.ts';
import type { PlannedMigration } from './plan-types.ts';
import { runAndRecord } from './statement-chunk.ts';
import { trackedStructure, type UnitParts } from './unit-parts.ts';

/** One statement of a migration that is not one transaction, with its record in our table. */
export async function applyStatement(
  parts: UnitParts,
  migration: PlannedMigration,
  at: number,
  chunk: Chunk,
  apply: ApplyEnv,
): Promise<ApplyResult> {
  const { session, env, tracking } = parts;
  const { clock, failpoints, log } = env.environment;
  const statement = migration.upScript.statements[at];
  if (!statement)
    return { kind: 'permanent', error: permanentError(`Migration ${migration.title} has no statement ${at + 1}.`) };
  const counts = countsOf(1);
  const row = {
    id: migration.id,
    name: migration.name,
    checksum: migration.checksum,
    tookMs: 0,
    runId: env.run.id,
  };
  const last = at === migration.upScript.statements.length - 1;
  const started = clock.monotonic();
  const { statements } = parts;
  const name = `${migration.id}:${at}`;
  const fresh = statements.recorded && !statements.tried.has(name);
  statements.tried.add(name);
  try {
    await tracking.ensure();
    const done = await runAndRecord({
      session,
      timeouts: env.policy.timeouts,
      signal: apply.signal,
      at,
      statement,
      fresh,
      hit: (name) => failpoints.hit(name),
      claim: async (transaction) => {
        const claim = await transaction.claim(chunk, apply.fence);
        return claim === 'already_done' ? 'done' : claim;
      },
      begun: async (transaction) => (await tracking.structure(transaction, migration.id))?.begun ?? null,
      begin: (begun) =>
        withTransaction(session, async (transaction) => {
          const appliedAt = clock.now().toISOString();
          await tracking.put(transaction, {
            ...row,
            appliedAt,
            state: 'partial',
            statements: at,
            structure: { begun },
          });
          await transaction.commit(null, null);
        }),
      record: async (transaction) => {
        if (at === migration.startAt) await takeOver(parts, migration, transaction);
        const took = clock.monotonic() - started;
        await tracking.put(transaction, {
          ...row,
          appliedAt: clock.now().toISOString(),
          tookMs: took,
          state: last ? 'applied' : 'partial',
          statements: last ? null : at + 1,
          structure: last ? trackedStructure(migration) : null,
        });
        apply.onRecords(1);
      },
      commit: async (transaction) => {
        failpoints.hit('migration.commit.before');
        await transaction.commit(counts, '');
        failpoints.hit('migration.commit.after');
      },
      onRemains: (object) =>
        log.warn('Half-done remains of an earlier attempt were dropped', { migration: migration.title, object }),
    });
    statements.recorded = true;
    if (done === 'fenced') return { kind: 'fenced' };
    if (done === 'already') return { kind: 'already_done' };
    return { kind: 'committed', counts, digest: '' };
  } catch (error) {
    return migrationFailure(error, apply.signal);
  }
}
