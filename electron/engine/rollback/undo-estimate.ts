import type { Estimate } from '#shared/contract/plan.ts';
import { duration, figure } from '#shared/model/figures.ts';

/** What a rollback has to do, and how fast such work was here; null where that was not measured. */
export type RollbackWork = {
  readonly rows: number;
  /** Rows a second of an earlier rollback of the same bundle. */
  readonly rowsPerSecond: number | null;
  /** The target is a server, where each row goes over a connection. */
  readonly server: boolean;
  /** What saving and reading back the rollback point took; bringing it back reads and writes the same. */
  readonly savedInSeconds: number | null;
};

/**
 * Time to undo so many written rows. Deleting with comparison was measured at 60,000 to 200,000 rows a second on two cores with
 * SQLite; see bench. Servers are slower, and are taken at a fifth.
 */
export function undoEstimate(rows: number, work: Partial<RollbackWork> = {}): Estimate {
  const { rowsPerSecond = null, server = false } = work;
  const [fast, likely, slow] =
    rowsPerSecond !== null
      ? [rowsPerSecond * 1.5, rowsPerSecond, rowsPerSecond / 2]
      : server
        ? [100_000, 30_000, 10_000]
        : [200_000, 100_000, 50_000];
  const seconds = (perSecond: number) => Math.max(0.1, rows / perSecond);
  const basis =
    rowsPerSecond !== null
      ? `rows written, at ${figure(Math.round(rowsPerSecond))} rows a second as in the last rollback here`
      : server
        ? 'rows written, at the speed of undo on a server, which was not measured here'
        : 'rows written, at the speed of undo on SQLite';
  return { low: seconds(fast), likely: seconds(likely), high: seconds(slow), basis };
}

/** Time for a whole rollback: rows are undone, then the saved state is compared with and brought back. Null when nothing is. */
export function rollbackEstimate(work: RollbackWork): Estimate | null {
  if (work.rows === 0) return null;
  const undo = undoEstimate(work.rows, work);
  const saved = work.savedInSeconds;
  if (saved === null) return undo;
  return {
    low: undo.low + saved / 2,
    likely: undo.likely + saved,
    high: undo.high + saved * 2,
    basis: `${undo.basis}; the rollback point at the speed at which it was saved, ${duration(saved * 1000)}`,
  };
}

/**
 * The latest time at which a rollback still ends within the window, even at the slow end of its estimate; the whole minute before
 * it, since a screen shows minutes. Null when there is nothing to undo.
 */
export function latestRollback(closes: Date, estimate: Estimate | null): Date | null {
  if (estimate === null) return null;
  const at = closes.getTime() - estimate.high * 1000;
  return new Date(Math.floor(at / 60_000) * 60_000);
}
