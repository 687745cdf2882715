import type { LeftInTarget } from '../relational.ts';
import { type ControlHost, controlSchema, hasTable } from './control.ts';
import { quote } from './names.ts';

/** What runs left here, read without their journal. */
export function leftInTarget(host: ControlHost): LeftInTarget {
  const schema = controlSchema(host.endpoint);
  const own = quote(schema);
  return {
    runs: () =>
      host.live(async (link) => {
        if (!(await hasTable(link, schema, 'run'))) return [];
        const rows = await link.rows(
          `SELECT run_id, plan_hash, epoch::text, to_char(heartbeat_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
             FROM ${own}.run ORDER BY run_id`,
        );
        return rows.map(([runId, planHash, epoch, heartbeatAt]) => ({
          runId: runId as string,
          planHash: planHash as string,
          epoch: BigInt(epoch as string),
          heartbeatAt: heartbeatAt as string,
        }));
      }),
    units: (runId) =>
      host.live(async (link) => {
        if (!(await hasTable(link, schema, 'chunk'))) return [];
        const sql = `SELECT DISTINCT unit FROM ${own}.chunk WHERE run_id = $1 ORDER BY unit`;
        return (await link.rows(sql, [runId])).map(([unit]) => unit as string);
      }),
    endLease: (name, { runId, machine, pid }) =>
      host.commit('lease.commit.before', 'lease.commit.after', async (link) => {
        if (!(await hasTable(link, schema, 'lease'))) return;
        await link.query(
          `UPDATE ${own}.lease SET holder = NULL WHERE name = $1 AND run_id = $2 AND machine = $3 AND pid = $4::bigint`,
          [name, runId, machine, String(pid)],
        );
      }),
  };
}
