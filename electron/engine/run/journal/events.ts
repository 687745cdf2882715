import { createHash } from 'node:crypto';
import type { Severity } from '#shared/model/run.ts';
import type { JournalDatabase } from './database.ts';
import type { EventRecord } from './rows.ts';

export type NewEvent = {
  readonly severity: Severity;
  readonly code: string;
  readonly step: string | null;
  readonly text: string;
};

/** The run's log: numbered, and chained by hash so that a later edit shows when the head is known from elsewhere. */
export class EventStore {
  readonly #db: JournalDatabase;

  constructor(db: JournalDatabase) {
    this.#db = db;
  }

  append(run: string, event: NewEvent, at: string): EventRecord {
    return this.#db.transaction(() => {
      const last = this.#db.get<{ seq: number; sha256: string }>(
        'SELECT seq, sha256 FROM event WHERE run = ? ORDER BY seq DESC LIMIT 1',
        run,
      );
      const seq = (last?.seq ?? 0) + 1;
      const prev = last?.sha256 ?? '';
      const sha256 = eventHash(run, { ...event, seq, at }, prev);
      this.#db.run(
        'INSERT INTO event (run, seq, at, severity, code, step, text, prev_sha256, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        run,
        seq,
        at,
        event.severity,
        event.code,
        event.step,
        event.text,
        prev,
        sha256,
      );
      return { run, seq, at, ...event, prev_sha256: prev, sha256 };
    });
  }

  /** Newest first, below `before`. */
  page(
    run: string,
    filter: { readonly before: number | null; readonly limit: number; readonly severity: 'all' | 'warning' | 'error' },
  ): EventRecord[] {
    const kinds =
      filter.severity === 'all'
        ? "'info','warning','error','critical'"
        : filter.severity === 'warning'
          ? "'warning'"
          : "'error','critical'";
    return this.#db.all<EventRecord>(
      `SELECT * FROM event WHERE run = ? AND (? IS NULL OR seq < ?) AND severity IN (${kinds}) ORDER BY seq DESC LIMIT ?`,
      run,
      filter.before,
      filter.before,
      filter.limit,
    );
  }

  totals(run: string): { warning: number; error: number } {
    return (
      this.#db.get<{ warning: number; error: number }>(
        "SELECT coalesce(sum(severity = 'warning'), 0) AS warning, coalesce(sum(severity IN ('error', 'critical')), 0) AS error FROM event WHERE run = ?",
        run,
      ) ?? { warning: 0, error: 0 }
    );
  }

  head(run: string): string | null {
    return (
      this.#db.get<{ sha256: string }>('SELECT sha256 FROM event WHERE run = ? ORDER BY seq DESC LIMIT 1', run)
        ?.sha256 ?? null
    );
  }

  /** Number of the first event whose hash or link does not fit; null when the chain is whole. */
  firstBroken(run: string): number | null {
    let prev = '';
    for (const event of this.#db.all<EventRecord>('SELECT * FROM event WHERE run = ? ORDER BY seq', run)) {
      if (event.prev_sha256 !== prev || event.sha256 !== eventHash(run, event, prev)) return event.seq;
      prev = event.sha256;
    }
    return null;
  }
}

function eventHash(run: string, event: NewEvent & { readonly seq: number; readonly at: string }, prev: string): string {
  const content = JSON.stringify([run, event.seq, event.at, event.severity, event.code, event.step, event.text, prev]);
  return createHash('sha256').update(content).digest('hex');
}
