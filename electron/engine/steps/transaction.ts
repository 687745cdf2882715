import {
  type DbError,
  DbFailure,
  type Fence,
  type RelationalSession,
  type RelationalTransaction,
  type TransactionPurpose,
} from '../../drivers/relational.ts';
import type { ApplyResult, ChunkLedger, UndoResult } from './step-kind.ts';

/** Runs `work` in one transaction that is rolled back unless the work commits it. */
export async function withTransaction<T>(
  session: RelationalSession,
  work: (transaction: RelationalTransaction) => Promise<T>,
  purpose: TransactionPurpose = 'rows',
): Promise<T> {
  const transaction = await session.begin(purpose);
  let failed = true;
  try {
    const result = await work(transaction);
    failed = false;
    return result;
  } finally {
    // A rollback that fails must not hide why there was one.
    const disposed = transaction[Symbol.asyncDispose]();
    await (failed ? disposed.then(undefined, () => undefined) : disposed);
  }
}

/** The target's own list of chunks of a unit. */
export function controlLedger(session: RelationalSession, runId: string, unit: string): ChunkLedger {
  return {
    chunks: () => session.control.chunks(runId, unit),
    add: (fence: Fence, chunks) => session.control.addChunks(fence, unit, chunks),
    split: (fence: Fence, path, halves) => session.control.splitChunk(fence, unit, path, halves),
  };
}

/** What an engine's answer means to the runner. Anything that is not an answer of an engine is a bug and is thrown on. */
export function applyFailure(error: unknown, signal: AbortSignal, recordHint: number | null = null): ApplyResult {
  if (signal.aborted) return { kind: 'stopped' };
  if (!(error instanceof DbFailure)) throw error;
  switch (error.error.kind) {
    case 'data':
      return { kind: 'bad_data', recordHint, error: error.error };
    case 'transient':
    case 'locked':
      return { kind: 'transient', error: error.error, retryAfterMs: null };
    case 'permanent':
    case 'space':
      return { kind: 'permanent', error: error.error };
  }
}

export function undoFailure(error: unknown, signal: AbortSignal): UndoResult {
  if (signal.aborted) return { kind: 'stopped' };
  if (!(error instanceof DbFailure)) throw error;
  return { kind: 'failed', error: error.error };
}

/** An error of ours that no retry mends. */
export function permanentError(message: string, place: Partial<DbError> = {}): DbError {
  return { message, code: null, kind: 'permanent', statement: null, table: null, column: null, ...place };
}

/** A name in the quotes that the engine reads. */
export function quoteName(session: RelationalSession, name: string): string {
  return session.endpoint.engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}
