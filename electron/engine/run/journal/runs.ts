import type { Condition, Outcome, Phase } from '#shared/model/run.ts';
import type { JournalDatabase } from './database.ts';
import type { ConsentRecord, PhaseRecord, RunRecord } from './rows.ts';

export type NewRun = Pick<
  RunRecord,
  | 'id'
  | 'profile_id'
  | 'profile_version'
  | 'bundle_path'
  | 'bundle_hash'
  | 'overrides'
  | 'parent_run'
  | 'engine_version'
  | 'person'
  | 'machine'
  | 'started_at'
>;

const changeable = [
  'bundle_hash',
  'overrides',
  'plan_hash',
  'phase',
  'condition',
  'outcome',
  'auto_rollback',
  'accepted_at',
  'accepted_by',
  'ended_at',
  'failure',
  'cleaned_at',
] as const;
export type RunChange = { [K in (typeof changeable)[number]]?: RunRecord[K] };

/** Runs with their phases, documents and consents. */
export class RunStore {
  readonly #db: JournalDatabase;

  constructor(db: JournalDatabase) {
    this.#db = db;
  }

  create(run: NewRun): void {
    this.#db.write(
      `INSERT INTO run (id, profile_id, profile_version, bundle_path, bundle_hash, overrides, parent_run, engine_version, person, machine, started_at, phase, condition)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'plan', 'idle')`,
      run.id,
      run.profile_id,
      run.profile_version,
      run.bundle_path,
      run.bundle_hash,
      run.overrides,
      run.parent_run,
      run.engine_version,
      run.person,
      run.machine,
      run.started_at,
    );
  }

  find(id: string): RunRecord | null {
    return this.#db.get<RunRecord>('SELECT * FROM run WHERE id = ?', id);
  }

  /** Runs whose id starts with the text, newest first. */
  startingWith(text: string): RunRecord[] {
    return this.#db.all<RunRecord>(
      'SELECT * FROM run WHERE substr(id, 1, length(?)) = ? ORDER BY started_at DESC, id DESC LIMIT 10',
      text,
      text,
    );
  }

  newest(): RunRecord | null {
    return this.#db.get<RunRecord>(
      'SELECT * FROM run WHERE parent_run IS NULL ORDER BY started_at DESC, id DESC LIMIT 1',
    );
  }

  ofBundle(path: string): RunRecord[] {
    return this.#db.all<RunRecord>(
      'SELECT * FROM run WHERE bundle_path = ? AND parent_run IS NULL ORDER BY started_at DESC, id DESC',
      path,
    );
  }

  children(id: string): RunRecord[] {
    return this.#db.all<RunRecord>('SELECT * FROM run WHERE parent_run = ? ORDER BY started_at, id', id);
  }

  all(): RunRecord[] {
    return this.#db.all<RunRecord>('SELECT * FROM run ORDER BY started_at DESC, id DESC');
  }

  change(id: string, change: RunChange): void {
    const names = changeable.filter((name) => change[name] !== undefined);
    if (names.length === 0) return;
    const sets = names.map((name) => `${name} = ?`).join(', ');
    this.#db.write(`UPDATE run SET ${sets} WHERE id = ?`, ...names.map((name) => change[name] ?? null), id);
  }

  /** The run's process lock: true when `holder` (JSON of Identity) now holds it. `dead` is a holder known to be gone. */
  hold(id: string, holder: string, dead: string | null, at: string): boolean {
    const changed = this.#db.write(
      'UPDATE run SET holder = ?, heartbeat_at = ?, epoch = epoch + 1 WHERE id = ? AND (holder IS NULL OR holder = ? OR holder = ?)',
      holder,
      at,
      id,
      holder,
      dead,
    );
    return changed === 1;
  }

  beat(id: string, holder: string, at: string): boolean {
    return this.#db.write('UPDATE run SET heartbeat_at = ? WHERE id = ? AND holder = ?', at, id, holder) === 1;
  }

  letGo(id: string, holder: string): void {
    this.#db.write('UPDATE run SET holder = NULL WHERE id = ? AND holder = ?', id, holder);
  }

  remove(id: string): void {
    this.#db.transaction(() => {
      this.#db.run('DELETE FROM run WHERE parent_run = ?', id);
      this.#db.run('DELETE FROM run WHERE id = ?', id);
    });
  }

  beginPhase(run: string, phase: Phase, at: string): number {
    return this.#db.transaction(() => {
      const last = this.#db.get<{ n: number }>(
        'SELECT coalesce(max(attempt), 0) AS n FROM phase WHERE run = ? AND phase = ?',
        run,
        phase,
      );
      const attempt = (last?.n ?? 0) + 1;
      this.#db.run('INSERT INTO phase (run, phase, attempt, started_at) VALUES (?, ?, ?, ?)', run, phase, attempt, at);
      this.#db.run("UPDATE run SET phase = ?, condition = 'running', failure = NULL WHERE id = ?", phase, run);
      return attempt;
    });
  }

  endPhase(
    run: string,
    phase: Phase,
    attempt: number,
    end: {
      readonly at: string;
      readonly result: string;
      readonly condition: Condition;
      readonly outcome?: Outcome | null;
    },
  ): void {
    this.#db.transaction(() => {
      this.#db.run(
        'UPDATE phase SET ended_at = ?, result = ? WHERE run = ? AND phase = ? AND attempt = ?',
        end.at,
        end.result,
        run,
        phase,
        attempt,
      );
      this.#db.run('UPDATE run SET condition = ? WHERE id = ?', end.condition, run);
      if (end.outcome !== undefined)
        this.#db.run(
          'UPDATE run SET outcome = ?, ended_at = ? WHERE id = ?',
          end.outcome,
          end.outcome === null ? null : end.at,
          run,
        );
    });
  }

  phases(run: string): PhaseRecord[] {
    return this.#db.all<PhaseRecord>('SELECT * FROM phase WHERE run = ? ORDER BY started_at, attempt', run);
  }

  /** Stores a document of the run as JSON; one per kind. */
  putDocument(run: string, kind: string, body: unknown, at: string): void {
    this.#db.write(
      'INSERT INTO document (run, kind, at, body) VALUES (?, ?, ?, ?) ON CONFLICT (run, kind) DO UPDATE SET at = excluded.at, body = excluded.body',
      run,
      kind,
      at,
      JSON.stringify(body),
    );
  }

  document<T>(run: string, kind: string): T | null {
    const row = this.#db.get<{ body: string }>('SELECT body FROM document WHERE run = ? AND kind = ?', run, kind);
    return row ? (JSON.parse(row.body) as T) : null;
  }

  removeDocument(run: string, kind: string): void {
    this.#db.write('DELETE FROM document WHERE run = ? AND kind = ?', run, kind);
  }

  consent(given: ConsentRecord): void {
    this.#db.write(
      'INSERT INTO consent (run, subject, text, text_sha256, who, via, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, subject) DO UPDATE SET text = excluded.text, text_sha256 = excluded.text_sha256, who = excluded.who, via = excluded.via, at = excluded.at',
      given.run,
      given.subject,
      given.text,
      given.text_sha256,
      given.who,
      given.via,
      given.at,
    );
  }

  /** Before a plan is accepted anew: what was consented to for an earlier one holds no longer. */
  clearConsents(run: string): void {
    this.#db.write('DELETE FROM consent WHERE run = ?', run);
  }

  consents(run: string): ConsentRecord[] {
    return this.#db.all<ConsentRecord>('SELECT * FROM consent WHERE run = ? ORDER BY at, subject', run);
  }
}
