import { type Access, DbFailure } from '../relational.ts';
import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import { connectionFailure, openLink, type PostgresEndpoint } from './open.ts';

/** So many stay open while nobody needs them. */
const mostIdle = 4;

/** The connections of a session: opened on demand, used by one at a time, ended together. */
export class Links {
  readonly #endpoint: PostgresEndpoint;
  readonly #access: Access;
  readonly #idle: Link[] = [];
  readonly #used = new Set<Link>();
  #closed = false;

  constructor(endpoint: PostgresEndpoint, access: Access) {
    this.#endpoint = endpoint;
    this.#access = access;
  }

  /** The first connection, kept for use. Fails with CONNECTION, in words. */
  async first(signal?: AbortSignal): Promise<void> {
    const link = await openLink(this.#endpoint, this.#access, signal).catch((error: unknown) => {
      throw connectionFailure(this.#endpoint, error);
    });
    this.#idle.push(link);
  }

  async acquire(): Promise<Link> {
    if (this.#closed) throw ownFailure('CLOSED', 'permanent', 'The session is closed.');
    for (let link = this.#idle.pop(); link; link = this.#idle.pop()) {
      if (link.lost) continue;
      this.#used.add(link);
      return link;
    }
    const link = await openLink(this.#endpoint, this.#access);
    if (this.#closed) {
      await link.end();
      throw ownFailure('CLOSED', 'permanent', 'The session is closed.');
    }
    this.#used.add(link);
    return link;
  }

  /** Gives a connection back. One that is inside of a transaction or broken is ended. */
  async release(link: Link): Promise<void> {
    if (!this.#used.delete(link)) return;
    const wanted = () => !this.#closed && this.#idle.length < mostIdle;
    if (wanted() && (await isClean(link)) && wanted()) this.#idle.push(link);
    else await link.end();
  }

  async with<T>(work: (link: Link) => Promise<T>): Promise<T> {
    const link = await this.acquire();
    try {
      return await work(link);
    } finally {
      await this.release(link);
    }
  }

  get used(): readonly Link[] {
    return [...this.#used];
  }

  /** Cancels what runs on connections in use, told by a connection of its own. */
  async cancelAll(): Promise<void> {
    const pids = this.used.filter((link) => !link.lost).map((link) => link.pid);
    if (pids.length === 0) return;
    try {
      const link = await openLink(this.#endpoint, 'read');
      try {
        // Only sessions of ours that are at work: an idle one would lose its next statement.
        await link.query(
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
             WHERE pid = ANY ($1::int[]) AND application_name = 'overland' AND state = 'active'`,
          [`{${pids.join(',')}}`],
        );
      } finally {
        await link.end();
      }
    } catch (error) {
      if (!(error instanceof DbFailure)) throw error;
      // No second connection: cutting the first ones ends their work as well.
      for (const link of this.used) link.destroy();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const link of this.#used) link.destroy();
    await Promise.all(this.#idle.splice(0).map((link) => link.end()));
  }
}

async function isClean(link: Link): Promise<boolean> {
  if (link.lost || link.status !== 'I') return false;
  if (link.spent) await link.renew().catch(() => undefined);
  return !link.lost && !link.spent;
}
