import type { Holder } from '#shared/model/error.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import { isAlive } from '../../platform/identity.ts';
import type { Lease } from '../relational.ts';
import { holderText } from '../shared/control-text.ts';
import { type ControlHost, hasTable } from './control.ts';
import { type Connection, rowsOf } from './database.ts';
import { ownFailure } from './errors.ts';

const createTable = `
  CREATE TABLE IF NOT EXISTS overland_lease (
    name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, run_id TEXT NOT NULL, holder TEXT, machine TEXT NOT NULL,
    pid INTEGER NOT NULL, process_started TEXT NOT NULL, beat_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`;

/**
 * Takes the lease, or says who holds it. The epoch is raised each time it is taken. A holder that is dead for certain
 * (same machine, its process is gone) is replaced; any other one stays.
 */
export async function takeLease(
  host: ControlHost,
  name: string,
  holder: Holder,
): Promise<{ readonly held: Lease } | { readonly heldBy: Holder }> {
  const { env } = host;
  const taken = await host.commit('lease.commit.before', 'lease.commit.after', (db) => {
    db.exec(createTable);
    const current = currentHolder(db, name, env);
    if (current.holder && current.holder.alive !== 'no') return { heldBy: current.holder };
    const epoch = current.epoch + 1n;
    db.prepare(
      `INSERT INTO overland_lease (name, epoch, run_id, holder, machine, pid, process_started, beat_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, run_id = excluded.run_id, holder = excluded.holder,
         machine = excluded.machine, pid = excluded.pid, process_started = excluded.process_started, beat_at = excluded.beat_at`,
    ).run(
      name,
      epoch,
      holder.runId,
      holderText(holder),
      env.identity.machine,
      BigInt(env.identity.pid),
      env.identity.startedAt,
      env.clock.now().toISOString(),
    );
    return { epoch };
  });
  if ('heldBy' in taken) return { heldBy: taken.heldBy as Holder };
  return { held: heldLease(host, name, taken.epoch as bigint, holder) };
}

function heldLease(host: ControlHost, name: string, epoch: bigint, holder: Holder): Lease {
  return {
    epoch,
    async beat(phase) {
      const at = host.env.clock.now().toISOString();
      const taken = await host.direct((db) => {
        if (!hasTable(db, 'overland_lease')) return { by: null };
        const text = holderText({ ...holder, phase, lastSign: at });
        const { changes } = db
          .prepare(
            'UPDATE overland_lease SET holder = ?, beat_at = ? WHERE name = ? AND epoch = ? AND holder IS NOT NULL',
          )
          .run(text, at, name, epoch);
        return changes === 1 ? null : { by: currentHolder(db, name, host.env).holder };
      });
      if (!taken) return;
      if (!taken.by) throw ownFailure('FENCED', 'permanent', `The lease '${name}' on the target was given up.`);
      const by = `${taken.by.person} on ${taken.by.machine}`;
      throw new OverlandError('LOCKED', `Another run took the target over: ${by}.`, { holder: taken.by });
    },
    release: () =>
      host.commit('lease.commit.before', 'lease.commit.after', (db) => {
        if (!hasTable(db, 'overland_lease')) return;
        db.prepare('UPDATE overland_lease SET holder = NULL WHERE name = ? AND epoch = ?').run(name, epoch);
      }),
  };
}

/** As `currentHolder`, where there may be no lease at all. */
export function leaseHolder(db: Connection, name: string, env: Environment): Holder | null {
  return hasTable(db, 'overland_lease') ? currentHolder(db, name, env).holder : null;
}

/** Who holds the lease now; `alive` found out here, where it can be. */
export function currentHolder(
  db: Connection,
  name: string,
  env: Environment,
): { readonly epoch: bigint; readonly holder: Holder | null } {
  const found = rowsOf(
    db,
    'SELECT epoch, holder, machine, pid, process_started, beat_at FROM overland_lease WHERE name = ?',
    [name],
  )[0];
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
  const alive = isAlive({ machine, pid: Number(pid), startedAt }, env.identity);
  return { epoch, holder: { ...(JSON.parse(text) as Holder), machine, pid: Number(pid), lastSign: beatAt, alive } };
}
