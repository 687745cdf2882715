import type { Estimate } from '#shared/contract/plan.ts';

/**
 * Time to undo so many written rows. Deleting with comparison was measured at 60,000 to 200,000 rows a second on two cores with
 * SQLite; see bench.
 */
export function undoEstimate(rows: number): Estimate {
  const seconds = (perSecond: number) => Math.max(0.1, rows / perSecond);
  return {
    low: seconds(200_000),
    likely: seconds(100_000),
    high: seconds(50_000),
    basis: 'rows written, at the speed of undo on SQLite',
  };
}

/**
 * The latest time at which a rollback of so many rows still ends within the window, even at the slow end of its estimate; the
 * whole minute before it, since a screen shows minutes. Null when there is nothing to undo.
 */
export function latestRollback(closes: Date, rows: number): Date | null {
  if (rows === 0) return null;
  const at = closes.getTime() - undoEstimate(rows).high * 1000;
  return new Date(Math.floor(at / 60_000) * 60_000);
}
