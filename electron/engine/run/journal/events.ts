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

export type Chain = {
  readonly events: number;
  readonly head: string | null;
  readonly firstBroken: number | null;
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

  /**
   * Reads the whole chain, page by page. `firstBroken` is the number of the first event whose hash or link does not fit, null when
   * all do; events that were removed from the end are not noticed, unless the head is known from elsewhere.
   */
  chain(run: string): Chain {
    let events = 0;
    let prev = '';
    let seq = 0;
    let firstBroken: number | null = null;
    for (;;) {
      const page = this.#db.all<EventRecord>(
        'SELECT * FROM event WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?',
        run,
        seq,
        pageOfChain,
      );
      for (const event of page) {
        const fits = event.prev_sha256 === prev && event.sha256 === eventHash(run, event, prev);
        if (!fits) firstBroken ??= event.seq;
        prev = event.sha256;
        seq = event.seq;
      }
      events += page.length;
      if (page.length < pageOfChain) return { events, head: events === 0 ? null : prev, firstBroken };
    }
  }

  /** Number of the event with this hash; null when there is none. */
  numberOf(run: string, sha256: string): number | null {
    return (
      this.#db.get<{ seq: number }>('SELECT seq FROM event WHERE run = ? AND sha256 = ?', run, sha256)?.seq ?? null
    );
  }
}

const pageOfChain = 1000;

function eventHash(run: string, event: NewEvent & { readonly seq: number; readonly at: string }, prev: string): string {
  const content = JSON.stringify([run, event.seq, event.at, event.severity, event.code, event.step, event.text, prev]);
  return createHash('sha256').update(content).digest('hex');
}
