import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import { hasMariadb } from '../../testing/servers/mariadb.ts';
import type { RelationalSession } from '../relational.ts';
import { openSession } from './session.ts';
import { allRows, type Bench, chunkOf, fence, holderOf, loadChunk, makeBench, outputOf, plain } from './testing.ts';

process.env['TZ'] = 'America/St_Johns';

const numbers = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_one, index) => [BigInt(from + index), `row ${from + index}`]);

describe.skipIf(!hasMariadb())('writing', () => {
  let bench: Bench;
  let database: string;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(() => bench.remove());
  beforeEach(async () => {
    database = await bench.database();
    await bench.sql(database, 'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(40))');
  });
  const t = outputOf('t', ['id', 'a']);

  it('commits once: a second claim sees that it is done', async () => {
    await using session = await bench.entered(database);
    expect(await loadChunk(session, t, numbers(0, 100))).toEqual({ inserted: 100, updated: 0, same: 0 });
    expect(await loadChunk(session, t, numbers(0, 100))).toBe('already_done');
    expect(await session.control.chunks('run1', 'unit')).toMatchObject([
      { path: '0', state: 'done', digest: 'digest', counts: noCounts },
      { path: '1', state: 'pending' },
      { path: '2', state: 'pending' },
      { path: '3', state: 'pending' },
    ]);
  });

  it('a process with an old epoch is fenced off, on every way to write', async () => {
    await using old = await bench.entered(database);
    await using fresh = await bench.open(database);
    await fresh.control.enter({ runId: 'run1', epoch: 2n }, 'hash', holderOf());
    expect(await loadChunk(old, t, numbers(0, 3))).toBe('fenced');
    const bounds = chunkOf().bounds;
    await expect(old.control.addChunks(fence, 'unit', [{ path: '9', bounds }])).rejects.toThrow('taken over');
    await expect(old.control.splitChunk(fence, 'unit', '0', [])).rejects.toThrow('taken over');
    await expect(old.control.enter(fence, 'hash', holderOf())).rejects.toThrow('taken over');
    expect(await allRows(fresh, 't', ['id'])).toEqual([]);
  });

  it('a transaction that is dropped leaves the chunk pending', async () => {
    await using session = await bench.entered(database);
    {
      await using transaction = await session.begin();
      expect(await transaction.claim(chunkOf('1'), fence)).toBe('claimed');
      await transaction.load(t, [numbers(0, 10)], 'nothing', chunkOf('1'), fence);
    }
    expect((await session.control.chunks('run1', 'unit'))[1]?.state).toBe('pending');
    expect(await allRows(session, 't', ['id'])).toEqual([]);
  });

  it('transactions at once, and a claim that waits for the one that holds the chunk', async () => {
    await using session = await bench.entered(database);
    const loads = [0, 1, 2, 3].map((n) => loadChunk(session, t, numbers(n * 500, n * 500 + 500), 'nothing', `${n}`));
    await Promise.all(loads);
    expect(await allRows(session, 't', ['id'])).toHaveLength(2000);
    await bench.sql(database, "UPDATE overland_chunk SET state = 'pending' WHERE path = '0'");
    const twice = [loadChunk(session, t, numbers(9000, 9010)), loadChunk(session, t, numbers(9000, 9010))];
    expect((await Promise.all(twice)).filter((one) => one === 'already_done')).toHaveLength(1);
  });

  it('more transactions than may be open wait, and our own bookkeeping does not wait for them', async () => {
    await using session = await bench.entered(database);
    const open = await Promise.all(Array.from({ length: session.can.parallel ?? 0 }, () => session.begin()));
    let began = false;
    const waiting = session.begin().then((transaction) => {
      began = true;
      return transaction;
    });
    await session.control.addChunks(fence, 'unit', [{ path: '7', bounds: chunkOf().bounds }]);
    expect(began).toBe(false);
    for (const transaction of open) await transaction[Symbol.asyncDispose]();
    await (await waiting)[Symbol.asyncDispose]();
  });

  it('works where the binary log takes statements', async () => {
    const own = await makeBench({ 'log-bin': 'log', 'binlog-format': 'STATEMENT' });
    try {
      const name = await own.database();
      await own.sql(name, 'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(40))');
      await using session = await own.entered(name);
      expect(await loadChunk(session, t, numbers(0, 100), 'written')).toMatchObject({ inserted: 100 });
    } finally {
      await own.remove();
    }
  });

  it('splits a chunk into halves that are chunks of their own, in order', async () => {
    await using session = await bench.entered(database);
    const halves = ['2.0', '2.1'].map((path) => ({ path, bounds: chunkOf().bounds }));
    await session.control.splitChunk(fence, 'unit', '2', halves);
    await session.control.splitChunk(fence, 'unit', '2', halves);
    await session.control.addChunks(fence, 'unit', [{ path: '10', bounds: chunkOf().bounds }]);
    const chunks = await session.control.chunks('run1', 'unit');
    expect(chunks.map((one) => one.path)).toEqual(['0', '1', '2', '2.0', '2.1', '3', '10']);
    expect(chunks[2]?.state).toBe('split');
  });

  it.each<[string, Row, string, string | null]>([
    ['unique', [77n, 'a3', 1n, null], 'ER_DUP_ENTRY', null],
    ['primary key', [3n, 'x', 1n, null], 'ER_DUP_ENTRY', 'id'],
    ['not null', [77n, null, 1n, null], 'ER_BAD_NULL_ERROR', 'a'],
    ['check', [77n, 'x', 100n, null], 'MYSQL_4025', null],
    ['foreign key', [77n, 'x', 1n, 'nobody'], 'ER_NO_REFERENCED_ROW_2', 'p'],
  ])('a refused row is named: %s', async (_name, bad, code, column) => {
    await bench.sql(
      database,
      `CREATE TABLE p (id VARCHAR(20) PRIMARY KEY); INSERT INTO p VALUES ('p1');
       CREATE TABLE c (id INT PRIMARY KEY, a VARCHAR(20) NOT NULL UNIQUE, n INT CHECK (n < 100), p VARCHAR(20),
         FOREIGN KEY (p) REFERENCES p (id))`,
    );
    await using session = await bench.entered(database);
    const rows: Row[] = Array.from({ length: 400 }, (_one, index) => [BigInt(index + 100), `b${index}`, 1n, 'p1']);
    rows[0] = [3n, 'a3', 1n, null];
    rows[329] = bad;
    const failure = await loadChunk(session, outputOf('c', ['id', 'a', 'n', 'p']), rows).catch((error) => error);
    expect(failure).toMatchObject({ row: 329, error: { kind: 'data', code, table: 'c', column } });
    expect(await allRows(session, 'c', ['id'])).toEqual([]);
  });

  it('refuses a table without transactions', async () => {
    await bench.sql(database, 'CREATE TABLE m (id INT PRIMARY KEY) ENGINE = Aria');
    await using session = await bench.entered(database);
    await expect(loadChunk(session, outputOf('m', ['id']), [[1n]])).rejects.toThrow('Aria');
  });

  it('an error of the rows themselves comes out as it is, and nothing stays', async () => {
    await using session = await bench.entered(database);
    const broken = new Error('the source broke');
    async function* batches(): AsyncGenerator<Row[]> {
      yield numbers(0, 20_000);
      throw broken;
    }
    {
      await using transaction = await session.begin();
      await expect(transaction.load(t, batches(), 'nothing', chunkOf(), fence)).rejects.toBe(broken);
    }
    expect(await allRows(session, 't', ['id'])).toEqual([]);
  });

  const wide = 'id INT PRIMARY KEY, a VARCHAR(40), d DECIMAL(10,2), at DATETIME(6), f FLOAT, e ENUM("x","y"), b BLOB';
  const wideOutput = (mode: 'insert' | 'upsert' | 'replace') => outputOf('w', ['id', 'a', 'd', 'at', 'f'], { mode });
  const wideRow = (id: bigint, a: string): Row => [id, a, '1.5', '2024-01-01 00:00:00', Math.fround(1.1)];

  it('takes back what it kept of an insert, and leaves rows that others changed', async () => {
    await bench.sql(database, `CREATE TABLE w (${wide}); INSERT INTO w (id, a) VALUES (1, 'before')`);
    await using session = await bench.entered(database);
    const output = wideOutput('insert');
    const rows = Array.from({ length: 500 }, (_one, index) => wideRow(BigInt(index + 10), `n${index}`));
    await loadChunk(session, output, rows, 'written');
    await bench.sql(database, `UPDATE w SET a = 'changed' WHERE id = 20; DELETE FROM w WHERE id = 21`);
    await using transaction = await session.begin();
    expect(await transaction.claimUndo(chunkOf(), fence)).toBe('claimed');
    const undone = await transaction.undoKept(output, chunkOf(), fence);
    await transaction.commit(null, null);
    expect(undone.undone).toBe(499);
    expect(undone.diverged).toHaveLength(1);
    expect(undone.diverged[0]?.found).toContain('changed');
    expect(await allRows(session, 'w', ['id', 'a'])).toEqual([
      [1n, 'before'],
      [20n, 'changed'],
    ]);
  });

  it.each(['upsert', 'replace'] as const)('%s counts, and gives the old rows back exact', async (mode) => {
    await bench.sql(
      database,
      `CREATE TABLE w (${wide}); SET sql_mode = '';
       INSERT INTO w VALUES (1, 'one', 2.50, '2022-11-00 00:00:00', 16777216, 'x', x'00ff'), (2, 'two', 0, '0000-00-00', -1.1, 'nothing', ''),
         (3, 'same', 1.5, '2024-01-01', 1.1, 'y', NULL)`,
    );
    await using session = await bench.entered(database);
    const before = await session.fingerprint(['w'], 'exact');
    const output = wideOutput(mode);
    const rows = [
      wideRow(1n, 'new'),
      wideRow(2n, 'new'),
      wideRow(3n, 'same'),
      wideRow(4n, 'added'),
      wideRow(4n, 'again'),
    ];
    const result = await loadChunk(session, output, rows, 'preimages');
    expect(result).toEqual(
      mode === 'upsert' ? { inserted: 1, updated: 3, same: 1 } : { inserted: 1, updated: 4, same: 0 },
    );
    expect((await allRows(session, 'w', ['id', 'a', 'e'])).map(plain)).toEqual([
      ['1n', 'new', mode === 'upsert' ? 'x' : null],
      ['2n', 'new', mode === 'upsert' ? '' : null],
      ['3n', 'same', mode === 'upsert' ? 'y' : null],
      ['4n', 'again', null],
    ]);
    await using transaction = await session.begin();
    await transaction.claimUndo(chunkOf(), fence);
    expect((await transaction.undoKept(output, chunkOf(), fence)).diverged).toEqual([]);
    await transaction.commit(null, null);
    expect(await session.fingerprint(['w'], 'exact')).toEqual(before);
  });

  it('keys that are one to the server follow each other', async () => {
    await bench.sql(database, 'CREATE TABLE k (k VARCHAR(10) COLLATE utf8mb4_general_ci PRIMARY KEY, v INT)');
    await using session = await bench.entered(database);
    const output = outputOf('k', ['k', 'v'], { mode: 'upsert' });
    const result = await loadChunk(
      session,
      output,
      [
        ['a', 1n],
        ['A', 2n],
        ['b', 3n],
      ],
      'preimages',
    );
    expect(result).toEqual({ inserted: 2, updated: 1, same: 0 });
    expect(await allRows(session, 'k', ['k', 'v'])).toEqual([
      ['a', 2n],
      ['b', 3n],
    ]);
  });

  it('removes exactly the rows expected', async () => {
    await using session = await bench.entered(database);
    await loadChunk(session, t, numbers(0, 600));
    await bench.sql(database, "UPDATE t SET a = 'x' WHERE id = 5; DELETE FROM t WHERE id = 6");
    await using transaction = await session.begin();
    const found = await transaction.removeExact(t, numbers(0, 600));
    await transaction.commit(null, null);
    expect(found).toEqual({
      removed: 598,
      missing: [[6n, 'row 6']],
      diverged: [{ expected: [5n, 'row 5'], found: [5n, 'x'] }],
    });
    expect(await allRows(session, 't', ['id'])).toEqual([[5n]]);
  });

  it('leaves nothing of ours behind', async () => {
    await using session = await bench.entered(database);
    const lease = await session.lease('target:t', holderOf());
    if (!('held' in lease)) throw new Error('not held');
    await loadChunk(session, t, numbers(0, 3), 'written');
    expect(await session.control.present('run1')).toBe(true);
    await lease.held.release();
    await session.control.leave('run1');
    expect(await session.control.present('run1')).toBe(false);
    expect(await bench.sql(database, 'SHOW TABLES')).toEqual([['t']]);
  });

  describe('faults', () => {
    it('a deadlock is transient, ends the transaction and lets nothing be written as if it had not', async () => {
      await bench.sql(database, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
      await using session = await bench.entered(database);
      await using one = await session.begin();
      await using two = await session.begin();
      await one.execute("UPDATE t SET a = 'one' WHERE id = 1");
      await two.execute("UPDATE t SET a = 'two' WHERE id = 2");
      const both = await Promise.allSettled([
        one.execute("UPDATE t SET a = 'one' WHERE id = 2"),
        two.execute("UPDATE t SET a = 'two' WHERE id = 1"),
      ]);
      const lost = both.findIndex((end) => end.status === 'rejected');
      expect(both[lost]).toMatchObject({ reason: { error: { kind: 'transient', code: 'ER_LOCK_DEADLOCK' } } });
      const loser = lost === 0 ? one : two;
      await expect(loser.execute("INSERT INTO t VALUES (9, 'late')")).rejects.toMatchObject({
        error: { kind: 'transient' },
      });
      await expect(loser.commit(null, null)).rejects.toMatchObject({ error: { code: 'ER_LOCK_DEADLOCK' } });
      await loser[Symbol.asyncDispose]();
      expect(await allRows(session, 't', ['id'])).toEqual([[1n], [2n]]);
    });

    it('a connection that is cut is transient; the next transaction has a new one', async () => {
      await using session = await bench.entered(database);
      {
        await using transaction = await session.begin();
        await transaction.load(t, [numbers(0, 10)], 'nothing', chunkOf(), fence);
        const [[id]] = (await transaction.query('SELECT CONNECTION_ID()')) as [[bigint]];
        await bench.sql(database, `KILL ${id}`);
        await expect(transaction.commit(null, null)).rejects.toMatchObject({ error: { kind: 'transient' } });
      }
      expect(await loadChunk(session, t, numbers(0, 10))).toMatchObject({ inserted: 10 });
    });

    it('the server crashes and comes back: the chunk is pending and can be done', async () => {
      const { control } = bench.server;
      if (!control) return;
      await using session = await bench.entered(database);
      {
        await using transaction = await session.begin();
        await transaction.claim(chunkOf(), fence);
        await transaction.load(t, [numbers(0, 1000)], 'nothing', chunkOf(), fence);
        await control.crash();
        await expect(transaction.commit(null, null)).rejects.toMatchObject({ error: { kind: 'transient' } });
      }
      await control.start();
      expect((await session.control.chunks('run1', 'unit'))[0]?.state).toBe('pending');
      expect(await loadChunk(session, t, numbers(0, 1000))).toMatchObject({ inserted: 1000 });
    });

    it('a full disk is told from bad rows, and nothing of the chunk stays', async () => {
      const own = await makeBench({
        'innodb-file-per-table': '0',
        'innodb-data-file-path': 'ibdata1:12M:autoextend:max:40M',
      });
      try {
        const name = await own.database();
        await own.sql(name, 'CREATE TABLE t (id INT PRIMARY KEY, a TEXT)');
        await using session = await own.entered(name);
        const rows = Array.from({ length: 60_000 }, (_one, index): Row => [BigInt(index), 'x'.repeat(1000)]);
        const failure = await loadChunk(session, t, rows).catch((error: unknown) => error);
        expect(failure).toMatchObject({ error: { kind: 'space', code: 'ER_RECORD_FILE_FULL' } });
        expect(await allRows(session, 't', ['id'])).toEqual([]);
        expect((await session.control.chunks('run1', 'unit'))[0]?.state).toBe('pending');
      } finally {
        await own.remove();
      }
    });

    it('a right that is lost half way is permanent', async () => {
      await bench.sql(
        database,
        `CREATE USER worker@'%' IDENTIFIED BY 'secret'; GRANT ALL ON \`${database}\`.* TO worker@'%'`,
      );
      const endpoint = { ...bench.endpoint(database, { user: 'worker' }), password: 'secret' };
      await using session = await openSession(endpoint, 'write', bench.env);
      await session.control.enter(fence, 'hash', holderOf());
      await session.control.addChunks(fence, 'unit', [{ path: '0', bounds: chunkOf().bounds }]);
      // Rights on a database are read when a session begins: the next one lacks it.
      await bench.sql(database, `REVOKE INSERT ON \`${database}\`.* FROM worker@'%'`);
      {
        await using without = await openSession(endpoint, 'write', bench.env);
        await expect(loadChunk(without, t, numbers(0, 10))).rejects.toMatchObject({ error: { kind: 'permanent' } });
      }
      expect((await session.control.chunks('run1', 'unit'))[0]?.state).toBe('pending');
      expect(await loadChunk(session, t, numbers(0, 10))).toMatchObject({ inserted: 10 });
    });

    it('stop ends what runs, and the work ends with its reason', async () => {
      await using session: RelationalSession = await bench.open(database);
      const began = performance.now();
      const running = session.query('SELECT SLEEP(30)', 1);
      const ended = expect(running).rejects.toThrow();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await session.stop('cancel_query');
      await ended;
      expect(performance.now() - began).toBeLessThan(5000);
    });
  });

  describe('lease', () => {
    it('has one holder; one that is dead for certain is replaced, with a higher epoch', async () => {
      await using one = await bench.open(database);
      await using two = await bench.open(database);
      const first = await one.lease('target:t', holderOf());
      if (!('held' in first)) throw new Error('not held');
      expect(await two.lease('target:t', holderOf('run2'))).toMatchObject({ heldBy: { runId: 'run1', alive: 'yes' } });
      await first.held.beat('execute');
      expect(await two.leaseHolder('target:t')).toMatchObject({ phase: 'execute', person: 'anna' });
      await bench.sql(database, 'UPDATE overland_lease SET pid = 999999999');
      const second = await two.lease('target:t', holderOf('run2'));
      if (!('held' in second)) throw new Error('not held');
      expect(second.held.epoch).toBe(first.held.epoch + 1n);
      await expect(first.held.beat('execute')).rejects.toMatchObject({ code: 'LOCKED' });
      await second.held.release();
      await first.held.release();
      expect(await one.leaseHolder('target:t')).toBeNull();
    });

    it('a holder on another machine is alive while it holds the lock of the server', async () => {
      await using one = await bench.open(database);
      const first = await one.lease('target:t', holderOf());
      if (!('held' in first)) throw new Error('not held');
      await bench.sql(database, "UPDATE overland_lease SET machine = 'elsewhere'");
      expect(await one.leaseHolder('target:t')).toMatchObject({ alive: 'yes' });
      await first.held.release();
      await bench.sql(database, `UPDATE overland_lease SET holder = '${JSON.stringify(holderOf())}'`);
      expect(await one.leaseHolder('target:t')).toMatchObject({ alive: 'unknown' });
    });
  });
});
