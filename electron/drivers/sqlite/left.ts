import type { LeftInTarget } from '../relational.ts';
import { type ControlHost, hasTable } from './control.ts';
import { rowsOf } from './database.ts';

/** What runs left here, read without their journal. */
export function leftInTarget(host: ControlHost): LeftInTarget {
  return {
    async runs() {
      const db = await host.reading();
      if (!hasTable(db, 'overland_run')) return [];
      return rowsOf(db, 'SELECT run_id, plan_hash, epoch, heartbeat_at FROM overland_run ORDER BY run_id', []).map(
        ([runId, planHash, epoch, heartbeatAt]) => ({
          runId: runId as string,
          planHash: planHash as string,
          epoch: epoch as bigint,
          heartbeatAt: heartbeatAt as string,
        }),
      );
    },
    async units(runId) {
      const db = await host.reading();
      if (!hasTable(db, 'overland_chunk')) return [];
      const sql = 'SELECT DISTINCT unit FROM overland_chunk WHERE run_id = ? ORDER BY unit';
      return rowsOf(db, sql, [runId]).map(([unit]) => unit as string);
    },
    endLease: (name, { runId, machine, pid }) =>
      host.commit('lease.commit.before', 'lease.commit.after', (db) => {
        if (!hasTable(db, 'overland_lease')) return;
        db.prepare(
          'UPDATE overland_lease SET holder = NULL WHERE name = ? AND run_id = ? AND machine = ? AND pid = ?',
        ).run(name, runId, machine, BigInt(pid));
      }),
  };
}
