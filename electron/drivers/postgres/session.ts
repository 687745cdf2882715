import type { Environment } from '../../platform/environment.ts';
import type { Access, RelationalSession, RelationalTransaction, TransactionPurpose } from '../relational.ts';
import { halveSpool, halveTable, spoolBounds, tableBounds } from './bounds.ts';
import { readCatalog } from './catalog.ts';
import { checkEndpoint } from './check.ts';
import { type ControlHost, createControl } from './control.ts';
import { fingerprintOf } from './fingerprint.ts';
import { leaseHolder, takeLease } from './lease.ts';
import type { Link } from './link.ts';
import { Links } from './links.ts';
import { lookupRows } from './lookup.ts';
import { quoteAll } from './names.ts';
import { connectionFailure, openLink, type PostgresEndpoint } from './open.ts';
import { orderedTable, rangeWords, wholeRange } from './ordered.ts';
import { refuseUnfitPooler } from './pooler.ts';
import { columnsOf, queryRows, theStatement } from './query.ts';
import { createReader } from './read.ts';
import { fromOf, requireRelation } from './relation.ts';
import { realSchema } from './scratch-name.ts';
import { refuseReal, runStatement } from './script.ts';
import { readingOf } from './snapshot.ts';
import { asSubquery, type Spool } from './spool.ts';
import { Turns } from './turns.ts';
import { beginTransaction, type PostgresTransaction } from './write.ts';

/** Transactions, and reads beside them, at once. */
const parallel = 8;

/** Opens a session. Fails with CONNECTION, in words, when the server is not reached or cannot be used this way. */
export async function openSession(
  endpoint: PostgresEndpoint,
  access: Access,
  env: Environment,
  signal?: AbortSignal,
): Promise<RelationalSession> {
  const links = new Links(endpoint, access);
  await links.first(signal);
  try {
    const schema = await links.with(async (link) => {
      await refuseUnfitPooler(link, endpoint, access);
      return schemaOf(link, endpoint);
    });
    return createSession({ endpoint, access, env, links, schema });
  } catch (error) {
    await links.close();
    throw connectionFailure(endpoint, error);
  }
}

/** The schema of the connection: as it says, else the first of the search path that exists. */
async function schemaOf(link: Link, { fields }: PostgresEndpoint): Promise<string> {
  return fields['schema'] ?? (await link.cell('SELECT current_schema()')) ?? 'public';
}

type Parts = {
  readonly endpoint: PostgresEndpoint;
  readonly access: Access;
  readonly env: Environment;
  readonly links: Links;
  readonly schema: string;
};

function createSession({ endpoint, access, env, links, schema }: Parts): RelationalSession {
  const turns = new Turns(parallel);
  const stopping = new AbortController();
  const reading = readingOf(links, access);
  const open = new Set<PostgresTransaction>();
  let closed = false;

  const both = (signal?: AbortSignal): AbortSignal =>
    signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;

  /** What a caller inside of a transaction asks is answered inside of it, as long as there is no doubt which one is meant. */
  function inside(): Link | null {
    const [only, ...more] = open;
    if (!only || more.length > 0 || only.link.lost || only.link.status !== 'T') return null;
    return only.link;
  }

  async function read<T>(work: (link: Link) => Promise<T>, from = reading): Promise<T> {
    stopping.signal.throwIfAborted();
    const own = inside();
    if (own) return work(own);
    const link = await from.acquire();
    try {
      return await work(link);
    } finally {
      await from.release(link);
    }
  }

  /** As it is now, not as the snapshot of a reading session has it. */
  const live = <T>(work: (link: Link) => Promise<T>): Promise<T> =>
    read(work, { acquire: () => links.acquire(), release: (link) => links.release(link) });

  async function* stream<T>(work: (link: Link) => AsyncIterable<T>): AsyncGenerator<T> {
    stopping.signal.throwIfAborted();
    const link = await reading.acquire();
    try {
      yield* work(link);
    } finally {
      await reading.release(link);
    }
  }

  async function begin(purpose: TransactionPurpose = 'rows'): Promise<RelationalTransaction> {
    stopping.signal.throwIfAborted();
    if (access === 'read') throw new Error(`The connection '${endpoint.name}' was opened to read only`);
    const leave = await turns.enter();
    let link: Link | null = null;
    try {
      link = await links.acquire();
      const used = link;
      const transaction: PostgresTransaction = await beginTransaction({
        link,
        endpoint,
        schema,
        env,
        purpose,
        signal: stopping.signal,
        leave: async () => {
          open.delete(transaction);
          await links.release(used);
          leave();
        },
      });
      open.add(transaction);
      return transaction;
    } catch (error) {
      if (link) await links.release(link);
      leave();
      throw error;
    }
  }

  const controlHost: ControlHost & { dedicated(): Promise<Link> } = {
    env,
    endpoint,
    live: (act) => links.with(act),
    dedicated: () => openLink(endpoint, access),
    commit: (before, after, act) =>
      links.with(async (link) => {
        try {
          await link.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
          const result = await act(link);
          env.failpoints.hit(before);
          await link.query('COMMIT');
          env.failpoints.hit(after);
          return result;
        } finally {
          if (!link.lost && link.status !== 'I') await link.query('ROLLBACK').catch(() => link.destroy());
        }
      }),
  };

  const { ordered, readRange } = createReader({ endpoint, env, schema, read, stream, signalOf: both });

  return {
    holds: 'tables',
    endpoint,
    strength: 'markers',
    can: {
      readOnlyBy: 'session',
      transactionalDdl: true,
      sharedSnapshot: true,
      wires: [],
      interrupt: 'query',
      parallel,
    },
    check: () => checkEndpoint({ endpoint, access, schema, links }),
    catalog: (only) => live((link) => readCatalog(link, schema, only)),
    fingerprint: (tables, strength, signal) =>
      live((link) => fingerprintOf(link, schema, tables, strength === 'exact' ? 'exact' : 'markers', both(signal))),
    async describe(source) {
      const { from } = source;
      if (from.kind === 'query') {
        const sql = asSubquery(theStatement(from.sql));
        const columns = await read((link) => columnsOf(link, sql));
        // Whoever describes a query reads it next; the spool is made once, and its rows are counted rather than guessed.
        const spool = (await ordered(source)) as Spool;
        return {
          columns: columns.map(({ name, type }) => ({ name, type })),
          rows: spool.rows,
          ranges: rangeWords(spool),
        };
      }
      return read(async (link) => {
        const relation = await requireRelation(link, schema, from.table);
        const names = source.columns ?? relation.columns.map((column) => column.name);
        const columns = await columnsOf(link, `SELECT ${quoteAll(names)} FROM ${fromOf(relation)}`);
        const rows = Number(await link.cell(`SELECT count(*) FROM ${fromOf(relation)}`));
        const order = orderedTable(relation);
        const ranges = order ? rangeWords(order) : 'read once into scratch: its rows have no address of their own';
        return { columns: columns.map(({ name, type }) => ({ name, type })), rows, ranges };
      });
    },
    async *bounds(source, target, signal) {
      const from = await ordered(source, signal);
      if (from.kind === 'spool') yield* spoolBounds(from, target, both(signal));
      else {
        const columns = source.columns ?? from.columns;
        yield* stream((link) => tableBounds(link, from, columns, target, both(signal)));
      }
    },
    async halves(source, bounds, hint) {
      const from = await ordered(source);
      return from.kind === 'spool'
        ? halveSpool(from, bounds, hint)
        : read((link) => halveTable(link, from, bounds, hint));
    },
    read: (source, bounds, signal) => readRange(source, bounds, both(signal)),
    lookup: (table, on, take, keys) =>
      read(async (link) =>
        lookupRows(link, await requireRelation(link, schema, table), on, take, keys, stopping.signal),
      ),
    query: (sql, limit, signal) => read((link) => queryRows(link, sql, limit, both(signal))),
    scan: (table, columns, signal) =>
      readRange({ from: { kind: 'table', table }, columns, key: [] }, wholeRange, both(signal)),
    begin,
    async direct(statements, signal) {
      const real = realSchema(endpoint);
      await links.with(async (link) => {
        link.spent = true;
        for (const text of statements) {
          both(signal).throwIfAborted();
          if (real !== null) refuseReal({ text, line: 1 }, real);
          await runStatement(link, { text, line: 1 });
        }
      });
    },
    control: createControl(controlHost),
    leaseHolder: (name) => links.with((link) => leaseHolder(link, controlHost, name)),
    lease: (name, holder) => takeLease(controlHost, name, holder),
    async stop(how) {
      const undoing = open.size > 0;
      stopping.abort(new DOMException(`Stopped: ${how}`, 'AbortError'));
      if (how === 'cancel_query') await links.cancelAll();
      if (how === 'kill') for (const link of links.used) link.destroy();
      return { undoing };
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      stopping.abort(new DOMException('The session is closed', 'AbortError'));
      await links.close();
    },
  };
}
