import type { Holder } from '#shared/model/error.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import { isAlive } from '../../platform/identity.ts';
import type { Lease } from '../relational.ts';
import { holderText } from '../shared/control-text.ts';
import { type ControlHost, controlSchema, ensureControl, hasTable, holderOf } from './control.ts';
import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import { quote } from './names.ts';

/** How long a lock of a session that has just died is waited for; the server notices within moments. */
const lockWaitMs = 5000;

/** What the lease needs beside: a connection of its own, which holds the session's lock as long as it lives. */
export type LeaseHost = ControlHost & { readonly dedicated: () => Promise<Link> };

/**
 * Takes the lease, or says who holds it. A row with an epoch, times by the server's clock, and beside it a session lock that
 * ends with the connection. A holder that is dead for certain (same machine, its process is gone) is replaced; any other stays.
 */
export async function takeLease(
  host: LeaseHost,
  name: string,
  holder: Holder,
): Promise<{ readonly held: Lease } | { readonly heldBy: Holder }> {
  const { env } = host;
  const own = quote(controlSchema(host.endpoint));
  const taken = await host.commit('lease.commit.before', 'lease.commit.after', async (link) => {
    await ensureControl(link, host.endpoint);
    const current = await currentHolder(link, own, name, env, 'FOR UPDATE');
    if (current.holder && current.holder.alive !== 'no') return { heldBy: current.holder };
    const epoch = current.epoch + 1n;
    await link.query(
      `INSERT INTO ${own}.lease (name, epoch, run_id, holder, machine, pid, process_started, beat_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
       ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, run_id = excluded.run_id, holder = excluded.holder,
         machine = excluded.machine, pid = excluded.pid, process_started = excluded.process_started, beat_at = excluded.beat_at`,
      [
        name,
        String(epoch),
        holder.runId,
        holderText(holder),
        env.identity.machine,
        String(env.identity.pid),
        env.identity.startedAt,
      ],
    );
    return { epoch, before: current.holder };
  });
  if ('heldBy' in taken) return { heldBy: taken.heldBy as Holder };
  const lease = new HeldLease(host, name, taken.epoch as bigint, holder);
  if (await lease.lock(lockWaitMs)) return { held: lease };
  await lease.release();
  // Row free, lock taken: the session of the one before still lives somewhere.
  return { heldBy: { ...(taken.before ?? holder), alive: 'unknown' } };
}

class HeldLease implements Lease {
  readonly epoch: bigint;
  readonly #host: LeaseHost;
  readonly #name: string;
  readonly #holder: Holder;
  #link: Link | null = null;
  #beating: Promise<void> = Promise.resolve();

  constructor(host: LeaseHost, name: string, epoch: bigint, holder: Holder) {
    this.#host = host;
    this.#name = name;
    this.epoch = epoch;
    this.#holder = holder;
  }

  /** Takes the session lock on a connection of its own. */
  async lock(forMs: number): Promise<boolean> {
    const { clock } = this.#host.env;
    const until = clock.monotonic() + forMs;
    this.#link ??= await this.#host.dedicated();
    while ((await this.#link.cell(`SELECT ${lockSql('try_')}`, [this.#lockName])) !== 't') {
      if (clock.monotonic() > until) return false;
      await clock.sleep(100);
    }
    return true;
  }

  beat(phase: string): Promise<void> {
    const next = this.#beating.then(() => this.#beat(phase));
    this.#beating = next.catch(() => undefined);
    return next;
  }

  async #beat(phase: string): Promise<void> {
    const own = quote(controlSchema(this.#host.endpoint));
    const text = holderText({ ...this.#holder, phase, lastSign: this.#host.env.clock.now().toISOString() });
    // A connection that broke took the lock with it.
    if (this.#link?.lost) {
      this.#link = null;
      await this.lock(0);
    }
    const link = this.#link as Link;
    const sql = `UPDATE ${own}.lease SET holder = $1, beat_at = clock_timestamp() WHERE name = $2 AND epoch = $3 AND holder IS NOT NULL`;
    const there = await hasTable(link, controlSchema(this.#host.endpoint), 'lease');
    if (there && (await link.query(sql, [text, this.#name, String(this.epoch)])).count === 1) return;
    const by = there ? (await currentHolder(link, own, this.#name, this.#host.env)).holder : null;
    if (!by) throw ownFailure('FENCED', 'permanent', `The lease '${this.#name}' on the target was given up.`);
    throw new OverlandError('LOCKED', `Another run took the target over: ${by.person} on ${by.machine}.`, {
      holder: by,
    });
  }

  async release(): Promise<void> {
    await this.#beating;
    const schema = controlSchema(this.#host.endpoint);
    try {
      await this.#host.commit('lease.commit.before', 'lease.commit.after', async (link) => {
        if (!(await hasTable(link, schema, 'lease'))) return;
        const sql = `UPDATE ${quote(schema)}.lease SET holder = NULL WHERE name = $1 AND epoch = $2`;
        await link.query(sql, [this.#name, String(this.epoch)]);
      });
    } finally {
      await this.#link?.end();
      this.#link = null;
    }
  }

  get #lockName(): string {
    return `${controlSchema(this.#host.endpoint)} ${this.#name}`;
  }
}

function lockSql(how: 'try_' | ''): string {
  return `pg_${how}advisory_lock(hashtextextended($1, 0))`;
}

/** As `currentHolder`, where there may be no lease at all. */
export async function leaseHolder(link: Link, host: ControlHost, name: string): Promise<Holder | null> {
  const schema = controlSchema(host.endpoint);
  if (!(await hasTable(link, schema, 'lease'))) return null;
  return (await currentHolder(link, quote(schema), name, host.env)).holder;
}

/** Who holds the lease now; `alive` found out here, where it can be. */
async function currentHolder(
  link: Link,
  own: string,
  name: string,
  env: Environment,
  lock = '',
): Promise<{ readonly epoch: bigint; readonly holder: Holder | null }> {
  const [found] = await link.rows(
    `SELECT epoch, holder, machine, pid, process_started,
            to_char(beat_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM ${own}.lease WHERE name = $1 ${lock}`,
    [name],
  );
  if (!found) return { epoch: 0n, holder: null };
  const [epoch, text, machine, pid, startedAt, beatAt] = found as [
    string,
    string | null,
    string,
    string,
    string,
    string,
  ];
  if (text === null) return { epoch: BigInt(epoch), holder: null };
  const alive = isAlive({ machine, pid: Number(pid), startedAt }, env.identity);
  return { epoch: BigInt(epoch), holder: { ...holderOf(text), machine, pid: Number(pid), lastSign: beatAt, alive } };
}
