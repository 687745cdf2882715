import { DbFailure, type RelationalSession, type RelationalTransaction } from '../../../drivers/relational.ts';
import type { Policy } from '../step-kind.ts';
import { permanentError, withTransaction } from '../transaction.ts';
import type { PlannedStatement } from './plan-types.ts';
import { builtIndex, indexState, namedStructure, type Probe, probeStatement } from './probe.ts';
import { direct, runInside, runOutside } from './statement-run.ts';
import type { TrackedStructure } from './tracking.ts';

export type StatementWork = {
  readonly session: RelationalSession;
  readonly timeouts: Policy['timeouts'];
  readonly signal: AbortSignal;
  /** Position in the script, from 0. */
  readonly at: number;
  readonly statement: PlannedStatement;
  /** Nobody can have begun it before: this process has done the statement before it, and has not tried this one. */
  readonly fresh: boolean;
  readonly hit: (name: 'migration.statement.before' | 'migration.statement.after') => void;
  /** First statement of the transaction that records it: tells whether this is still to do. */
  readonly claim: (transaction: RelationalTransaction) => Promise<'claimed' | 'done' | 'fenced'>;
  /** Writes what is known when it is done, in the same transaction. */
  readonly record: (transaction: RelationalTransaction) => Promise<void>;
  /** Notes, in a transaction of its own, that it is begun, and how the objects that it names were before. */
  readonly begin: (begun: NonNullable<TrackedStructure['begun']>) => Promise<void>;
  /** What `begin` noted for a statement of this migration; null when there is nothing. */
  readonly begun: (transaction: RelationalTransaction) => Promise<TrackedStructure['begun'] | null>;
  readonly commit: (transaction: RelationalTransaction) => Promise<void>;
  /** Something left by an attempt that was cut short is removed. */
  readonly onRemains: (object: string) => void;
};

/**
 * Runs one statement and records it. Inside a transaction both commit together. Outside of one the statement goes first and its
 * record follows; whoever finds no record looks at the structure to learn whether it has happened.
 */
export async function runAndRecord(work: StatementWork): Promise<'done' | 'already' | 'fenced'> {
  const { session, statement } = work;
  if (statement.runs === 'inside') {
    return withTransaction(
      session,
      async (transaction) => {
        const claim = await work.claim(transaction);
        if (claim !== 'claimed') return claim === 'fenced' ? 'fenced' : 'already';
        await runInside(session, transaction, statement, work.timeouts);
        work.signal.throwIfAborted();
        await work.record(transaction);
        await work.commit(transaction);
        return 'done';
      },
      'structure',
    );
  }
  // Rolled back: it only tells whether the statement is still to do, and by us.
  const open = await withTransaction(session, async (transaction) => {
    const claim = await work.claim(transaction);
    return {
      claim,
      begun: claim === 'claimed' && !hasRung(statement) && !work.fresh ? await work.begun(transaction) : null,
    };
  });
  if (open.claim !== 'claimed') return open.claim === 'fenced' ? 'fenced' : 'already';
  await bringAbout(work, open.begun?.statement === work.at ? open.begun : null);
  return withTransaction(session, async (transaction) => {
    const claim = await work.claim(transaction);
    if (claim !== 'claimed') return claim === 'fenced' ? 'fenced' : 'already';
    await work.record(transaction);
    await work.commit(transaction);
    return 'done';
  });
}

async function bringAbout(work: StatementWork, begun: TrackedStructure['begun'] | null): Promise<void> {
  const { session, statement } = work;
  const probe: Probe = work.fresh ? { kind: 'absent' } : await probeStatement(session, statement, begun);
  switch (probe.kind) {
    case 'happened':
      return;
    case 'unclear':
      throw new DbFailure(
        permanentError(
          `${probe.words} Compare the target with the migration; then roll back, or bring the target to one of the two states and resume.`,
          { statement: statement.text },
        ),
        { line: statement.line },
      );
    case 'remains':
      await direct(session, [probe.remove], work.signal);
      work.onRemains(probe.object);
      break;
    case 'absent':
      break;
  }
  if (!hasRung(statement) && begun === null)
    await work.begin({ statement: work.at, before: await namedStructure(session, statement) });
  work.signal.throwIfAborted();
  try {
    work.hit('migration.statement.before');
    await runOutside(session, statement, work.timeouts, work.signal);
    work.hit('migration.statement.after');
  } catch (error) {
    throw await withoutRemains(work, error);
  }
}

/** A failed CREATE INDEX CONCURRENTLY leaves an invalid index, which every write would go on to keep up to date. */
async function withoutRemains(work: StatementWork, error: unknown): Promise<unknown> {
  const built = work.session.endpoint.engine === 'postgres' ? builtIndex(work.statement.text) : null;
  if (!built || !(error instanceof DbFailure)) return error;
  const removed = await indexState(work.session, built)
    .then(async (state) => {
      if (state !== 'invalid') return true;
      await direct(work.session, [`DROP INDEX CONCURRENTLY IF EXISTS ${built}`]);
      work.onRemains(built);
      return true;
    })
    .catch(() => false);
  if (removed) return error;
  const message = `${error.error.message} The index ${built} is left behind invalid; the next attempt drops it.`;
  return new DbFailure({ ...error.error, message }, { cause: error, ...(error.line !== null && { line: error.line }) });
}

/** The rehearsal shows how the statement can be told to have happened. */
function hasRung(statement: PlannedStatement): boolean {
  return statement.changes !== null && Object.keys(statement.changes).length > 0;
}
