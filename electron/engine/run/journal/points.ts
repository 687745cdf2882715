import type { ProtectedItem } from '../../../drivers/relational.ts';
import type { JournalDatabase } from './database.ts';
import type { PointRecord, RecentBundleRecord } from './rows.ts';

export type PointItem = {
  readonly connection: string;
  readonly seq: number;
  readonly item: ProtectedItem;
  readonly tookMs: number | null;
};

/** Rollback points and what each holds. */
export class PointStore {
  readonly #db: JournalDatabase;

  constructor(db: JournalDatabase) {
    this.#db = db;
  }

  begin(point: PointRecord): void {
    this.#db.write(
      'INSERT INTO point (id, run, location, state, verified_by, grade, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      point.id,
      point.run,
      point.location,
      point.state,
      point.verified_by,
      point.grade,
      point.at,
    );
  }

  addItem(point: string, item: PointItem): void {
    this.#db.write(
      'INSERT INTO point_item (point, seq, connection, body, took_ms) VALUES (?, ?, ?, ?, ?)',
      point,
      item.seq,
      item.connection,
      JSON.stringify(item.item),
      item.tookMs,
    );
  }

  change(
    id: string,
    change: {
      readonly state: PointRecord['state'];
      readonly verifiedBy?: PointRecord['verified_by'];
      readonly grade?: PointRecord['grade'];
    },
  ): void {
    this.#db.write(
      'UPDATE point SET state = ?, verified_by = coalesce(?, verified_by), grade = coalesce(?, grade) WHERE id = ?',
      change.state,
      change.verifiedBy ?? null,
      change.grade ?? null,
      id,
    );
  }

  /** Newest of the run that is not half-written. */
  usable(run: string): PointRecord | null {
    return this.#db.get<PointRecord>(
      "SELECT * FROM point WHERE run = ? AND state IN ('verified', 'used') ORDER BY at DESC, id DESC LIMIT 1",
      run,
    );
  }

  newest(run: string): PointRecord | null {
    return this.#db.get<PointRecord>('SELECT * FROM point WHERE run = ? ORDER BY at DESC, id DESC LIMIT 1', run);
  }

  ofRun(run: string): PointRecord[] {
    return this.#db.all<PointRecord>('SELECT * FROM point WHERE run = ? ORDER BY at DESC, id DESC', run);
  }

  all(): PointRecord[] {
    return this.#db.all<PointRecord>('SELECT * FROM point ORDER BY at DESC, id DESC');
  }

  items(point: string): PointItem[] {
    return this.#db
      .all<{ seq: number; connection: string; body: string; took_ms: number | null }>(
        'SELECT seq, connection, body, took_ms FROM point_item WHERE point = ? ORDER BY seq',
        point,
      )
      .map((row) => ({
        seq: row.seq,
        connection: row.connection,
        item: JSON.parse(row.body) as ProtectedItem,
        tookMs: row.took_ms,
      }));
  }

  remove(id: string): void {
    this.#db.write('DELETE FROM point WHERE id = ?', id);
  }
}

/** Bundles opened on this machine, with the fields that the operator overrode. */
export class BundleStore {
  readonly #db: JournalDatabase;

  constructor(db: JournalDatabase) {
    this.#db = db;
  }

  opened(path: string, name: string, version: string | null, at: string): void {
    this.#db.write(
      'INSERT INTO recent_bundle (path, name, version, opened_at) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name, version = excluded.version, opened_at = excluded.opened_at',
      path,
      name,
      version,
      at,
    );
  }

  list(): RecentBundleRecord[] {
    return this.#db.all<RecentBundleRecord>('SELECT * FROM recent_bundle ORDER BY opened_at DESC');
  }

  find(path: string): RecentBundleRecord | null {
    return this.#db.get<RecentBundleRecord>('SELECT * FROM recent_bundle WHERE path = ?', path);
  }

  setOverrides(path: string, overrides: string): void {
    this.#db.write('UPDATE recent_bundle SET overrides = ? WHERE path = ?', overrides, path);
  }

  /** Null forgets all. */
  forget(path: string | null): void {
    if (path === null) this.#db.write('DELETE FROM recent_bundle');
    else this.#db.write('DELETE FROM recent_bundle WHERE path = ?', path);
  }
}
