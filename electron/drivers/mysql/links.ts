import type { Environment } from '../../platform/environment.ts';
import type { Access } from '../relational.ts';
import type { MysqlConnection } from './connection.ts';
import { isLost } from './errors.ts';
import { type MysqlEndpoint, openConnection, type Server } from './open.ts';

/** Reads and transactions that may be open at once. */
export const mostParallel = 8;

/** A connection that nobody else uses until it is given back. */
export type Link = { readonly connection: MysqlConnection; release(): Promise<void> };

type Reader = { readonly connection: MysqlConnection; inSnapshot: boolean };

/** Readers of this process that hold a snapshot, by server: an open one would make DDL on its tables wait for ever. */
const snapshots = new Map<string, Set<() => Promise<void>>>();

/** Lets go of the snapshots of idle readers on this server, before a statement that changes a structure. */
export async function releaseSnapshots(endpoint: MysqlEndpoint): Promise<void> {
  await Promise.all([...(snapshots.get(serverKey(endpoint)) ?? [])].map((release) => release()));
}

/**
 * The connections of one session. `side` is for short statements; readers and writers are lent one at a time, since a
 * stream or a transaction holds its connection. A connection that was lost is replaced by the next one who asks.
 */
export class Links {
  readonly #endpoint: MysqlEndpoint;
  readonly #access: Access;
  readonly #env: Environment;
  readonly #readers: Reader[] = [];
  readonly #writers: MysqlConnection[] = [];
  readonly #busy = new Set<MysqlConnection>();
  readonly #waiting: (() => void)[] = [];
  readonly #release = (): Promise<void> => this.#leaveSnapshots();
  #side: Promise<MysqlConnection>;
  #writing = 0;
  #closed = false;
  #server: Server;

  constructor(
    endpoint: MysqlEndpoint,
    access: Access,
    env: Environment,
    first: { readonly connection: MysqlConnection; readonly server: Server },
  ) {
    this.#endpoint = endpoint;
    this.#access = access;
    this.#env = env;
    this.#side = Promise.resolve(first.connection);
    this.#server = first.server;
    const key = serverKey(endpoint);
    const known = snapshots.get(key) ?? new Set();
    snapshots.set(key, known.add(this.#release));
  }

  get server(): Server {
    return this.#server;
  }

  async side(): Promise<MysqlConnection> {
    const side = await this.#side;
    if (!side.lost) return side;
    if (this.#closed) throw new Error('The session is closed');
    const opening = this.open();
    this.#side = opening.catch(() => side);
    return opening;
  }

  /** A connection of its own, which the caller closes. */
  async open(): Promise<MysqlConnection> {
    if (this.#closed) throw new Error('The session is closed');
    const { connection, server } = await openConnection(this.#endpoint, this.#access, this.#env);
    this.#server = server;
    return connection;
  }

  /** With `snapshot`, all reads of one connection see the same state (access to read only; InnoDB). */
  async reader(snapshot: boolean): Promise<Link> {
    let reader = this.#readers.shift();
    while (reader?.connection.lost) reader = this.#readers.shift();
    reader ??= { connection: await this.open(), inSnapshot: false };
    const { connection } = reader;
    if (this.#access === 'read' && snapshot !== reader.inSnapshot) {
      await connection.run(snapshot ? 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' : 'COMMIT');
      reader.inSnapshot = snapshot;
    }
    this.#busy.add(connection);
    return {
      connection,
      release: async () => {
        this.#busy.delete(connection);
        if (this.#closed || connection.lost || this.#readers.length >= mostParallel) await connection.close();
        // The first one to be given back is the first to be lent: a lone reader keeps its snapshot.
        else this.#readers.unshift(reader);
      },
    };
  }

  /** Waits while as many as may be are lent; `short` work does not, or transactions that need it could wait for each other. */
  async writer(short = false): Promise<Link> {
    while (!short && this.#writing >= mostParallel) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#writing += 1;
    const leave = (): void => {
      this.#writing -= 1;
      this.#waiting.shift()?.();
    };
    try {
      let connection = this.#writers.pop();
      while (connection?.lost) connection = this.#writers.pop();
      connection ??= await this.open();
      const lent = connection;
      this.#busy.add(lent);
      return {
        connection: lent,
        release: async () => {
          this.#busy.delete(lent);
          leave();
          if (this.#closed || lent.lost) await lent.close();
          else this.#writers.push(lent);
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends what a connection runs, from another one, after looking whether it still runs that. */
  async cancel(connection: MysqlConnection): Promise<void> {
    const { running } = connection;
    if (running === null || connection.lost) return;
    const killer = await this.open();
    try {
      const now = await killer.cell('SELECT INFO FROM information_schema.PROCESSLIST WHERE ID = ?', [
        BigInt(connection.id),
      ]);
      // The list may show the beginning only.
      if (typeof now !== 'string' || !running.startsWith(now.slice(0, 60).trimEnd())) return;
      await killer.run(`KILL QUERY ${connection.id}`).catch((error: unknown) => {
        // 1094: it has ended meanwhile.
        if (!isLost(error) && !/1094|Unknown thread/i.test(String(error))) throw error;
      });
    } finally {
      await killer.close();
    }
  }

  /** Ends what runs on all of them. `undoing`: the server rolls one of the transactions back. */
  async cancelAll(how: 'cancel_query' | 'kill'): Promise<boolean> {
    const side = await this.#side.catch(() => null);
    const busy = [...this.#busy, ...(side ? [side] : [])].filter((one) => !one.lost);
    const ids = busy.map((one) => one.id);
    await Promise.allSettled(busy.map((one) => this.cancel(one)));
    if (ids.length === 0) return false;
    const looking = await this.open();
    try {
      if (how === 'kill') for (const id of ids) await looking.run(`KILL ${id}`).catch(() => undefined);
      const undoing = await looking
        .cell(
          `SELECT count(*) FROM information_schema.INNODB_TRX
           WHERE trx_mysql_thread_id IN (${ids.join(', ')}) AND trx_state = 'ROLLING BACK'`,
        )
        // Needs the PROCESS right.
        .catch(() => 0n);
      return undoing !== 0n;
    } finally {
      await looking.close();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    snapshots.get(serverKey(this.#endpoint))?.delete(this.#release);
    const side = await this.#side.catch(() => null);
    const idle = [...this.#readers.splice(0).map((one) => one.connection), ...this.#writers.splice(0)];
    for (const busy of this.#busy) busy.destroy();
    await Promise.allSettled([side, ...idle].map((one) => one?.close()));
  }

  async #leaveSnapshots(): Promise<void> {
    for (const reader of this.#readers) {
      if (!reader.inSnapshot) continue;
      reader.inSnapshot = false;
      await reader.connection.run('COMMIT').catch(() => reader.connection.destroy());
    }
  }
}

function serverKey({ fields }: MysqlEndpoint): string {
  return `${fields['host'] ?? 'localhost'}:${fields['port'] ?? '3306'}`;
}
