import type { Counts, UnitState } from '#shared/model/run.ts';
import type { Bounds } from '../../../drivers/relational.ts';
import type { JournalDatabase } from './database.ts';
import type { ChunkRecord, StepRecord, UndoRecord } from './rows.ts';

/** Steps, units and chunks: for SQL targets a cache of what the target proves, for others the truth; and the undo list. */
export class WorkStore {
  readonly #db: JournalDatabase;

  constructor(db: JournalDatabase) {
    this.#db = db;
  }

  /** Replaces the steps of a run: a new plan starts from nothing. */
  putSteps(run: string, steps: readonly Pick<StepRecord, 'id' | 'kind' | 'ord' | 'undo'>[]): void {
    this.#db.transaction(() => {
      for (const table of ['step', 'unit', 'chunk', 'undo']) this.#db.run(`DELETE FROM ${table} WHERE run = ?`, run);
      for (const step of steps) {
        this.#db.run(
          "INSERT INTO step (run, id, kind, ord, state, undo) VALUES (?, ?, ?, ?, 'pending', ?)",
          run,
          step.id,
          step.kind,
          step.ord,
          step.undo,
        );
      }
    });
  }

  steps(run: string): StepRecord[] {
    return this.#db.all<StepRecord>('SELECT * FROM step WHERE run = ? ORDER BY ord', run);
  }

  setStep(
    run: string,
    id: string,
    change: {
      readonly state: UnitState;
      readonly counts?: Counts;
      readonly error?: string | null;
      readonly startedAt?: string;
      readonly endedAt?: string | null;
    },
  ): void {
    this.#db.write(
      `UPDATE step SET state = ?, counts = coalesce(?, counts), error = ?, started_at = coalesce(?, started_at), ended_at = ? WHERE run = ? AND id = ?`,
      change.state,
      change.counts ? JSON.stringify(change.counts) : null,
      change.error ?? null,
      change.startedAt ?? null,
      change.endedAt ?? null,
      run,
      id,
    );
  }

  setUnit(run: string, step: string, id: string, state: UnitState, total: number | null): void {
    this.#db.write(
      'INSERT INTO unit (run, step, id, state, total) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, step, id) DO UPDATE SET state = excluded.state, total = coalesce(excluded.total, unit.total)',
      run,
      step,
      id,
      state,
      total,
    );
  }

  units(run: string, step: string): { id: string; state: UnitState; total: number | null }[] {
    return this.#db.all('SELECT id, state, total FROM unit WHERE run = ? AND step = ? ORDER BY id', run, step);
  }

  addChunks(
    run: string,
    step: string,
    unit: string,
    chunks: readonly { readonly path: string; readonly bounds: Bounds }[],
  ): void {
    this.#db.transaction(() => {
      for (const chunk of chunks) {
        this.#db.run(
          "INSERT INTO chunk (run, step, unit, path, bounds, state) VALUES (?, ?, ?, ?, ?, 'pending') ON CONFLICT DO NOTHING",
          run,
          step,
          unit,
          chunk.path,
          JSON.stringify(chunk.bounds),
        );
      }
    });
  }

  setChunk(
    run: string,
    step: string,
    unit: string,
    path: string,
    change: {
      readonly state: ChunkRecord['state'];
      readonly counts?: Counts | null;
      readonly digest?: string | null;
      readonly tookMs?: number;
    },
  ): void {
    this.#db.write(
      'UPDATE chunk SET state = ?, counts = coalesce(?, counts), digest = coalesce(?, digest), took_ms = coalesce(?, took_ms), attempt = attempt + 1 WHERE run = ? AND step = ? AND unit = ? AND path = ?',
      change.state,
      change.counts ? JSON.stringify(change.counts) : null,
      change.digest ?? null,
      change.tookMs ?? null,
      run,
      step,
      unit,
      path,
    );
  }

  chunks(run: string, step: string, unit?: string): ChunkRecord[] {
    return unit === undefined
      ? this.#db.all<ChunkRecord>('SELECT * FROM chunk WHERE run = ? AND step = ?', run, step)
      : this.#db.all<ChunkRecord>('SELECT * FROM chunk WHERE run = ? AND step = ? AND unit = ?', run, step, unit);
  }

  putUndo(entry: UndoRecord): void {
    this.#db.write(
      `INSERT INTO undo (run, step, unit, path, action, state, expected, found, rows, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run, step, unit, path) DO UPDATE SET action = excluded.action, state = excluded.state, expected = coalesce(excluded.expected, undo.expected), found = excluded.found, rows = excluded.rows, at = excluded.at`,
      entry.run,
      entry.step,
      entry.unit,
      entry.path,
      entry.action,
      entry.state,
      entry.expected,
      entry.found,
      entry.rows,
      entry.at,
    );
  }

  undos(run: string): UndoRecord[] {
    return this.#db.all<UndoRecord>('SELECT * FROM undo WHERE run = ? ORDER BY at, step, unit, path', run);
  }
}
