import type { Finding } from '#shared/model/finding.ts';
import type { QuarantineEntry } from '../../steps/step-kind.ts';
import type { JournalDatabase } from './database.ts';
import type { QuarantineRecordRow } from './rows.ts';

/** Reason of an entry of which only the target's count is left, since the run was adopted without its journal. */
export const lostWithJournal = 'lost_with_journal';

export type ReasonCount = {
  readonly step: string;
  readonly code: string;
  readonly rule: string | null;
  readonly message: string;
  readonly count: number;
  readonly open: number;
};

/** What was set aside, and what validation or a dry run found. Quarantine holds production data. */
export class FindingStore {
  readonly #db: JournalDatabase;

  constructor(db: JournalDatabase) {
    this.#db = db;
  }

  /** Replaces what the chunk set aside before: a chunk that is redone decides anew. Returns when it is on disk. */
  quarantine(
    run: string,
    step: string,
    unit: string,
    chunk: string,
    entries: readonly QuarantineEntry[],
    at: string,
  ): void {
    this.#db.transaction(() => {
      this.#db.run(
        "DELETE FROM quarantine WHERE run = ? AND step = ? AND unit = ? AND chunk = ? AND state = 'open'",
        run,
        step,
        unit,
        chunk,
      );
      for (const entry of entries) {
        this.#db.run(
          'INSERT INTO quarantine (run, step, unit, chunk, key, item, output, code, message, column_name, rule, record, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          run,
          step,
          unit,
          chunk,
          entry.key,
          entry.item,
          entry.output,
          entry.code,
          entry.message,
          entry.column,
          entry.rule,
          entry.record,
          at,
        );
      }
    });
  }

  dropQuarantine(run: string, step: string, unit: string, chunk: string): void {
    this.#db.write(
      'DELETE FROM quarantine WHERE run = ? AND step = ? AND unit = ? AND chunk = ?',
      run,
      step,
      unit,
      chunk,
    );
  }

  quarantineTotal(run: string, step?: string): { total: number; open: number } {
    const where = step === undefined ? 'run = ?' : 'run = ? AND step = ?';
    const params = step === undefined ? [run] : [run, step];
    return (
      this.#db.get<{ total: number; open: number }>(
        `SELECT count(*) AS total, coalesce(sum(state = 'open'), 0) AS open FROM quarantine WHERE ${where}`,
        ...params,
      ) ?? { total: 0, open: 0 }
    );
  }

  reasons(run: string): ReasonCount[] {
    return this.#db.all<ReasonCount>(
      "SELECT step, code, rule, min(message) AS message, count(*) AS count, sum(state = 'open') AS open FROM quarantine WHERE run = ? GROUP BY step, code, rule ORDER BY count DESC, step, code",
      run,
    );
  }

  /** What can be replayed: entries that a lost journal held are known by number only. */
  openOf(run: string, step: string, code: string | null): QuarantineRecordRow[] {
    return this.#db.all<QuarantineRecordRow>(
      "SELECT * FROM quarantine WHERE run = ? AND step = ? AND (? IS NULL OR code = ?) AND code <> ? AND state = 'open' ORDER BY id",
      run,
      step,
      code,
      code,
      lostWithJournal,
    );
  }

  decide(ids: readonly number[], state: 'replayed' | 'waived', by: string, childRun: string | null): number {
    return this.#db.transaction(() => {
      let changed = 0;
      for (const id of ids) {
        changed += this.#db.run(
          "UPDATE quarantine SET state = ?, decided_by = ?, child_run = ? WHERE id = ? AND state = 'open'",
          state,
          by,
          childRun,
          id,
        );
      }
      return changed;
    });
  }

  clearIssues(run: string, phase: string): void {
    this.#db.write('DELETE FROM issue WHERE run = ? AND phase = ?', run, phase);
  }

  addIssues(run: string, phase: string, findings: readonly Finding[]): void {
    this.#db.transaction(() => {
      const last = this.#db.get<{ n: number }>(
        'SELECT coalesce(max(seq), 0) AS n FROM issue WHERE run = ? AND phase = ?',
        run,
        phase,
      );
      let seq = last?.n ?? 0;
      for (const finding of findings) {
        seq += 1;
        this.#db.run(
          'INSERT INTO issue (run, phase, seq, severity, body) VALUES (?, ?, ?, ?, ?)',
          run,
          phase,
          seq,
          finding.severity,
          JSON.stringify(finding),
        );
      }
    });
  }

  issues(
    run: string,
    phase: string,
    filter: {
      readonly severity: string | null;
      readonly search: string;
      readonly offset: number;
      readonly limit: number;
    },
  ): { total: number; issues: (Finding & { seq: number })[] } {
    const where = `run = ? AND phase = ? AND (? IS NULL OR severity = ?) AND (? = '' OR instr(lower(body), lower(?)) > 0)`;
    const params = [run, phase, filter.severity, filter.severity, filter.search, filter.search];
    const total = this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM issue WHERE ${where}`, ...params)?.n ?? 0;
    const order = `CASE severity WHEN 'critical' THEN 0 WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, seq`;
    const rows = this.#db.all<{ seq: number; body: string }>(
      `SELECT seq, body FROM issue WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
      ...params,
      filter.limit,
      filter.offset,
    );
    return { total, issues: rows.map((row) => ({ ...(JSON.parse(row.body) as Finding), seq: row.seq })) };
  }

  issueCounts(run: string, phase: string): Record<string, number> {
    const rows = this.#db.all<{ severity: string; n: number }>(
      'SELECT severity, count(*) AS n FROM issue WHERE run = ? AND phase = ? GROUP BY severity',
      run,
      phase,
    );
    return Object.fromEntries(rows.map((row) => [row.severity, row.n]));
  }
}
