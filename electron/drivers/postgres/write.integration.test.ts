import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import { allRows, type Bench, chunkOf, entered, fence, holderOf, loadChunk, makeBench, outputOf } from './testing.ts';

process.env.TZ = 'America/St_Johns';
let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.stop());

const numbers = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_one, index) => [BigInt(from + index), `row ${from + index}`]);

describe('claim and epoch', () => {
  it('commits once: a second claim sees that it is done', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY, a text)');
    await using session = await entered(base);
    const output = outputOf('t', ['id', 'a']);
    expect(await loadChunk(session, output, numbers(0, 100))).toEqual({ inserted: 100, updated: 0, same: 0 });
    expect(await loadChunk(session, output, numbers(0, 100))).toBe('already_done');
    expect(await session.control.chunks('run1', 'unit')).toMatchObject([
      { path: '0', state: 'done', digest: 'digest', counts: noCounts },
      { path: '1', state: 'pending' },
      { path: '2', state: 'pending' },
      { path: '3', state: 'pending' },
    ]);
  });

  it('a process with an old epoch is fenced off, on every way to write', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY, a text)');
    await using old = await entered(base);
    await using fresh = await base.connect();
    await fresh.control.enter({ runId: 'run1', epoch: 2n }, 'hash', holderOf());
    expect(await loadChunk(old, outputOf('t', ['id', 'a']), numbers(0, 3))).toBe('fenced');
    await expect(old.control.addChunks(fence, 'unit', [{ path: '9', bounds: chunkOf().bounds }])).rejects.toThrow(
      'taken over',
    );
    await expect(old.control.splitChunk(fence, 'unit', '0', [])).rejects.toThrow('taken over');
    await expect(old.control.enter(fence, 'hash', holderOf())).rejects.toThrow('taken over');
    expect(await allRows(fresh, 't', ['id'])).toEqual([]);
  });

  it('a transaction that is dropped leaves the chunk pending', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY, a text)');
    await using session = await entered(base);
    {
      await using transaction = await session.begin();
      expect(await transaction.claim(chunkOf('1'), fence)).toBe('claimed');
      await transaction.load(outputOf('t', ['id', 'a']), [numbers(0, 10)], 'nothing', chunkOf('1'), fence);
    }
    expect((await session.control.chunks('run1', 'unit'))[1]?.state).toBe('pending');
    expect(await allRows(session, 't', ['id'])).toEqual([]);
  });

  it('splits a chunk into halves that are chunks of their own, in order', async () => {
    const base = await bench.make('');
    await using session = await entered(base);
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
  });

  it('several transactions of one session are open at once, and more than it can wait', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY, a text)');
    await using session = await entered(base);
    const output = outputOf('t', ['id', 'a']);
    await Promise.all(
      [0, 1, 2, 3].map((n) => loadChunk(session, output, numbers(n * 500, n * 500 + 500), 'nothing', `${n}`)),
    );
    expect(await allRows(session, 't', ['id'])).toHaveLength(2000);
    const open = await Promise.all(Array.from({ length: session.can.parallel ?? 1 }, () => session.begin()));
    let entered9 = false;
    const ninth = session.begin().then((transaction) => {
      entered9 = true;
      return transaction;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(entered9).toBe(false);
    for (const one of open) await one[Symbol.asyncDispose]();
    await (await ninth)[Symbol.asyncDispose]();
  });

  it('leaves nothing of ours behind when the last run leaves', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY, a text)');
    await using session = await entered(base);
    expect(await session.control.present('run1')).toBe(true);
    expect((await session.catalog(null)).tables.map((table) => table.name)).toEqual(['t']);
    await session.control.enter({ runId: 'run2', epoch: 1n }, 'hash', holderOf('run2'));
    await session.control.leave('run1');
    expect(await session.control.present('run1')).toBe(false);
    expect(await session.control.present('run2')).toBe(true);
    await session.control.leave('run2');
    expect(await base.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'overland'")).toEqual([]);
    await session.control.leave('run2');
  });
});

describe('a refused row', () => {
  const schema = `CREATE TABLE p (id text PRIMARY KEY); INSERT INTO p VALUES ('p1');
    CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL UNIQUE, n smallint CHECK (n < 100), p text REFERENCES p(id));`;
  const cases: readonly [string, Row, string, string | null][] = [
    ['unique', [77n, 'a3', 1n, null], '23505', 'a'],
    ['not null', [77n, null, 1n, null], '23502', 'a'],
    ['check', [77n, 'x', 100n, null], '23514', null],
    ['primary key', [3n, 'x', 1n, null], '23505', 'id'],
    ['foreign key', [77n, 'x', 1n, 'nobody'], '23503', 'p'],
    ['out of range', [77n, 'x', 40_000n, null], '22003', 'n'],
    ['NUL', [77n, 'x\0y', 1n, null], 'OVERLAND_NUL', 'a'],
  ];
  it.each(cases)('names table, column and row of a copy: %s', async (_name, bad, code, column) => {
    const base = await bench.make(schema);
    await using session = await entered(base);
    const rows: Row[] = Array.from({ length: 40 }, (_one, index) => [BigInt(index), `a${index}`, 1n, 'p1']);
    rows[29] = bad;
    const output = outputOf('t', ['id', 'a', 'n', 'p']);
    const failure = await loadChunk(session, output, rows).catch((error: unknown) => error);
    expect(failure).toMatchObject({ row: 29, error: { kind: 'data', code, table: 't', column } });
    expect(await allRows(session, 't', ['id'])).toEqual([]);
  });

  it.each(cases)('names the row of a load that keeps keys, and of an upsert: %s', async (_name, bad, code) => {
    const base = await bench.make(schema);
    await using session = await entered(base);
    const rows: Row[] = Array.from({ length: 40 }, (_one, index) => [BigInt(index), `a${index}`, 1n, 'p1']);
    rows[29] = bad;
    const output = outputOf('t', ['id', 'a', 'n', 'p']);
    const written = await loadChunk(session, output, rows, 'written').catch((error: unknown) => error);
    expect(written).toMatchObject({ row: 29, error: { kind: 'data', code } });
    if (_name === 'primary key') return;
    const upsert = await loadChunk(session, { ...output, mode: 'upsert' }, rows, 'preimages').catch(
      (error: unknown) => error,
    );
    expect(upsert).toMatchObject({ row: 29, error: { kind: 'data', code } });
  });

  it('counts rows over all batches of the call, also when they are still on their way', async () => {
    const base = await bench.make(schema);
    await using session = await entered(base);
    await using transaction = await session.begin();
    async function* batches(): AsyncGenerator<Row[]> {
      yield [[1n, 'x']];
      yield [];
      await new Promise((resolve) => setTimeout(resolve, 20));
      yield [
        [2n, 'y'],
        [3n, 'x'],
      ];
    }
    const failure = await transaction
      .load(outputOf('t', ['id', 'a']), batches(), 'nothing', chunkOf(), fence)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ row: 2 });
  });

  it('an error of the batches themselves comes out as it is, and the copy is given up', async () => {
    const base = await bench.make(schema);
    await using session = await entered(base);
    const own = new Error('the source broke');
    {
      await using transaction = await session.begin();
      async function* batches(): AsyncGenerator<Row[]> {
        yield [[1n, 'x']];
        throw own;
      }
      await expect(transaction.load(outputOf('t', ['id', 'a']), batches(), 'nothing', chunkOf(), fence)).rejects.toBe(
        own,
      );
    }
    expect(await allRows(session, 't', ['id'])).toEqual([]);
  });
});

describe('upsert, replace and undo', () => {
  const schema = `CREATE TABLE t (id bigint PRIMARY KEY, a text, b text DEFAULT 'd', c numeric, n int GENERATED ALWAYS AS IDENTITY);
    INSERT INTO t VALUES (1, 'one', 'old', 1.50), (2, 'two', 'old', NULL), (3, 'three', 'old', 'NaN');`;

  it('counts exactly, keeps preimages, and undo brings every row back', async () => {
    const base = await bench.make(schema);
    await using session = await entered(base);
    const before = await session.fingerprint(['t'], 'exact');
    const output = outputOf('t', ['id', 'a'], { mode: 'upsert' });
    const rows: Row[] = [
      [1n, 'ONE'],
      [2n, 'two'],
      [4n, 'four'],
      [1n, 'ONE!'],
    ];
    expect(await loadChunk(session, output, rows, 'preimages')).toEqual({ inserted: 1, updated: 2, same: 1 });
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
    const after = await session.fingerprint(['t'], 'exact');
    const content = (value: string | undefined) => value?.replace(/ next .*/, '');
    expect(content(after.parts[0]?.value)).toBe(content(before.parts[0]?.value));
  });

  it('replace resets the columns that are not given, without deleting the row', async () => {
    const base = await bench.make(
      `${schema} CREATE TABLE child (t bigint REFERENCES t(id) ON DELETE CASCADE); INSERT INTO child VALUES (1);`,
    );
    await using session = await entered(base);
    const result = await loadChunk(
      session,
      outputOf('t', ['id', 'a'], { mode: 'replace' }),
      [[1n, 'new']],
      'preimages',
    );
    expect(result).toEqual({ inserted: 0, updated: 1, same: 0 });
    expect((await allRows(session, 't', ['id', 'a', 'b', 'c', 'n']))[0]).toEqual([1n, 'new', 'd', null, 1n]);
    expect(await allRows(session, 'child', ['t'])).toEqual([[1n]]);
  });

  it('a row that others changed stays and is named', async () => {
    const base = await bench.make(schema);
    await using session = await entered(base);
    const output = outputOf('t', ['id', 'a']);
    const rows: Row[] = [
      [10n, 'ours'],
      [11n, 'ours too'],
      [12n, 'third'],
    ];
    await loadChunk(session, output, rows, 'written');
    await base.sql(`UPDATE t SET a = 'theirs' WHERE id = 11; DELETE FROM t WHERE id = 12`);
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
  });

  it('keys with quotes, tabs, backslashes, NULL and great length are found again', async () => {
    const base = await bench.make('CREATE TABLE t (k text, m text, a text, UNIQUE (k, m))');
    await using session = await entered(base);
    const odd = ['', 'a\tb\nc\\d', '"{}\'', '\\N', 'ü😀', 'x'.repeat(5000) + Math.random().toString(36).repeat(50)];
    const rows: Row[] = odd.flatMap((k): Row[] => [
      [k, null, 'a'],
      [k, 'm', 'b'],
    ]);
    const output = outputOf('t', ['k', 'm', 'a'], { key: ['k', 'm'] });
    // The unique index of the application cannot hold the longest one; ours must not be what refuses it.
    const short = rows.filter(([k]) => (k as string).length < 2000);
    expect(await loadChunk(session, output, short, 'written')).toEqual({ inserted: short.length, updated: 0, same: 0 });
    await using undo = await session.begin();
    await undo.claimUndo(chunkOf(), fence);
    expect(await undo.undoKept(output, chunkOf(), fence)).toEqual({ undone: short.length, diverged: [] });
    await undo.commit(null, null);
    expect(await allRows(session, 't', ['k'])).toEqual([]);
  });

  it('removeExact deletes what is as expected and returns the rest', async () => {
    const base = await bench.make(`CREATE TABLE t (id int PRIMARY KEY, a text, at timestamptz, d numeric(10,2));
      INSERT INTO t SELECT i, 'row ' || i, '2024-01-01T00:00:00Z', i FROM generate_series(1, 6000) i;
      UPDATE t SET a = 'theirs' WHERE id = 4500; DELETE FROM t WHERE id = 17`);
    await using session = await base.connect();
    await using transaction = await session.begin();
    const rows: Row[] = Array.from({ length: 6000 }, (_one, index) => [
      BigInt(index + 1),
      `row ${index + 1}`,
      '2024-01-01T03:00:00+03',
      `${index + 1}.0`,
    ]);
    const result = await transaction.removeExact(outputOf('t', ['id', 'a', 'at', 'd']), rows);
    expect(result.removed).toBe(5998);
    expect(result.missing).toEqual([rows[16]]);
    expect(result.diverged).toEqual([
      { expected: rows[4499], found: [4500n, 'theirs', '2024-01-01 00:00:00+00', '4500.00'] },
    ]);
    await transaction.commit(null, null);
    expect(await allRows(session, 't', ['id'])).toEqual([[4500n]]);
  });
});

describe('inside of a transaction', () => {
  it('lookups, queries and the catalog see what it did', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY, a text)');
    await using session = await entered(base);
    {
      await using transaction = await session.begin('structure');
      await transaction.execute('CREATE TABLE fresh (id int)');
      await transaction.execute('INSERT INTO t VALUES ($1, $2)', [5n, 'five']);
      expect(await session.lookup('t', ['id'], ['a'], [[5n], [6n]])).toEqual([[5n, 'five']]);
      expect((await session.query('SELECT count(*) FROM t', 10)).rows).toEqual([[1n]]);
      expect((await session.catalog(null)).tables.map((table) => table.name)).toEqual(['fresh', 't']);
      // A key that no date is must not end the transaction.
      expect(await session.lookup('t', ['a'], ['id'], [['five']])).toEqual([['five', 5n]]);
    }
    expect((await session.catalog(null)).tables.map((table) => table.name)).toEqual(['t']);
  });

  it('a commit after a failed statement is an error, not a silent rollback', async () => {
    const base = await bench.make('CREATE TABLE t (id bigint PRIMARY KEY)');
    await using session = await base.connect();
    await using transaction = await session.begin();
    await transaction.execute('INSERT INTO t VALUES (1)');
    await expect(transaction.execute('INSERT INTO nowhere VALUES (1)')).rejects.toThrow('nowhere');
    await expect(transaction.commit(null, null)).rejects.toThrow('nothing was committed');
  });
});
