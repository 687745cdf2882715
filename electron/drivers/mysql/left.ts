import type { LeftInTarget } from '../relational.ts';
import { type ControlHost, hasTable } from './control.ts';

/** What runs left here, read without their journal. */
export function leftInTarget(host: ControlHost): LeftInTarget {
  return {
    async runs() {
      const side = await host.side();
      if (!(await hasTable(side, 'overland_run'))) return [];
      const rows = await side.rows('SELECT run_id, plan_hash, epoch, heartbeat_at FROM overland_run ORDER BY run_id');
      return rows.map(([runId, planHash, epoch, heartbeatAt]) => ({
        runId: runId as string,
        planHash: planHash as string,
        epoch: epoch as bigint,
        heartbeatAt: `${(heartbeatAt as string).replace(' ', 'T')}Z`,
      }));
    },
    async units(runId) {
      const side = await host.side();
      if (!(await hasTable(side, 'overland_chunk'))) return [];
      const sql = 'SELECT DISTINCT unit FROM overland_chunk WHERE run_id = ? ORDER BY unit';
      return (await side.rows(sql, [runId])).map(([unit]) => unit as string);
    },
    endLease: (name, { runId, machine, pid }) =>
      host.commit('lease.commit.before', 'lease.commit.after', async (connection) => {
        if (!(await hasTable(connection, 'overland_lease'))) return;
        await connection.run(
          'UPDATE overland_lease SET holder = NULL WHERE name = ? AND run_id = ? AND machine = ? AND pid = ?',
          [name, runId, machine, BigInt(pid)],
        );
      }),
  };
}
