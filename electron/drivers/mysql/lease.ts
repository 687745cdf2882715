import { createHash } from 'node:crypto';
import { type Holder, OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import { isAlive } from '../../platform/identity.ts';
import type { Lease } from '../relational.ts';
import { holderText } from '../shared/control-text.ts';
import type { MysqlConnection } from './connection.ts';
import { type ControlHost, hasTable } from './control.ts';
import { ownFailure } from './errors.ts';

const createTable = `
  CREATE TABLE IF NOT EXISTS overland_lease (
    name VARCHAR(190) NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, run_id VARCHAR(64) NOT NULL, holder MEDIUMTEXT,
    machine VARCHAR(255) NOT NULL, pid BIGINT NOT NULL, process_started VARCHAR(190) NOT NULL, beat_at DATETIME(6) NOT NULL
  ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;

export type LeaseHost = ControlHost & {
  /** A connection of the lease's own: the server's lock lasts as long as it. */
  readonly open: () => Promise<MysqlConnection>;
};

/**
 * Takes the lease, or says who holds it. The epoch is raised each time it is taken. A holder that is dead for certain (same
 * machine, its process is gone) is replaced; any other one stays. The row decides; the server's lock beside it shows a
 * holder on another machine to be alive.
 */
export async function takeLease(
  host: LeaseHost,
  name: string,
  holder: Holder,
): Promise<{ readonly held: Lease } | { readonly heldBy: Holder }> {
  const { env } = host;
  await (await host.side()).run(createTable);
  const lock = await lockName(await host.side(), name);
  const taken = await host.commit('lease.commit.before', 'lease.commit.after', async (connection) => {
    // The row is there before it is locked, so that two who come at once wait for each other instead of colliding.
    await connection.run(`INSERT IGNORE INTO overland_lease VALUES (?, 0, '', NULL, '', 0, '', UTC_TIMESTAMP(6))`, [
      name,
    ]);
    const current = await currentHolder(connection, name, env, lock, true);
    if (current.holder && current.holder.alive !== 'no') return { heldBy: current.holder };
    const epoch = current.epoch + 1n;
    await connection.run(
      `UPDATE overland_lease SET epoch = ?, run_id = ?, holder = ?, machine = ?, pid = ?, process_started = ?,
         beat_at = UTC_TIMESTAMP(6) WHERE name = ?`,
      [
        epoch,
        holder.runId,
        holderText(holder),
        env.identity.machine,
        BigInt(env.identity.pid),
        env.identity.startedAt,
        name,
      ],
    );
    return { epoch };
  });
  if ('heldBy' in taken) return { heldBy: taken.heldBy as Holder };
  const own = await host.open();
  await own.run('DO GET_LOCK(?, 0)', [lock]);
  return { held: heldLease(host, own, name, lock, taken.epoch as bigint, holder) };
}

function heldLease(
  host: LeaseHost,
  first: MysqlConnection,
  name: string,
  lock: string,
  epoch: bigint,
  holder: Holder,
): Lease {
  let own = first;
  const connection = async (): Promise<MysqlConnection> => {
    if (!own.lost) return own;
    own = await host.open();
    await own.run('DO GET_LOCK(?, 0)', [lock]);
    return own;
  };
  return {
    epoch,
    async beat(phase) {
      const link = await connection();
      const at = host.env.clock.now().toISOString();
      const affected = (await hasTable(link, 'overland_lease'))
        ? (
            await link.run(
              `UPDATE overland_lease SET holder = ?, beat_at = UTC_TIMESTAMP(6)
               WHERE name = ? AND epoch = ? AND holder IS NOT NULL`,
              [holderText({ ...holder, phase, lastSign: at }), name, epoch],
            )
          ).affected
        : 0;
      if (affected === 1) return;
      const by = await leaseHolder(link, name, host.env);
      if (!by) throw ownFailure('FENCED', 'permanent', `The lease '${name}' on the target was given up.`);
      throw new OverlandError('LOCKED', `Another run took the target over: ${by.person} on ${by.machine}.`, {
        holder: by,
      });
    },
    async release() {
      try {
        await host.commit('lease.commit.before', 'lease.commit.after', async (transaction) => {
          if (!(await hasTable(transaction, 'overland_lease'))) return;
          await transaction.run('UPDATE overland_lease SET holder = NULL WHERE name = ? AND epoch = ?', [name, epoch]);
        });
      } finally {
        await own.close();
      }
    },
  };
}

/** As `currentHolder`, where there may be no lease at all. */
export async function leaseHolder(connection: MysqlConnection, name: string, env: Environment): Promise<Holder | null> {
  if (!(await hasTable(connection, 'overland_lease'))) return null;
  return (await currentHolder(connection, name, env, await lockName(connection, name), false)).holder;
}

async function currentHolder(
  connection: MysqlConnection,
  name: string,
  env: Environment,
  lock: string,
  forUpdate: boolean,
): Promise<{ readonly epoch: bigint; readonly holder: Holder | null }> {
  const [found] = await connection.rows(
    `SELECT epoch, holder, machine, pid, process_started, beat_at FROM overland_lease WHERE name = ?${forUpdate ? ' FOR UPDATE' : ''}`,
    [name],
  );
  if (!found) return { epoch: 0n, holder: null };
  const [epoch, text, machine, pid, startedAt, beatAt] = found as [
    bigint,
    string | null,
    string,
    bigint,
    string,
    string,
  ];
  if (text === null) return { epoch, holder: null };
  const here = isAlive({ machine, pid: Number(pid), startedAt }, env.identity);
  const alive = here === 'unknown' && (await connection.cell('SELECT IS_USED_LOCK(?)', [lock])) !== null ? 'yes' : here;
  const lastSign = `${beatAt.replace(' ', 'T')}Z`;
  return { epoch, holder: { ...(JSON.parse(text) as Holder), machine, pid: Number(pid), lastSign, alive } };
}

/** Locks are the server's, not the database's, and their names are short. */
async function lockName(connection: MysqlConnection, name: string): Promise<string> {
  const database = String(await connection.cell('SELECT DATABASE()'));
  return `overland:${createHash('sha256').update(`${database}\0${name}`).digest('hex').slice(0, 40)}`;
}
