import { DbFailure, type RelationalSession, type RelationalTransaction } from '../../../drivers/relational.ts';
import type { Environment } from '../../../platform/environment.ts';
import type { Policy } from '../step-kind.ts';
import { permanentError, withTransaction } from '../transaction.ts';
import type { Migration } from './migrations.ts';
import type { PlannedScript } from './plan-types.ts';
import { planScripts } from './rehearsal.ts';
import { runScript } from './script.ts';
import { runAndRecord } from './statement-chunk.ts';
import { withTimeouts } from './timeouts.ts';
import { type AppliedMigration, readApplied, type TrackedStructure, type Tracking } from './tracking.ts';

export type DownEnv = {
  readonly session: RelationalSession;
  readonly tracking: Tracking;
  readonly timeouts: Policy['timeouts'];
  readonly environment: Pick<Environment, 'clock' | 'failpoints' | 'log'>;
  readonly signal: AbortSignal;
  readonly runId: string;
};

/** A migration with its down script as it runs on the target's engine. */
export type Downable = Migration & { readonly downScript: PlannedScript | null };

export function downFor(session: RelationalSession, migration: Migration): Downable {
  return { ...migration, downScript: planScripts(session, migration).downScript };
}

/**
 * Runs the down script of a migration and removes its row: in the given transaction where it can be one, else statement by
 * statement with the progress in its row, so that the next call goes on where this one was cut short. Gives the statements run.
 */
export async function runDown(
  env: DownEnv,
  migration: Downable,
  transaction: RelationalTransaction | null,
): Promise<number> {
  const { session, tracking, timeouts } = env;
  const { down, downScript } = migration;
  if (down === null || downScript === null)
    throw new DbFailure(permanentError(`Migration ${migration.title} has no down script.`));
  if (transaction) {
    const statements = await withTimeouts(session, transaction, timeouts, () => runScript(session, transaction, down));
    await tracking.remove(transaction, migration.id);
    return statements;
  }
  if (downScript.way === 'transaction') {
    return withTransaction(
      session,
      async (own) => {
        const statements = await runDown(env, migration, own);
        await own.commit(null, null);
        return statements;
      },
      'structure',
    );
  }
  const row = (await readApplied(session))?.find((one) => one.id === migration.id);
  if (!row) return 0;
  const from = row.state === 'undoing' ? (row.statements ?? 0) : 0;
  for (let at = from; at < downScript.statements.length; at += 1) await downStatement(env, migration, row, at);
  await withTransaction(session, async (own) => {
    await tracking.remove(own, migration.id);
    await own.commit(null, null);
  });
  return downScript.statements.length - from;
}

async function downStatement(env: DownEnv, migration: Downable, row: AppliedMigration, at: number): Promise<void> {
  const { session, tracking } = env;
  const statement = migration.downScript!.statements[at]!;
  const note = (transaction: RelationalTransaction, statements: number, structure: TrackedStructure | null) =>
    tracking.put(transaction, { ...row, tookMs: 0, state: 'undoing', statements, structure });
  const isRest = row.state === 'partial';
  try {
    await runAndRecord({
      session,
      timeouts: env.timeouts,
      signal: env.signal,
      at,
      statement,
      fresh: false,
      hit: (name) => env.environment.failpoints.hit(name),
      claim: async () => 'claimed',
      begun: async (transaction) => (await tracking.structure(transaction, migration.id))?.begun ?? null,
      begin: (begun) =>
        withTransaction(session, async (transaction) => {
          await note(transaction, at, { begun });
          await transaction.commit(null, null);
        }),
      record: (transaction) => note(transaction, at + 1, null),
      commit: (transaction) => transaction.commit(null, null),
      onRemains: (object) => env.environment.log.warn('Half-done remains were dropped', { object }),
    });
  } catch (error) {
    // Of a migration that is half way, the down script also takes back what was never made.
    if (!isRest || !(error instanceof DbFailure) || !isAbsence(error)) throw error;
    await withTransaction(session, async (transaction) => {
      await note(transaction, at + 1, null);
      await transaction.commit(null, null);
    });
  }
}

/** The server says that the object is not there: table, column, index, key, constraint, routine, trigger, type, schema. */
function isAbsence({ error }: DbFailure): boolean {
  const codes = [
    '42P01',
    '42703',
    '42704',
    '42883',
    '3F000', // PostgreSQL
    'ER_BAD_TABLE_ERROR',
    'ER_NO_SUCH_TABLE',
    'ER_CANT_DROP_FIELD_OR_KEY',
    'ER_BAD_FIELD_ERROR',
    'ER_SP_DOES_NOT_EXIST',
    'ER_TRG_DOES_NOT_EXIST',
    'ER_UNKNOWN_TABLE',
    'ER_KEY_COLUMN_DOES_NOT_EXITS',
    '1051',
    '1146',
    '1091',
    '1054',
    '1305',
    '1360',
    '1109',
    '1072',
  ];
  return (
    (error.code !== null && codes.includes(error.code)) ||
    /^no such (?:table|index|view|trigger|column)/.test(error.message)
  );
}
