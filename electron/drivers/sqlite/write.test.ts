import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import { sqliteDriver } from './index.ts';
import { allRows, type Bench, chunkOf, entered, fence, holderOf, loadChunk, makeBench, outputOf } from './testing.ts';

let bench: Bench;
beforeEach(() => {
  bench = makeBench();
});
afterEach(() => bench.remove());

const numbers = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_one, index) => [BigInt(from + index), `row ${from + index}`]);

describe('claim and epoch', () => {
  it('commits once: a second claim sees that it is done', async () => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)');
    const session = await entered(bench, 't.db');
    const output = outputOf('t', ['id', 'a']);
    expect(await loadChunk(session, output, numbers(0, 100))).toEqual({ inserted: 100, updated: 0, same: 0 });
    expect(await loadChunk(session, output, numbers(0, 100))).toBe('already_done');
    expect(await session.control.chunks('run1', 'unit')).toMatchObject([
      { path: '0', state: 'done', digest: 'digest', counts: noCounts },
      { path: '1', state: 'pending' },
      { path: '2', state: 'pending' },
      { path: '3', state: 'pending' },
    ]);
    await session[Symbol.asyncDispose]();
  });

  it('a process with an old epoch is fenced off, on every way to write', async () => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)');
    const old = await entered(bench, 't.db');
    const fresh = await sqliteDriver.connect(bench.endpoint('t.db'), 'write', bench.env);
    await fresh.control.enter({ runId: 'run1', epoch: 2n }, 'hash', holderOf());
    expect(await loadChunk(old, outputOf('t', ['id', 'a']), numbers(0, 3))).toBe('fenced');
    await expect(old.control.addChunks(fence, 'unit', [{ path: '9', bounds: chunkOf().bounds }])).rejects.toThrow(
      'taken over',
    );
    await expect(old.control.splitChunk(fence, 'unit', '0', [])).rejects.toThrow('taken over');
    await expect(old.control.enter(fence, 'hash', holderOf())).rejects.toThrow('taken over');
    expect(await allRows(fresh, 't', ['id'])).toEqual([]);
    await old[Symbol.asyncDispose]();
    await fresh[Symbol.asyncDispose]();
  });

  it('a transaction that is dropped leaves the chunk pending', async () => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)');
    const session = await entered(bench, 't.db');
    {
      await using transaction = await session.begin();
      expect(await transaction.claim(chunkOf('1'), fence)).toBe('claimed');
      await transaction.load(outputOf('t', ['id', 'a']), [numbers(0, 10)], 'nothing', chunkOf('1'), fence);
    }
    expect((await session.control.chunks('run1', 'unit'))[1]?.state).toBe('pending');
    expect(await allRows(session, 't', ['id'])).toEqual([]);
    await session[Symbol.asyncDispose]();
  });

  it('splits a chunk into halves that are chunks of their own, in order', async () => {
    bench.make('t.db', 'CREATE TABLE t (id)');
    const session = await entered(bench, 't.db');
    const halves = ['2.0', '2.1'].map((path) => ({ path, bounds: chunkOf().bounds }));
    await session.control.splitChunk(fence, 'unit', '2', halves);
    await session.control.splitChunk(fence, 'unit', '2', halves);
    await session.control.addChunks(fence, 'unit', [{ path: '10', bounds: chunkOf().bounds }]);
    const chunks = await session.control.chunks('run1', 'unit');
    expect(chunks.map((one) => `${one.path} ${one.state}`)).toEqual([
      '0 pending',
      '1 pending',
      '2 split',
      '2.0 pending',
      '2.1 pending',
      '3 pending',
      '10 pending',
    ]);
    await session[Symbol.asyncDispose]();
  });

  it('transactions of one session wait for each other', async () => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)');
    const session = await entered(bench, 't.db');
    const output = outputOf('t', ['id', 'a']);
    await Promise.all(
      [0, 1, 2, 3].map((n) => loadChunk(session, output, numbers(n * 500, n * 500 + 500), 'nothing', `${n}`)),
    );
    expect(await allRows(session, 't', ['id'])).toHaveLength(2000);
    await session[Symbol.asyncDispose]();
  });
});

describe('a refused row', () => {
  const schema = `CREATE TABLE p (id TEXT PRIMARY KEY); INSERT INTO p VALUES ('p1');
    CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL UNIQUE, n INTEGER CHECK (n < 100), p TEXT REFERENCES p(id));`;
  it.each<[string, Row, string, string | null]>([
    ['unique', [77n, 'a3', 1n, null], 'SQLITE_CONSTRAINT_UNIQUE', 'a'],
    ['not null', [77n, null, 1n, null], 'SQLITE_CONSTRAINT_NOTNULL', 'a'],
    ['check', [77n, 'x', 100n, null], 'SQLITE_CONSTRAINT_CHECK', null],
    ['primary key', [3n, 'x', 1n, null], 'SQLITE_CONSTRAINT_PRIMARYKEY', 'id'],
    ['foreign key', [77n, 'x', 1n, 'nobody'], 'SQLITE_CONSTRAINT_FOREIGNKEY', 'p'],
  ])('names table, column and row: %s', async (_name, bad, code, column) => {
    bench.make('t.db', schema);
    const session = await entered(bench, 't.db');
    const rows: Row[] = Array.from({ length: 40 }, (_one, index) => [BigInt(index), `a${index}`, 1n, 'p1']);
    rows[29] = bad;
    const failure = await loadChunk(session, outputOf('t', ['id', 'a', 'n', 'p']), rows).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ row: 29, error: { kind: 'data', code, table: 't', column } });
    await session[Symbol.asyncDispose]();
  });

  it('counts rows over all batches of the call', async () => {
    bench.make('t.db', schema);
    const session = await entered(bench, 't.db');
    await using transaction = await session.begin();
    const failure = await transaction
      .load(
        outputOf('t', ['id', 'a']),
        [
          [[1n, 'x']],
          [],
          [
            [2n, 'y'],
            [3n, 'x'],
          ],
        ],
        'nothing',
        chunkOf(),
        fence,
      )
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ row: 2 });
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
  });
});

it('a file that may not grow: kind space, and everything is as before', async () => {
  bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)');
  const session = await entered(bench, 't.db');
  {
    await using transaction = await session.begin();
    await transaction.query('PRAGMA max_page_count = 40');
    await transaction.claim(chunkOf(), fence);
    const failure = await transaction
      .load(outputOf('t', ['id', 'a']), [numbers(0, 20_000)], 'nothing', chunkOf(), fence)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ error: { kind: 'space', code: 'SQLITE_FULL' } });
  }
  expect((await session.control.chunks('run1', 'unit'))[0]?.state).toBe('pending');
  expect(await allRows(session, 't', ['id'])).toEqual([]);
  await session[Symbol.asyncDispose]();
});

describe('upsert, replace and undo', () => {
  const schema = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT DEFAULT 'd', c BLOB);
    INSERT INTO t VALUES (1, 'one', 'old', x'00ff'), (2, 'two', 'old', NULL), (3, 'three', 'old', 9007199254740993);`;

  it('counts exactly, keeps preimages, and undo brings every row back', async () => {
    bench.make('t.db', schema);
    const session = await entered(bench, 't.db');
    const before = await session.fingerprint(null, 'exact');
    const output = outputOf('t', ['id', 'a'], { mode: 'upsert' });
    const result = await loadChunk(
      session,
      output,
      [
        [1n, 'ONE'],
        [2n, 'two'],
        [4n, 'four'],
        [1n, 'ONE!'],
      ],
      'preimages',
    );
    expect(result).toEqual({ inserted: 1, updated: 2, same: 1 });
    expect(await allRows(session, 't', ['id', 'a', 'b'])).toEqual([
      [1n, 'ONE!', 'old'],
      [2n, 'two', 'old'],
      [3n, 'three', 'old'],
      [4n, 'four', 'd'],
    ]);
    await using transaction = await session.begin();
    expect(await transaction.claimUndo(chunkOf(), fence)).toBe('claimed');
    expect(await transaction.undoKept(output, chunkOf(), fence)).toEqual({ undone: 2, diverged: [] });
    await transaction.commit(null, null);
    expect((await session.fingerprint(null, 'exact')).value).toBe(before.value);
    await session[Symbol.asyncDispose]();
  });

  it('replace resets the columns that are not given, without deleting the row', async () => {
    bench.make(
      't.db',
      `${schema} CREATE TABLE child (t INTEGER REFERENCES t(id) ON DELETE CASCADE); INSERT INTO child VALUES (1);`,
    );
    const session = await entered(bench, 't.db');
    await loadChunk(session, outputOf('t', ['id', 'a'], { mode: 'replace' }), [[1n, 'new']]);
    expect((await allRows(session, 't', ['id', 'a', 'b', 'c']))[0]).toEqual([1n, 'new', 'd', null]);
    expect(await allRows(session, 'child', ['t'])).toEqual([[1n]]);
    await session[Symbol.asyncDispose]();
  });

  it('a row that others changed stays and is named', async () => {
    bench.make('t.db', schema);
    const session = await entered(bench, 't.db');
    const output = outputOf('t', ['id', 'a']);
    await loadChunk(
      session,
      output,
      [
        [10n, 'ours'],
        [11n, 'ours too'],
        [12n, 'third'],
      ],
      'written',
    );
    {
      await using other = await session.begin();
      await other.execute(`UPDATE t SET a = 'theirs' WHERE id = 11`);
      await other.execute('DELETE FROM t WHERE id = 12');
      await other.commit(null, null);
    }
    await using undo = await session.begin();
    expect(await undo.claimUndo(chunkOf(), fence)).toBe('claimed');
    const result = await undo.undoKept(output, chunkOf(), fence);
    expect(result.undone).toBe(2);
    expect(result.diverged).toMatchObject([{ key: '[{"$int":"11"}]' }]);
    expect(result.diverged[0]?.found).toContain('theirs');
    await undo.commit(null, null);
    expect((await allRows(session, 't', ['id'])).flat()).toEqual([1n, 2n, 3n, 11n]);
    await using again = await session.begin();
    expect(await again.claimUndo(chunkOf(), fence)).toBe('already_undone');
    expect(await again.claimUndo(chunkOf('1'), fence)).toBe('never_done');
    await again[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
  });

  it('removeExact deletes only what is as expected, case and type included', async () => {
    bench.make(
      't.db',
      `CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b);
      INSERT INTO n VALUES (1, 'abc', 1), (2, 'ABC', 1), (3, NULL, x''), (4, 'z', 1.5);`,
    );
    const session = await entered(bench, 't.db');
    await using transaction = await session.begin();
    const result = await transaction.removeExact(outputOf('n', ['id', 'a', 'b']), [
      [1n, 'abc', 1n],
      [2n, 'abc', 1n],
      [3n, null, new Uint8Array()],
      [4n, 'z', 1.25],
      [5n, 'gone', null],
    ]);
    await transaction.commit(null, null);
    expect(result.removed).toBe(2);
    expect(result.missing).toEqual([[5n, 'gone', null]]);
    expect(result.diverged.map((one) => one.found)).toEqual([
      [2n, 'ABC', 1n],
      [4n, 'z', 1.5],
    ]);
    await session[Symbol.asyncDispose]();
  });
});

describe('structure', () => {
  it('rebuilds a parent table without losing its children, and refuses to leave orphans', async () => {
    bench.make(
      't.db',
      `CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1), (2);
      CREATE TABLE c (p INTEGER REFERENCES p(id) ON DELETE CASCADE); INSERT INTO c VALUES (1), (2);`,
    );
    const session = await entered(bench, 't.db');
    {
      await using transaction = await session.begin('structure');
      await transaction.script(
        'CREATE TABLE p2 (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO p2 SELECT id, NULL FROM p; DROP TABLE p; ALTER TABLE p2 RENAME TO p;',
        () => undefined,
      );
      await transaction.commit(null, null);
    }
    expect(await allRows(session, 'c', ['p'])).toEqual([[1n], [2n]]);
    await using transaction = await session.begin('structure');
    await transaction.script('DELETE FROM p WHERE id = 2;', () => undefined);
    await expect(transaction.commit(null, null)).rejects.toThrow('without their parent');
    await transaction[Symbol.asyncDispose]();
    expect(await allRows(session, 'p', ['id'])).toEqual([[1n], [2n]]);
    await using rows = await session.begin();
    await rows.execute('DELETE FROM p WHERE id = 2');
    await rows.commit(null, null);
    expect(await allRows(session, 'c', ['p'])).toEqual([[1n]]);
    await session[Symbol.asyncDispose]();
  });

  it('our tables are in no catalog and no fingerprint, and leave without a trace in the content', async () => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)');
    const plain = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const before = await plain.fingerprint(null, 'exact');
    await plain[Symbol.asyncDispose]();
    const session = await entered(bench, 't.db');
    const lease = await session.lease('target', holderOf());
    expect((await session.catalog(null)).tables.map((table) => table.name)).toEqual(['t']);
    expect((await session.fingerprint(null, 'exact')).value).toBe(before.value);
    expect(await session.control.present('run1')).toBe(true);
    await session.control.leave('run1');
    if ('held' in lease) await lease.held.release();
    expect(await session.control.present('run1')).toBe(false);
    await using transaction = await session.begin();
    expect(await transaction.query(`SELECT name FROM sqlite_schema WHERE name LIKE 'overland%'`)).toEqual([]);
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    expect(readdirSync(bench.folder).sort()).toEqual(['home', 't.db']);
  });

  it('leave keeps what another run needs', async () => {
    bench.make('t.db', 'CREATE TABLE t (id)');
    const session = await entered(bench, 't.db');
    await session.control.enter({ runId: 'run2', epoch: 1n }, 'h', holderOf('run2'));
    await session.control.leave('run1');
    expect(await session.control.present('run2')).toBe(true);
    await session.control.leave('run2');
    expect(await session.control.present('run2')).toBe(false);
    await session[Symbol.asyncDispose]();
  });

  it('looking at a target that does not exist does not make it', async () => {
    const session = await sqliteDriver.connect(bench.endpoint('new.db'), 'write', bench.env);
    expect((await session.catalog(null)).tables).toEqual([]);
    expect(await session.control.present('run1')).toBe(false);
    expect((await session.check()).facts[0]?.found).toContain('does not exist yet');
    await session[Symbol.asyncDispose]();
    expect(readdirSync(bench.folder)).toEqual(['home']);
  });

  it('an existing file keeps its page size and journal mode', async () => {
    bench.make(
      't.db',
      'PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a)',
    );
    const session = await entered(bench, 't.db');
    await loadChunk(session, outputOf('t', ['id', 'a']), numbers(0, 10));
    await using transaction = await session.begin();
    expect(await transaction.query('PRAGMA page_size')).toEqual([[1024n]]);
    expect(await transaction.query('PRAGMA journal_mode')).toEqual([['wal']]);
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    expect(readdirSync(bench.folder).sort()).toEqual(['home', 't.db']);
  });
});

describe('lookup', () => {
  it('finds by one or two columns, and gives the key back as it was given', async () => {
    bench.make(
      't.db',
      `CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER, c TEXT);
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199) INSERT INTO t SELECT 'k' || i, i, 'v' || i FROM n;
      CREATE INDEX ta ON t(a);`,
    );
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const keys: Row[] = [...Array.from({ length: 100 }, (_one, index): Row => [`K${index * 3}`]), [null], [5n]];
    const found = await session.lookup('t', ['a'], ['c'], keys);
    expect(found).toHaveLength(67);
    expect(found[1]).toEqual(['K3', 'v3']);
    expect(
      await session.lookup(
        't',
        ['a', 'b'],
        ['c'],
        [
          ['k1', 1n],
          ['k1', 2n],
        ],
      ),
    ).toEqual([['k1', 1n, 'v1']]);
    expect(await session.lookup('t', ['a'], [], [['k7']])).toEqual([['k7']]);
    await session[Symbol.asyncDispose]();
  });
});

describe('stopping', () => {
  it('ends a read within a batch and a load within a few rows', async () => {
    bench.make(
      't.db',
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a);
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) INSERT INTO t SELECT i, 'text ' || i FROM n;`,
    );
    const session = await entered(bench, 't.db');
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 20);
    let rows = 0;
    const read = async (): Promise<void> => {
      for await (const batch of session.scan('t', ['id', 'a'], stop.signal)) rows += batch.rows.length;
    };
    await expect(read()).rejects.toThrow('enough');
    expect(rows).toBeLessThan(300_000);

    await using transaction = await session.begin();
    let given = 0;
    function* endless(): Generator<Row[]> {
      for (; ; given += 1000) yield numbers(1_000_000 + given, 1_001_000 + given);
    }
    setTimeout(() => void session.stop('cancel_query'), 30);
    const load = transaction.load(outputOf('t', ['id', 'a']), endless(), 'nothing', chunkOf(), fence);
    await expect(load).rejects.toThrow('Stopped');
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
  });
});
