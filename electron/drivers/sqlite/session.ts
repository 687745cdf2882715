import type { CanonicalType, Row } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import type { FailpointName } from '../../platform/failpoints.ts';
import type {
  Access,
  Fingerprint,
  ReadSpec,
  RelationalSession,
  RelationalTransaction,
  TransactionPurpose,
} from '../relational.ts';
import { Turnstile } from '../shared/pace.ts';
import { halveBounds, splitIntoBounds } from './bounds.ts';
import { readCatalog, relation } from './catalog.ts';
import { checkEndpoint } from './check.ts';
import { type ControlHost, createControl } from './control.ts';
import { type Connection, cell, openNothing, openReadOnly, openScratch, openWritable, patiently } from './database.ts';
import { dbFailure, ownFailure } from './errors.ts';
import { lookAt } from './file-look.ts';
import { partsOf } from './file-parts.ts';
import { exactFingerprint, fileFingerprint, markerFingerprint } from './fingerprint.ts';
import { leaseHolder, takeLease } from './lease.ts';
import { lookupRows } from './lookup.ts';
import { quote } from './names.ts';
import { type Handle, opened, openWaitMs, refuseOddPath, type SqliteEndpoint } from './open.ts';
import { type Ordered, orderedTable, wholeRange } from './ordered.ts';
import { readRange } from './read.ts';
import { readableFile } from './readable-file.ts';
import { queryColumns, spoolQuery } from './spool.ts';
import { canonicalType } from './types.ts';
import { refuseUnfit } from './unfit-file.ts';
import { beginTransaction } from './write.ts';

/** Opens a session. Fails with CONNECTION, in words, when the file is no database that can be used this way. */
export async function openSession(
  endpoint: SqliteEndpoint,
  access: Access,
  env: Environment,
  signal?: AbortSignal,
): Promise<RelationalSession> {
  refuseOddPath(endpoint);
  if (access === 'read') {
    const readable = await readableFile(endpoint.path, endpoint.name, env, signal);
    try {
      const handle = await opened(() => openReadOnly(readable.file), readable.file, endpoint, env, signal);
      return createSession({
        endpoint,
        access,
        env,
        file: readable.file,
        by: readable.by,
        handle,
        after: readable.remove,
      });
    } catch (error) {
      await readable.remove();
      throw error;
    }
  }
  const look = await lookAt(endpoint.path, env);
  refuseUnfit(look, endpoint.path, endpoint.name, 'write');
  const open = openerFor(access);
  // A target that does not exist yet is made by the first write, not by looking at it.
  const handle =
    look.kind === 'missing' || look.kind === 'empty'
      ? null
      : await opened(() => open(endpoint.path), endpoint.path, endpoint, env, signal);
  return createSession({
    endpoint,
    access,
    env,
    file: endpoint.path,
    by: 'file',
    handle,
    after: async () => undefined,
  });
}

function openerFor(access: Access): (file: string) => Connection {
  return access === 'scratch' ? openScratch : openWritable;
}

type Parts = {
  readonly endpoint: SqliteEndpoint;
  readonly access: Access;
  readonly env: Environment;
  readonly file: string;
  readonly by: 'file' | 'copy';
  readonly handle: Handle | null;
  readonly after: () => Promise<void>;
};

function createSession(parts: Parts): RelationalSession {
  const { endpoint, access, env, file } = parts;
  const turnstile = new Turnstile();
  const stopping = new AbortController();
  const spools = new Map<string, Ordered & { close(): void }>();
  let handle = parts.handle;
  let nothing: Connection | null = null;
  let closed = false;

  async function reading(): Promise<Connection> {
    if (closed) throw new Error('The session is closed');
    if (handle) return handle.db;
    // Somebody may have made the file since.
    const look = await lookAt(file, env);
    if (look.kind === 'sqlite') return writing();
    nothing ??= openNothing();
    return nothing;
  }

  async function writing(): Promise<Connection> {
    if (closed) throw new Error('The session is closed');
    if (access === 'read') throw new Error(`The connection '${endpoint.name}' was opened to read only`);
    handle ??= await opened(() => openerFor(access)(file), file, endpoint, env);
    // The lock hazard needs the file's identity, which a file that was just made has only now.
    return handle.db;
  }

  async function begin(purpose: TransactionPurpose = 'rows'): Promise<RelationalTransaction> {
    stopping.signal.throwIfAborted();
    const leave = await turnstile.enter();
    try {
      const db = await writing();
      return await beginTransaction({ db, env, purpose, leave, signal: stopping.signal });
    } catch (error) {
      leave();
      throw error;
    }
  }

  const controlHost: ControlHost = {
    env,
    reading,
    async direct(act) {
      const db = await writing();
      return patiently(() => act(db), env.clock, { forMs: openWaitMs }).catch((error: unknown) => {
        throw dbFailure(error);
      });
    },
    async commit(before: FailpointName, after: FailpointName, act) {
      const leave = await turnstile.enter();
      try {
        const db = await writing();
        await patiently(() => db.exec('BEGIN IMMEDIATE'), env.clock, { forMs: openWaitMs });
        try {
          const result = act(db);
          env.failpoints.hit(before);
          await patiently(() => db.exec('COMMIT'), env.clock, { forMs: openWaitMs });
          env.failpoints.hit(after);
          return result;
        } finally {
          if (db.inTransaction) db.exec('ROLLBACK');
        }
      } catch (error) {
        throw dbFailure(error);
      } finally {
        leave();
      }
    },
  };

  async function ordered(source: ReadSpec, signal?: AbortSignal): Promise<Ordered> {
    const db = await reading();
    const { from } = source;
    if (from.kind === 'table') {
      const found = relation(db, from.table);
      if (!found)
        throw ownFailure('NO_TABLE', 'permanent', `There is no table '${from.table}'.`, { table: from.table });
      const table = orderedTable(db, found);
      if (table) return table;
    }
    // Views and virtual tables have no address either.
    const sql = from.kind === 'query' ? from.sql : `SELECT * FROM ${quote(from.table)}`;
    const state = JSON.stringify([
      await partsOf(endpoint.path, env),
      cell(db, 'PRAGMA schema_version')?.toString(),
      (await lookAt(endpoint.path, env)).changeCounter,
    ]);
    const key = JSON.stringify([sql, state]);
    const known = spools.get(key);
    if (known) return known;
    const spool = await spoolQuery(db, file, sql, state, env, signal ?? stopping.signal);
    spools.set(key, spool);
    return spool;
  }

  const columnsOf = (source: ReadSpec, from: Ordered): readonly string[] => source.columns ?? from.columns;

  async function fingerprint(
    tables: readonly string[] | null,
    strength: Fingerprint['strength'],
    signal?: AbortSignal,
  ): Promise<Fingerprint> {
    if (strength === 'file') return fileFingerprint(endpoint.path, env, signal);
    const db = await reading();
    return strength === 'exact' ? exactFingerprint(db, tables, signal) : markerFingerprint(db, tables);
  }

  return {
    holds: 'tables',
    endpoint,
    strength: 'file',
    can: {
      readOnlyBy: parts.by,
      transactionalDdl: true,
      sharedSnapshot: false,
      wires: [],
      interrupt: 'process',
    },
    check: async () =>
      checkEndpoint({ endpoint, access, env, db: await reading(), by: parts.by, exists: handle !== null }),
    catalog: async (only) => readCatalog(await reading(), only),
    fingerprint,
    async describe(source) {
      const db = await reading();
      const { from } = source;
      if (from.kind === 'query') {
        const columns = columnTypes(queryColumns(db, from.sql));
        // Whoever describes a query reads it next; the spool is made once, and its rows are counted rather than guessed.
        const spool = await ordered(source);
        return { columns, rows: Number(cell(spool.db, `SELECT count(*) FROM ${spool.table}`)) };
      }
      const found = relation(db, from.table);
      if (!found)
        throw ownFailure('NO_TABLE', 'permanent', `There is no table '${from.table}'.`, { table: from.table });
      const wanted = source.columns && new Set(source.columns);
      const columns = found.columns.filter((column) => !wanted || wanted.has(column.name));
      return {
        columns: columnTypes(columns.map((column) => ({ name: column.name, declared: column.declaredType }))),
        rows: Number(cell(db, `SELECT count(*) FROM ${quote(found.name)}`)),
      };
    },
    async *bounds(source, target, signal) {
      const from = await ordered(source, signal);
      yield* splitIntoBounds(from, columnsOf(source, from), target, anySignal(signal, stopping.signal));
    },
    async halves(source, bounds, hint) {
      return halveBounds(await ordered(source), bounds, hint);
    },
    async *read(source, bounds, signal) {
      const from = await ordered(source, signal);
      yield* readRange(from, columnsOf(source, from), source.key, bounds, anySignal(signal, stopping.signal));
    },
    async lookup(table, on, take, keys) {
      return lookupRows(await reading(), table, on, take, keys, stopping.signal);
    },
    async query(sql, limit, signal) {
      await reading();
      if (!handle)
        return { columns: queryColumns(await reading(), sql).map((column) => column.name), rows: [], more: false };
      try {
        const both = anySignal(signal, stopping.signal);
        return (await env.helpers.run('sqlite.query', { file, sql, limit }, { signal: both })) as {
          columns: string[];
          rows: Row[];
          more: boolean;
        };
      } catch (error) {
        if (signal?.aborted) throw error;
        throw dbFailure(error, { statement: sql });
      }
    },
    async *scan(table, columns, signal) {
      const from = await ordered({ from: { kind: 'table', table }, columns, key: [] }, signal);
      yield* readRange(from, columns, [], wholeRange, anySignal(signal, stopping.signal));
    },
    begin,
    async direct(statements) {
      const leave = await turnstile.enter();
      try {
        const db = await writing();
        for (const statement of statements) {
          stopping.signal.throwIfAborted();
          await patiently(() => db.exec(statement), env.clock, { forMs: openWaitMs });
        }
      } catch (error) {
        throw dbFailure(error);
      } finally {
        leave();
      }
    },
    control: createControl(controlHost),
    leaseHolder: async (name) => leaseHolder(await reading(), name, env),
    lease: (name, holder) => takeLease(controlHost, name, holder),
    async stop(how) {
      // A batch takes milliseconds, and an open transaction is taken back by whoever holds it.
      stopping.abort(new DOMException(`Stopped: ${how}`, 'AbortError'));
      return { undoing: handle?.db.inTransaction ?? false };
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      stopping.abort(new DOMException('The session is closed', 'AbortError'));
      for (const spool of spools.values()) spool.close();
      nothing?.close();
      if (handle) {
        handle.db.close();
        await handle.release();
      }
      await parts.after();
    },
  };
}

function columnTypes(columns: readonly { name: string; declared: string }[]): { name: string; type: CanonicalType }[] {
  return columns.map(({ name, declared }) => ({ name, type: canonicalType(declared) }));
}

function anySignal(given: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return given ? AbortSignal.any([given, own]) : own;
}
