import type { Access } from '../relational.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import { literal } from './names.ts';

/**
 * One state of the database for all that a reading session reads, on as many connections as it needs: the first exports its
 * snapshot and stays, the others take it over. It ends with the session, or with the first connection.
 */
export class Snapshot {
  readonly #links: Links;
  readonly #own: Link[] = [];
  #keeper: Promise<{ readonly link: Link; readonly id: string }> | null = null;

  constructor(links: Links) {
    this.#links = links;
  }

  async with<T>(work: (link: Link) => Promise<T>): Promise<T> {
    const link = await this.acquire();
    try {
      return await work(link);
    } finally {
      await this.release(link);
    }
  }

  async acquire(): Promise<Link> {
    for (let link = this.#own.pop(); link; link = this.#own.pop()) {
      if (!link.lost && link.status === 'T') return link;
      await this.#links.release(link);
    }
    const { id } = await this.#keep();
    const link = await this.#links.acquire();
    try {
      await link.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ${literal(id)}`);
      return link;
    } catch (error) {
      await this.#links.release(link);
      throw error;
    }
  }

  async release(link: Link): Promise<void> {
    if (!link.lost && link.status === 'T') this.#own.push(link);
    else await this.#links.release(link);
  }

  async #keep(): Promise<{ readonly link: Link; readonly id: string }> {
    const known = await this.#keeper?.catch(() => null);
    if (known && !known.link.lost && known.link.status === 'T') return known;
    this.#keeper = this.#begin();
    return this.#keeper;
  }

  async #begin(): Promise<{ readonly link: Link; readonly id: string }> {
    const link = await this.#links.acquire();
    try {
      await link.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const id = (await link.cell('SELECT pg_export_snapshot()')) as string;
      return { link, id };
    } catch (error) {
      await this.#links.release(link);
      throw error;
    }
  }
}

/** Where reads of a session go. */
export type Reading = {
  readonly acquire: () => Promise<Link>;
  readonly release: (link: Link) => Promise<void>;
};

/** A session that writes sees what is committed; one that reads sees one moment. A replica cannot export it in recovery. */
export function readingOf(links: Links, access: Access): Reading {
  if (access !== 'read') return { acquire: () => links.acquire(), release: (link) => links.release(link) };
  const snapshot = new Snapshot(links);
  return { acquire: () => snapshot.acquire(), release: (link) => snapshot.release(link) };
}
