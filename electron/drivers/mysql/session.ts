import type { CanonicalType, Row } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import type {
  Access,
  Fingerprint,
  ReadSpec,
  RelationalSession,
  RelationalTransaction,
  RowBatch,
  TransactionPurpose,
} from '../relational.ts';
import { halveBounds, type Streaming, splitIntoBounds } from './bounds.ts';
import { readCatalog } from './catalog.ts';
import { checkEndpoint } from './check.ts';
import type { MysqlConnection, RowSink } from './connection.ts';
import { type ControlHost, createControl } from './control.ts';
import { endsTransaction, ownFailure } from './errors.ts';
import { exactFingerprint, markerFingerprint } from './fingerprint.ts';
import { leaseHolder, takeLease } from './lease.ts';
import { Links, mostParallel, releaseSnapshots } from './links.ts';
import { lookupRows } from './lookup.ts';
import { quote } from './names.ts';
import { type MysqlEndpoint, openConnection } from './open.ts';
import { type OrderedTable, orderedTable, wholeRange } from './ordered.ts';
import { limitedQuery, queryReader } from './query.ts';
import { rangeReader } from './read.ts';
import { type Column, type Relation, relation } from './relation.ts';
import { columnOf } from './rows-by-key.ts';
import { runStatement } from './script.ts';
import { type Spool, spoolRows } from './spool.ts';
import { beginTransaction } from './write.ts';

type Query = { readonly columns: readonly { name: string; type: CanonicalType }[]; readonly spool: Spool };

/** Opens a session. Fails with CONNECTION, in words, when the server cannot be used this way. */
export async function openSession(
  endpoint: MysqlEndpoint,
  access: Access,
  env: Environment,
  signal?: AbortSignal,
): Promise<RelationalSession> {
  const links = new Links(endpoint, access, env, await openConnection(endpoint, access, env, signal));
  const stopping = new AbortController();
  const spools = new Map<string, Promise<Query>>();
  let transactions = 0;

  const anySignal = (given?: AbortSignal): AbortSignal =>
    given ? AbortSignal.any([given, stopping.signal]) : stopping.signal;

  async function known(table: string): Promise<Relation> {
    const found = await relation(await links.side(), links.server, table);
    if (found) return found;
    throw ownFailure('NO_TABLE', 'permanent', `There is no table '${table}'.`, { table });
  }

  /** Streams on a connection of its own; `snapshot` for what one run reads of a source. */
  function streaming(snapshot: boolean, signal?: AbortSignal): Streaming {
    return async function* stream<T>(sql: string, sink: RowSink<T>): AsyncGenerator<T> {
      const both = anySignal(signal);
      both.throwIfAborted();
      const link = await links.reader(snapshot);
      try {
        yield* link.connection.stream(sql, sink, () => links.cancel(link.connection), both);
      } finally {
        await link.release();
      }
    };
  }

  async function begin(purpose: TransactionPurpose = 'rows'): Promise<RelationalTransaction> {
    refuseReadOnly();
    stopping.signal.throwIfAborted();
    if (purpose !== 'rows') await releaseSnapshots(endpoint);
    const link = await links.writer();
    transactions += 1;
    const ended = (): void => {
      transactions -= 1;
    };
    return beginTransaction({ link, server: links.server, env, purpose, signal: stopping.signal, ended });
  }

  function refuseReadOnly(): void {
    if (access === 'read') throw new Error(`The connection '${endpoint.name}' was opened to read only`);
  }

  const controlHost: ControlHost = {
    env,
    side: () => links.side(),
    async commit(before, after, act) {
      refuseReadOnly();
      const link = await links.writer(true);
      const { connection } = link;
      try {
        await connection.run('START TRANSACTION');
        const result = await act(connection);
        env.failpoints.hit(before);
        await connection.run('COMMIT');
        env.failpoints.hit(after);
        return result;
      } catch (error) {
        if (!connection.lost && !endsTransaction(error)) {
          await connection.run('ROLLBACK').catch(() => connection.destroy());
        }
        throw error;
      } finally {
        await link.release();
      }
    },
  };

  /** The table of a source, or the spool of its query; a view has no order, so that it is read as a query. */
  async function sourceOf(source: ReadSpec, signal?: AbortSignal): Promise<{ table: OrderedTable } | Query> {
    const { from } = source;
    if (from.kind === 'query') return spoolOf(from.sql, signal);
    const found = await known(from.table);
    const table = orderedTable(found);
    return table ? { table } : spoolOf(`SELECT * FROM ${quote(found.name)}`, signal);
  }

  async function spoolOf(sql: string, signal?: AbortSignal): Promise<Query> {
    const side = await links.side();
    const { value } = await markerFingerprint(side, links.server, null);
    const state = JSON.stringify([
      endpoint.fields['host'],
      endpoint.fields['port'],
      endpoint.fields['database'],
      value,
    ]);
    const key = JSON.stringify([sql, state]);
    const before = spools.get(key);
    if (before) return before;
    const making = (async (): Promise<Query> => {
      const reader = await queryReader(side, sql);
      const rows = (): AsyncIterable<RowBatch> => streaming(true, signal)(reader.sql, reader.sink);
      return { columns: reader.columns, spool: await spoolRows({ sql, state }, rows, env, anySignal(signal)) };
    })();
    spools.set(key, making);
    making.catch(() => spools.delete(key));
    return making;
  }

  function picked(source: ReadSpec, { columns }: Query): { pick: number[]; key: number[] } {
    const at = (name: string): number => columns.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());
    const pick = source.columns?.map(at) ?? columns.map((_one, index) => index);
    return { pick, key: source.key.map(at) };
  }

  const chosen = (source: ReadSpec, table: OrderedTable): readonly Column[] =>
    source.columns === null
      ? table.columns
      : source.columns.map((name) => columnOf({ name: '', columns: table.columns } as Relation, name));

  const countOf = async (table: OrderedTable): Promise<number> =>
    Number(await (await links.side()).cell(`SELECT count(*) FROM ${table.table}`));

  async function fingerprint(
    tables: readonly string[] | null,
    strength: Fingerprint['strength'],
    signal?: AbortSignal,
  ): Promise<Fingerprint> {
    const side = await links.side();
    return strength === 'exact'
      ? exactFingerprint(side, links.server, tables, streaming(false, signal))
      : markerFingerprint(side, links.server, tables);
  }

  return {
    holds: 'tables',
    endpoint,
    strength: 'markers',
    can: {
      readOnlyBy: 'session',
      transactionalDdl: false,
      sharedSnapshot: false,
      wires: [],
      interrupt: 'query',
      parallel: mostParallel,
    },
    check: async () => checkEndpoint({ endpoint, access, env, server: links.server, connection: await links.side() }),
    catalog: async (only) => readCatalog(await links.side(), links.server, only),
    fingerprint,
    async describe(source) {
      const { from } = source;
      if (from.kind === 'table') {
        const found = await known(from.table);
        const wanted = source.columns && new Set(source.columns.map((name) => name.toLowerCase()));
        const columns = found.columns.filter((column) => !wanted || wanted.has(column.name.toLowerCase()));
        const rows = Number(await (await links.side()).cell(`SELECT count(*) FROM ${quote(found.name)}`));
        return { columns: columns.map(({ name, type }) => ({ name, type })), rows };
      }
      // Whoever describes a query reads it next; the spool is made once, and its rows are counted rather than guessed.
      const { columns, spool } = await spoolOf(from.sql);
      return { columns, rows: spool.rows };
    },
    async *bounds(source, target, signal) {
      const from = await sourceOf(source, signal);
      if ('spool' in from) yield* from.spool.bounds(target);
      else {
        const { table } = from;
        yield* splitIntoBounds(table, chosen(source, table), target, streaming(true, signal), () => countOf(table));
      }
    },
    async halves(source, bounds, hint) {
      const from = await sourceOf(source);
      if ('spool' in from) return from.spool.halves(bounds, hint);
      return halveBounds(from.table, bounds, hint, await links.side(), streaming(true));
    },
    async *read(source, bounds, signal) {
      const from = await sourceOf(source, signal);
      if ('spool' in from) {
        const { pick, key } = picked(source, from);
        yield* from.spool.read(bounds, pick, key, anySignal(signal));
        return;
      }
      const { sql, sink } = rangeReader(from.table, chosen(source, from.table), source.key, bounds);
      yield* streaming(true, signal)(sql, sink);
    },
    async lookup(table, on, take, keys): Promise<readonly Row[]> {
      stopping.signal.throwIfAborted();
      return lookupRows(await links.side(), await known(table), on, take, keys, stopping.signal);
    },
    async query(sql, limit, signal) {
      return limitedQuery(await links.side(), sql, limit, streaming(false, signal));
    },
    async *scan(table, columns, signal) {
      const found = await known(table);
      const source = orderedTable(found) ?? { table: quote(found.name), columns: found.columns, address: [] };
      const wanted = columns.map((name) => columnOf(found, name));
      const whole = { ...source, address: found.kind === 'view' ? [] : source.address };
      const { sql, sink } = rangeReader(whole, wanted, [], wholeRange);
      yield* streaming(false, signal)(sql, sink);
    },
    begin,
    async direct(statements, signal) {
      refuseReadOnly();
      await releaseSnapshots(endpoint);
      const connection: MysqlConnection = await links.open();
      const both = anySignal(signal);
      const onAbort = (): void => void links.cancel(connection).catch(() => connection.destroy());
      both.addEventListener('abort', onAbort);
      try {
        for (const text of statements) {
          both.throwIfAborted();
          await runStatement(connection, { text, line: 1 });
        }
      } catch (error) {
        both.throwIfAborted();
        throw error;
      } finally {
        both.removeEventListener('abort', onAbort);
        await connection.close();
      }
    },
    control: createControl(controlHost),
    leaseHolder: async (name) => leaseHolder(await links.side(), name, env),
    lease: (name, holder) => takeLease({ ...controlHost, open: () => links.open() }, name, holder),
    async stop(how) {
      const open = transactions > 0;
      stopping.abort(new DOMException(`Stopped: ${how}`, 'AbortError'));
      if (how === 'after_chunk') return { undoing: open };
      return { undoing: (await links.cancelAll(how).catch(() => false)) || open };
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(new DOMException('The session is closed', 'AbortError'));
      for (const making of spools.values()) (await making.catch(() => null))?.spool.close();
      await links.close();
    },
  };
}
