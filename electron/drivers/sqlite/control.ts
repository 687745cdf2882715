import type { Environment } from '../../platform/environment.ts';
import type { FailpointName } from '../../platform/failpoints.ts';
import type { Bounds, Fence, TargetControl } from '../relational.ts';
import { fencedWords, holderText, ledgerChunks } from '../shared/control-text.ts';
import { controlTables, perRunTables } from '../shared/ours.ts';
import { type Connection, cell, rowsOf } from './database.ts';
import { ownFailure } from './errors.ts';
import { leftInTarget } from './left.ts';

/** Our tables in a target; docs/formats.md. */
const createTables = `
  CREATE TABLE IF NOT EXISTS overland_run (
    run_id TEXT PRIMARY KEY, plan_hash TEXT NOT NULL, epoch INTEGER NOT NULL, holder TEXT NOT NULL, heartbeat_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS overland_chunk (
    run_id TEXT NOT NULL, unit TEXT NOT NULL, path TEXT NOT NULL, bounds TEXT NOT NULL, state TEXT NOT NULL,
    epoch INTEGER NOT NULL, counts TEXT, digest TEXT, PRIMARY KEY (run_id, unit, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS overland_written (
    run_id TEXT NOT NULL, unit TEXT NOT NULL, path TEXT NOT NULL, output TEXT NOT NULL, key TEXT NOT NULL,
    row_digest TEXT NOT NULL, PRIMARY KEY (run_id, unit, path, output, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS overland_preimage (
    run_id TEXT NOT NULL, unit TEXT NOT NULL, path TEXT NOT NULL, output TEXT NOT NULL, key TEXT NOT NULL,
    row TEXT, row_digest TEXT NOT NULL, PRIMARY KEY (run_id, unit, path, output, key)
  ) STRICT, WITHOUT ROWID;`;

/** What the control needs of its session. */
export type ControlHost = {
  readonly env: Environment;
  readonly reading: () => Promise<Connection>;
  /** Runs one statement at once, inside the open transaction if there is one. */
  readonly direct: <T>(act: (db: Connection) => T) => Promise<T>;
  /** Runs `act` in one transaction of its own, between these failpoints. */
  readonly commit: <T>(before: FailpointName, after: FailpointName, act: (db: Connection) => T) => Promise<T>;
};

export function createControl(host: ControlHost): TargetControl {
  const now = (): string => host.env.clock.now().toISOString();

  return {
    ...leftInTarget(host),
    enter: (fence, planHash, holder) =>
      host.commit('control.commit.before', 'control.commit.after', (db) => {
        db.exec(createTables);
        const known = cell(db, 'SELECT epoch FROM overland_run WHERE run_id = ?', [fence.runId]);
        if (typeof known === 'bigint' && known > fence.epoch) throw fenced(fence, known);
        db.prepare(
          `INSERT INTO overland_run (run_id, plan_hash, epoch, holder, heartbeat_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (run_id) DO UPDATE SET plan_hash = excluded.plan_hash, epoch = excluded.epoch,
             holder = excluded.holder, heartbeat_at = excluded.heartbeat_at`,
        ).run(fence.runId, planHash, fence.epoch, holderText(holder), now());
      }),
    async chunks(runId, unit) {
      const db = await host.reading();
      if (!hasTable(db, 'overland_chunk')) return [];
      const sql = 'SELECT path, bounds, state, counts, digest FROM overland_chunk WHERE run_id = ? AND unit = ?';
      return ledgerChunks(unit, rowsOf(db, sql, [runId, unit]));
    },
    addChunks: (fence, unit, chunks) =>
      host.commit('chunk.plan.commit.before', 'chunk.plan.commit.after', (db) => {
        checkEpoch(db, fence);
        insertChunks(db, fence, unit, chunks);
      }),
    splitChunk: (fence, unit, path, halves) =>
      host.commit('chunk.split.commit.before', 'chunk.split.commit.after', (db) => {
        checkEpoch(db, fence);
        const parent = db
          .prepare(
            `UPDATE overland_chunk SET state = 'split', epoch = ? WHERE run_id = ? AND unit = ? AND path = ?
               AND state IN ('pending', 'undone', 'split')`,
          )
          .run(fence.epoch, fence.runId, unit, path);
        if (parent.changes !== 1) {
          throw ownFailure('NO_CHUNK', 'permanent', `Chunk ${path} of ${unit} is not open, so it cannot be split.`);
        }
        insertChunks(db, fence, unit, halves);
      }),
    async present(runId) {
      const db = await host.reading();
      return perRunTables.some(
        (table) =>
          hasTable(db, table) && cell(db, `SELECT 1 FROM ${table} WHERE run_id = ? LIMIT 1`, [runId]) !== undefined,
      );
    },
    leave: (runId) =>
      host.commit('control.commit.before', 'control.commit.after', (db) => {
        for (const table of perRunTables)
          if (hasTable(db, table)) db.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(runId);
        if (hasTable(db, 'overland_run') && cell(db, 'SELECT 1 FROM overland_run LIMIT 1') !== undefined) return;
        const heldByOthers =
          hasTable(db, 'overland_lease') &&
          cell(db, 'SELECT 1 FROM overland_lease WHERE holder IS NOT NULL AND run_id <> ? LIMIT 1', [runId]) !==
            undefined;
        for (const table of controlTables) {
          if (table !== 'overland_lease' || !heldByOthers) db.exec(`DROP TABLE IF EXISTS ${table}`);
        }
      }),
  };
}

export function hasTable(db: Connection, name: string): boolean {
  return cell(db, `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`, [name]) !== undefined;
}

function insertChunks(
  db: Connection,
  fence: Fence,
  unit: string,
  chunks: readonly { readonly path: string; readonly bounds: Bounds }[],
): void {
  const insert = db.prepare(
    `INSERT INTO overland_chunk (run_id, unit, path, bounds, state, epoch) VALUES (?, ?, ?, ?, 'pending', ?)
     ON CONFLICT (run_id, unit, path) DO NOTHING`,
  );
  for (const { path, bounds } of chunks) insert.run(fence.runId, unit, path, JSON.stringify(bounds), fence.epoch);
}

function checkEpoch(db: Connection, fence: Fence): void {
  const known = cell(db, 'SELECT epoch FROM overland_run WHERE run_id = ?', [fence.runId]);
  if (known !== fence.epoch) throw fenced(fence, known);
}

function fenced(fence: Fence, known: unknown): Error {
  return ownFailure('FENCED', 'permanent', fencedWords(fence, known));
}
