import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '#shared/model/value.ts';
import { freePort } from '../../testing/servers/free-port.ts';
import type { Endpoint, ReadSpec, RelationalSession } from '../relational.ts';
import { postgresDriver } from './index.ts';
import { allRows, type Bench, chunkOf, entered, fence, holderOf, loadChunk, makeBench, outputOf } from './testing.ts';

process.env.TZ = 'Asia/Kolkata';
let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.stop());

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('connecting', () => {
  const to = (fields: Record<string, string>, password: string | null = null): Endpoint => ({
    engine: 'postgres',
    name: 'shop',
    fields: { ...bench.server.fields, database: 'postgres', ...fields },
    password,
  });
  const refused = (fields: Record<string, string>) =>
    failureOf(postgresDriver.connect(to(fields), 'read', bench.env)) as Promise<{
      message: string;
      code: string;
      advice: string;
    }>;

  it('says in words what is wrong, and what to do', async () => {
    expect(await refused({ port: String(await freePort()) })).toMatchObject({
      code: 'CONNECTION',
      message: expect.stringContaining('Nobody listens there'),
    });
    expect(await refused({ host: 'no-such-host.invalid', tls: 'off' })).toMatchObject({
      message: expect.stringContaining('name of the host'),
    });
    expect(await refused({ database: 'nowhere' })).toMatchObject({
      message: expect.stringContaining('no such database'),
    });
    expect(await refused({ user: 'nobody_here' })).toMatchObject({
      message: expect.stringContaining('refuses the user'),
    });
    expect(await refused({ tls: 'require' })).toMatchObject({ message: expect.stringContaining('does not encrypt') });
  });

  it('a server that never answers is given up after connect_timeout', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const started = performance.now();
    expect(await refused({ port: String(port), connect_timeout: '300ms' })).toMatchObject({
      message: expect.stringContaining('did not answer in time'),
    });
    expect(performance.now() - started).toBeLessThan(5000);
    silent.close();
  });

  it('an abort ends the attempt at once', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const abort = new AbortController();
    setTimeout(() => abort.abort(new DOMException('no more', 'AbortError')), 50);
    const failure = await failureOf(
      postgresDriver.connect(to({ port: String(port) }), 'read', bench.env, abort.signal),
    );
    expect(failure).toMatchObject({ name: 'AbortError' });
    silent.close();
  });

  it('the schema of the connection is where names without one lead', async () => {
    const base = await bench.make(
      'CREATE SCHEMA "My app"; CREATE TABLE "My app".t (id int); CREATE TABLE t (id int, other text)',
    );
    await using session = await base.connect('write', { schema: 'My app' });
    await loadless(session, 'INSERT INTO t VALUES (1)');
    expect(await allRows(session, 't', ['id'])).toEqual([[1n]]);
    expect((await session.catalog(null)).tables.map((table) => table.columns.length)).toEqual([1]);
    expect((await session.catalog(null)).tables[0]?.sql).not.toContain('My app');
    expect(await base.sql('SELECT count(*) FROM public.t')).toEqual([['0']]);
  });
});

async function loadless(session: RelationalSession, sql: string): Promise<void> {
  await using transaction = await session.begin();
  await transaction.execute(sql);
  await transaction.commit(null, null);
}

describe('check', () => {
  it('tells a fit target from one that lacks rights, and gives the statements that grant them', async () => {
    const base = await bench.make(`CREATE TABLE t (id int); CREATE TABLE hidden (id int, who text);
      ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON hidden USING (who = 'a');
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`);
    const role = `weak_${base.name}`;
    await base.sql(`CREATE ROLE ${role} LOGIN; GRANT SELECT ON hidden TO ${role}`);
    await using strong = await base.connect('write');
    const fit = await strong.check();
    expect(fit.product).toBe(`PostgreSQL ${(await base.sql("SELECT current_setting('server_version')"))[0]?.[0]}`);
    expect(fit.facts.filter((fact) => fact.state === 'error')).toEqual([]);
    expect(fit.findings.map((finding) => finding.category)).toEqual(['triggers']);
    expect(Object.fromEntries(fit.facts.map((fact) => [fact.check, fact.found]))).toMatchObject({
      'Time zone': 'America/St_Johns',
      Tables: '2: hidden, t',
      'Own tables': 'in schema overland',
      'Dry run in': 'a database of its own',
    });
    await using weak = await base.connect('write', { user: role });
    const report = await weak.check();
    const missing = report.findings
      .filter((finding) => finding.category === 'missing_right')
      .map((finding) => finding.suggestion);
    expect(missing).toContain(
      `GRANT USAGE ON SCHEMA "public" TO "${role}";\nGRANT SELECT ON "public"."t" TO "${role}";`,
    );
    expect(missing).toContain(`GRANT CREATE ON DATABASE "${base.name}" TO "${role}";`);
    expect(report.findings.find((finding) => finding.category === 'row_level_security')).toMatchObject({
      severity: 'error',
      count: 1,
    });
    // What it asks for is enough.
    for (const grant of missing) await base.sql(grant as string);
    await base.sql(`ALTER ROLE ${role} BYPASSRLS`);
    await using now = await base.connect('write', { user: role });
    const after = await now.check();
    expect(after.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
    const writer = await entered({ ...base, connect: (access) => base.connect(access, { user: role }) });
    expect(await loadChunk(writer, outputOf('t', ['id']), [[1n]], 'written')).toMatchObject({ inserted: 1 });
    for (const one of [strong, weak, now]) await one[Symbol.asyncDispose]();
    await writer[Symbol.asyncDispose]();
    await base.sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  });

  it('names other sessions', async () => {
    const base = await bench.make('CREATE TABLE t (id int)');
    await using session = await base.connect('read');
    const other = base.sql('SELECT pg_sleep(60)').catch(() => undefined);
    const inUse = async () => (await session.check()).findings.find((finding) => finding.category === 'in_use')?.count;
    await expect.poll(inUse, { timeout: 30_000 }).toBe(1);
    await base.sql(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'`);
    await other;
  });
});

describe('the lease', () => {
  const holder = (runId: string) => ({
    ...holderOf(runId),
    machine: bench.env.identity.machine,
    pid: bench.env.identity.pid,
  });

  it('is held by one; the epoch grows; a beat keeps it, by the clock of the server', async () => {
    const base = await bench.make('');
    await using first = await base.connect();
    await using second = await base.connect();
    const taken = await first.lease('target:shop', holder('r1'));
    if (!('held' in taken)) throw new Error('not held');
    expect(taken.held.epoch).toBe(1n);
    expect(await second.lease('target:shop', holder('r2'))).toMatchObject({ heldBy: { runId: 'r1', alive: 'yes' } });
    await taken.held.beat('validate');
    expect(await second.leaseHolder('target:shop')).toMatchObject({
      runId: 'r1',
      phase: 'validate',
      lastSign: expect.stringMatching(/Z$/),
    });
    await taken.held.release();
    expect(await second.leaseHolder('target:shop')).toBeNull();
    const again = await second.lease('target:shop', holder('r2'));
    if (!('held' in again)) throw new Error('not held');
    expect(again.held.epoch).toBe(2n);
    await expect(taken.held.beat('execute')).rejects.toThrow();
    await again.held.release();
    expect(await base.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).toEqual([['0']]);
  });

  it('of a process that is gone is taken over; of one on another machine it is not', async () => {
    const base = await bench.make('');
    await using session = await base.connect();
    const taken = await session.lease('a', holder('r1'));
    if (!('held' in taken)) throw new Error('not held');
    await taken.held.release();
    await base.sql(
      `UPDATE overland.lease SET holder = '{"runId":"dead","person":"anna","machine":"","pid":0,"bundle":"b","phase":"execute","since":"","lastSign":"","alive":"yes"}', pid = 999999999`,
    );
    const over = await session.lease('a', holder('r2'));
    expect(over).toMatchObject({ held: { epoch: 2n } });
    if ('held' in over) await over.held.release();
    await base.sql(`UPDATE overland.lease SET holder = '{"runId":"far"}', machine = 'elsewhere'`);
    expect(await session.lease('a', holder('r3'))).toMatchObject({ heldBy: { runId: 'far', alive: 'unknown' } });
  });

  it('survives a connection that is cut: the next beat takes the lock again', async () => {
    const base = await bench.make('');
    await using session = await base.connect();
    const taken = await session.lease('a', holder('r1'));
    if (!('held' in taken)) throw new Error('not held');
    await base.sql(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'`);
    await sleep(100);
    await taken.held.beat('execute');
    expect(await base.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).toEqual([['1']]);
    await taken.held.release();
  });
});

describe('stopping', () => {
  it('cancels a query that runs, by a second connection', async () => {
    const base = await bench.make('CREATE TABLE t (id int)');
    const session = await base.connect();
    const transaction = await session.begin();
    const running = failureOf(transaction.query('SELECT pg_sleep(30)'));
    await sleep(200);
    const started = performance.now();
    expect(await session.stop('cancel_query')).toEqual({ undoing: true });
    expect(await running).toMatchObject({ error: { code: '57014' } });
    expect(performance.now() - started).toBeLessThan(2000);
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    await session.stop('kill');
    expect(
      await base.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> pg_backend_pid()",
      ),
    ).toEqual([['0']]);
  });

  it('ends a copy whose rows do not come, at once', async () => {
    const base = await bench.make('CREATE TABLE t (id int, a text)');
    await using session = await entered(base);
    const transaction = await session.begin();
    let letGo: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    async function* rows(): AsyncGenerator<Row[]> {
      yield Array.from({ length: 50_000 }, (_one, index): Row => [BigInt(index), 'x'.repeat(50)]);
      await stalled;
      yield [[1n, 'late']];
    }
    const loading = failureOf(transaction.load(outputOf('t', ['id', 'a']), rows(), 'nothing', chunkOf(), fence));
    await sleep(300);
    const started = performance.now();
    await session.stop('cancel_query');
    expect(await loading).toMatchObject({ name: 'AbortError' });
    expect(performance.now() - started).toBeLessThan(2000);
    letGo();
    await transaction[Symbol.asyncDispose]();
    expect(await base.sql('SELECT count(*) FROM t')).toEqual([['0']]);
  });

  it('an aborted read ends, and the session goes on', async () => {
    const base = await bench.make(
      "CREATE TABLE t AS SELECT i AS id, repeat('x', 500) AS a FROM generate_series(1, 100000) i",
    );
    await using session = await base.connect('read');
    const abort = new AbortController();
    const reading = (async () => {
      for await (const _batch of session.scan('t', ['id', 'a'], abort.signal))
        abort.abort(new DOMException('enough', 'AbortError'));
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect((await session.query('SELECT count(*) FROM t', 1)).rows).toEqual([[100_000n]]);
  });
});

describe('faults', () => {
  it('a lock that is held: kind locked after lock_timeout, and the chunk stays pending', async () => {
    const base = await bench.make('CREATE TABLE t (id int PRIMARY KEY)');
    const session = await base.connect('write', { lock_timeout: '200ms' });
    await session.control.enter(fence, 'hash', holderOf());
    await session.control.addChunks(fence, 'unit', [{ path: '0', bounds: chunkOf().bounds }]);
    await using other = await base.connect();
    const blocking = await other.begin();
    await blocking.execute('LOCK TABLE t IN ACCESS EXCLUSIVE MODE');
    expect(await failureOf(loadChunk(session, outputOf('t', ['id']), [[1n]]))).toMatchObject({
      error: { kind: 'locked', code: '55P03' },
    });
    await blocking[Symbol.asyncDispose]();
    expect(await loadChunk(session, outputOf('t', ['id']), [[1n]])).toMatchObject({ inserted: 1 });
    await session[Symbol.asyncDispose]();
  });

  it('a statement that takes too long is transient; a deadlock is transient for one and nothing for the other', async () => {
    const base = await bench.make('CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0), (2, 0)');
    await using session = await base.connect('write', { statement_timeout: '150ms' });
    const slow = await session.begin();
    expect(await failureOf(slow.execute('SELECT pg_sleep(5)'))).toMatchObject({
      error: { kind: 'transient', code: '57014' },
    });
    await slow[Symbol.asyncDispose]();
    await using patient = await base.connect();
    const [a, b] = await Promise.all([patient.begin(), patient.begin()]);
    await a.execute('UPDATE t SET n = 1 WHERE id = 1');
    await b.execute('UPDATE t SET n = 2 WHERE id = 2');
    const both = await Promise.all([
      failureOf(a.execute('UPDATE t SET n = 1 WHERE id = 2')),
      failureOf(b.execute('UPDATE t SET n = 2 WHERE id = 1')),
    ]);
    expect(both.filter((one) => one === null)).toHaveLength(1);
    expect(both.find((one) => one !== null)).toMatchObject({ error: { kind: 'transient', code: '40P01' } });
    await a[Symbol.asyncDispose]();
    await b[Symbol.asyncDispose]();
  });

  it('the server is killed in the middle of a chunk and started again: the same session goes on', async () => {
    const { control } = bench.server;
    if (!control) return;
    const base = await bench.make('CREATE TABLE t (id int PRIMARY KEY, a text)');
    await using session = await entered(base);
    const output = outputOf('t', ['id', 'a']);
    {
      await using transaction = await session.begin();
      await transaction.claim(chunkOf(), fence);
      async function* rows(): AsyncGenerator<Row[]> {
        yield [[1n, 'x']];
        control?.crash();
        for (let n = 2; n < 200_000; n += 1000) {
          await sleep(1);
          yield Array.from({ length: 1000 }, (_one, index): Row => [BigInt(n + index), 'x'.repeat(100)]);
        }
      }
      expect(await failureOf(transaction.load(output, rows(), 'nothing', chunkOf(), fence))).toMatchObject({
        error: { kind: 'transient' },
      });
    }
    expect(await failureOf(loadChunk(session, output, [[1n, 'x']]))).toMatchObject({ error: { kind: 'transient' } });
    await sleep(200);
    await control.start();
    expect((await session.control.chunks('run1', 'unit'))[0]?.state).toBe('pending');
    expect(await loadChunk(session, output, [[1n, 'x']])).toEqual({ inserted: 1, updated: 0, same: 0 });
  });

  it('a commit whose answer is lost: the claim says that it happened', async () => {
    const base = await bench.make('CREATE TABLE t (id int PRIMARY KEY)');
    const proxy = await cuttingProxy(Number(bench.server.fields['port']));
    await using session = await base.connect('write', { port: String(proxy.port) });
    await session.control.enter(fence, 'hash', holderOf());
    await session.control.addChunks(fence, 'unit', [{ path: '0', bounds: chunkOf().bounds }]);
    // The message ends there: READ COMMITTED is another one.
    proxy.cutAfter('COMMIT\0');
    expect(await failureOf(loadChunk(session, outputOf('t', ['id']), [[7n]]))).toMatchObject({
      error: { kind: 'transient' },
    });
    expect(await loadChunk(session, outputOf('t', ['id']), [[7n]])).toBe('already_done');
    expect(await base.sql('SELECT id FROM t')).toEqual([['7']]);
    await session[Symbol.asyncDispose]();
    proxy.close();
  });

  it('a connection that is cut while reading: transient, and reading again gives everything', async () => {
    const base = await bench.make(
      "CREATE TABLE t AS SELECT i AS id, repeat('x', 500) AS a FROM generate_series(1, 20000) i",
    );
    await using session = await base.connect('read');
    const spec: ReadSpec = { from: { kind: 'table', table: 't' }, columns: ['id'], key: [] };
    const reading = (async () => {
      for await (const _batch of session.scan('t', ['id', 'a']))
        await base.sql(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
    })();
    expect(await failureOf(reading)).toMatchObject({ error: { kind: 'transient' } });
    let rows = 0;
    for await (const batch of session.read(spec, { from: null, to: null, inclusive: 'to', records: 0 }))
      rows += batch.rows.length;
    expect(rows).toBe(20_000);
  });

  it('a right that is lost half way: permanent, with what was refused', async () => {
    const base = await bench.make('CREATE TABLE t (id int PRIMARY KEY)');
    const role = `half_${base.name}`;
    await base.sql(
      `CREATE ROLE ${role} LOGIN; GRANT CREATE ON DATABASE ${base.name} TO ${role}; GRANT ALL ON t TO ${role}`,
    );
    const session = await base.connect('write', { user: role });
    await session.control.enter(fence, 'hash', holderOf());
    await session.control.addChunks(fence, 'unit', [
      { path: '0', bounds: chunkOf().bounds },
      { path: '1', bounds: chunkOf().bounds },
    ]);
    expect(await loadChunk(session, outputOf('t', ['id']), [[1n]])).toMatchObject({ inserted: 1 });
    await base.sql(`REVOKE INSERT ON t FROM ${role}`);
    expect(await failureOf(loadChunk(session, outputOf('t', ['id']), [[2n]], 'nothing', '1'))).toMatchObject({
      error: { kind: 'permanent', code: '42501' },
    });
    await session[Symbol.asyncDispose]();
    await base.sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  });
});

it.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
  'a full disk of the server: kind space, and everything is as before',
  async ({ skip }) => {
    const { control } = bench.server;
    if (!control) return;
    const folder = join(control.folder, 'small');
    mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      skip('this machine lets nobody mount');
    }
    try {
      const { uid, gid } = statSync(control.folder);
      chownSync(folder, uid, gid);
      const base = await bench.make('');
      await base.sql(`CREATE TABLESPACE small LOCATION '${folder}'`);
      await base.sql('CREATE TABLE t (id int, a text) TABLESPACE small');
      await using session = await entered(base);
      const rows: Row[] = Array.from({ length: 20_000 }, (_one, index) => [BigInt(index), 'x'.repeat(500)]);
      expect(await failureOf(loadChunk(session, outputOf('t', ['id', 'a']), rows))).toMatchObject({
        error: { kind: 'space', code: '53100' },
      });
      expect((await session.control.chunks('run1', 'unit'))[0]?.state).toBe('pending');
      expect(await base.sql('SELECT count(*) FROM t')).toEqual([['0']]);
      await session[Symbol.asyncDispose]();
      await base.sql('DROP TABLE t');
      await base.sql('DROP TABLESPACE small');
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  },
);

/** Passes bytes on, and cuts the connection once after a word has gone to the server. */
async function cuttingProxy(to: number): Promise<{ port: number; cutAfter(word: string): void; close(): void }> {
  let word: string | null = null;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = dial(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    let cut = false;
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (word === null || !bytes.includes(word)) return;
      word = null;
      cut = true;
    });
    upstream.on('data', (bytes) => {
      // The server has answered, so the statement was executed; the answer is kept back.
      if (cut) client.destroy();
      else client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    cutAfter(given) {
      word = given;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
