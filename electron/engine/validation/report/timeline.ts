import type { Journal } from '../../run/journal/journal.ts';
import type { EventRecord } from '../../run/journal/rows.ts';
import type { RunReport } from './model.ts';

/** Events that repeat for every chunk: they say nothing that the accounts do not. */
const routine = ['chunk_committed', 'chunk_undone', 'chunk_done'];
const listedAtMost = 2000;

/** The run's events in order. Routine ones, and those between the first and last thousand, are counted and left out. */
export function reportTimeline(journal: Journal, run: string): RunReport['timeline'] {
  const total = journal.db.get<{ n: number }>('SELECT count(*) AS n FROM event WHERE run = ?', run)?.n ?? 0;
  const marks = routine.map(() => '?').join(', ');
  const telling = journal.db.all<EventRecord>(
    `SELECT * FROM event WHERE run = ? AND (severity <> 'info' OR code NOT IN (${marks})) ORDER BY seq`,
    run,
    ...routine,
  );
  const half = listedAtMost / 2;
  const kept = telling.length <= listedAtMost ? telling : [...telling.slice(0, half), ...telling.slice(-half)];
  return {
    events: kept.map(({ seq, at, severity, code, step, text }) => ({ seq, at, severity, code, step, text })),
    total,
    leftOut: total - kept.length,
  };
}
