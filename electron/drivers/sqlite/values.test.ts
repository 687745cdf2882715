import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row, Value } from '#shared/model/value.ts';
import type { ReadReject } from '../relational.ts';
import { DbFailure } from '../relational.ts';
import { sqliteDriver } from './index.ts';
import { allRows, type Bench, entered, loadChunk, makeBench, outputOf, traces } from './testing.ts';
import { affinityOf, storedForm } from './types.ts';

let bench: Bench;
beforeEach(() => {
  bench = makeBench();
});
afterEach(() => bench.remove());

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\0',
    'a\0b',
    '😀',
    '\ufeffx',
    '\ufffd',
    "'; DROP",
    '12',
    '012',
    '1e3',
    ' 5 ',
    '9007199254740993.5',
  ),
);
const float = fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0));
const bytes = fc.uint8Array({ maxLength: 40 });
const value: fc.Arbitrary<Value> = fc.oneof(fc.constant(null), integer, text, float, bytes, fc.boolean());

function plain(row: Row): unknown[] {
  return row.map((one) =>
    one instanceof Uint8Array ? Buffer.from(one).toString('hex') : typeof one === 'bigint' ? `${one}n` : one,
  );
}

describe('values', () => {
  it('arrive exact in columns without a type, or are refused by name', async () => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a, b BLOB)');
    const session = await entered(bench, 't.db');
    let next = 0n;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 40 }), async (pairs) => {
        const rows = pairs.map(([a, b]): Row => [next++, a, b]);
        await using transaction = await session.begin();
        await transaction.execute('DELETE FROM t');
        await transaction.load(outputOf('t', ['id', 'a', 'b']), [rows], 'nothing', chunk, { runId: 'r', epoch: 1n });
        await transaction.commit(null, null);
        const wanted = rows.map((row) => plain(row.map((one) => (typeof one === 'boolean' ? (one ? 1n : 0n) : one))));
        expect((await allRows(session, 't', ['id', 'a', 'b'])).map(plain)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
    await session[Symbol.asyncDispose]();
  });

  it.each(['INTEGER', 'TEXT', 'BLOB', 'REAL', 'NUMERIC', 'DECIMAL(10,2)', 'BOOLEAN', 'TIMESTAMP', ''])(
    'storedForm says what a %s column gives back',
    (declared) => {
      const db = new Database(':memory:');
      db.defaultSafeIntegers(true);
      db.exec(`CREATE TABLE t (a ${declared})`);
      const insert = db.prepare('INSERT INTO t VALUES (?)');
      const read = db.prepare('SELECT a FROM t ORDER BY rowid DESC LIMIT 1').pluck();
      fc.assert(
        fc.property(value, (given) => {
          let stored: Value;
          try {
            stored = storedForm(given, affinityOf(declared));
          } catch (error) {
            expect(error).toBeInstanceOf(DbFailure);
            return;
          }
          insert.run(stored);
          expect(plain([read.get() as Value])).toEqual(plain([stored]));
        }),
        { numRuns: 400 },
      );
      db.close();
    },
  );

  it.each([
    ['NaN', Number.NaN, 'OVERLAND_NAN'],
    ['minus zero', -0, 'OVERLAND_NEGATIVE_ZERO'],
    ['half a surrogate pair', 'x\ud800', 'OVERLAND_NOT_WELL_FORMED'],
    ['65 bits', 2n ** 63n, 'OVERLAND_OUT_OF_RANGE'],
  ])('%s is refused, naming row and column', async (_name, bad, code) => {
    bench.make('t.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b)');
    const session = await entered(bench, 't.db');
    const rows: Row[] = Array.from({ length: 50 }, (_one, index) => [BigInt(index), 'a', index === 37 ? bad : 1n]);
    const failure = await loadChunk(session, outputOf('t', ['id', 'a', 'b']), rows).catch((error: unknown) => error);
    expect(failure).toMatchObject({ row: 37, error: { code, kind: 'data', table: 't', column: 'b' } });
    expect(await allRows(session, 't', ['id'])).toEqual([]);
    await session[Symbol.asyncDispose]();
  });

  it('text that would lose its form in a numeric column is refused; plain numbers pass', () => {
    expect(storedForm('12', 'integer')).toBe(12n);
    expect(storedForm('12.50', 'numeric')).toBe(12.5);
    expect(storedForm('true', 'numeric')).toBe('true');
    for (const bad of ['012', '+1', '1e3', ' 5', '9007199254740993.5']) {
      expect(() => storedForm(bad, 'numeric'), bad).toThrow('would not stay as it is');
    }
    expect(() => storedForm(2n ** 53n + 1n, 'real')).toThrow('would lose digits');
  });
});

const chunk = {
  unit: 'u',
  path: '0',
  bounds: { from: null, to: null, inclusive: 'to', records: 0 },
  attempt: 1,
} as const;

describe('reading', () => {
  it('sets invalid UTF-8 aside with its bytes, and keeps a genuine U+FFFD', async () => {
    bench.make(
      't.db',
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO t SELECT i, 'row ' || i, 'x' FROM n;
       UPDATE t SET b = CAST(x'41ff42' AS TEXT) WHERE id IN (300, 301, 999);
       UPDATE t SET b = 'ok \ufffd' WHERE id = 500;`,
    );
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const spec = { from: { kind: 'table', table: 't' }, columns: ['a', 'b'], key: ['id'] } as const;
    const rows: Row[] = [];
    const rejects: ReadReject[] = [];
    for await (const bounds of session.bounds(spec, { rows: 400, bytes: 1 << 20 })) {
      for await (const batch of session.read(spec, bounds)) {
        rows.push(...batch.rows);
        rejects.push(...batch.rejects);
      }
    }
    expect(rows).toHaveLength(997);
    expect(rows).toContainEqual(['row 500', 'ok \ufffd']);
    expect(rejects.map((reject) => [reject.key, reject.code, reject.column])).toEqual([
      ['300', 'invalid_utf8', 'b'],
      ['301', 'invalid_utf8', 'b'],
      ['999', 'invalid_utf8', 'b'],
    ]);
    expect(plain(rejects[0]?.row ?? [])).toEqual(['row 300', '41ff42']);
    await session[Symbol.asyncDispose]();
  });

  it.each(['UTF-16le', 'UTF-16be'])('reads %s files', async (encoding) => {
    bench.make(
      't.db',
      `PRAGMA encoding = '${encoding}'; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('é😀 \ufffd');`,
    );
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    expect(await allRows(session, 't', ['a'])).toEqual([['é😀 \ufffd']]);
    await session[Symbol.asyncDispose]();
  });

  it.each([
    ['rowid table', 'CREATE TABLE t (a TEXT PRIMARY KEY, b)', ''],
    ['without rowid', 'CREATE TABLE t (a TEXT, b INTEGER, PRIMARY KEY (b, a)) WITHOUT ROWID', ''],
    ['hidden rowid', 'CREATE TABLE t (rowid TEXT, a TEXT PRIMARY KEY, b)', ''],
    [
      'negative and sparse rowids',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b)',
      'UPDATE t SET id = (id - 500) * 1000000007',
    ],
    [
      'smallest and largest rowid',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b)',
      'UPDATE t SET id = -9223372036854775808 WHERE id = 1; UPDATE t SET id = 9223372036854775807 WHERE id = 2',
    ],
  ])('every row is in exactly one bound: %s', async (_name, create, after) => {
    bench.make(
      't.db',
      `${create}; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1003)
        INSERT INTO t (a, b) SELECT 'k' || (i * 7919 % 1009), i FROM n; ${after}`,
    );
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const spec = { from: { kind: 'table', table: 't' }, columns: ['a', 'b'], key: ['a'] } as const;
    const seen: string[] = [];
    const bounds = [];
    for await (const one of session.bounds(spec, { rows: 97, bytes: 1 << 30 })) bounds.push(one);
    for (const one of bounds) {
      let records = 0;
      for await (const batch of session.read(spec, one)) {
        records += batch.rows.length;
        for (const row of batch.rows) seen.push(String(row[0]));
      }
      expect(records).toBe(one.records);
      const halves = await session.halves(spec, one, null);
      expect((halves?.[0].records ?? 0) + (halves?.[1].records ?? 0)).toBe(one.records);
    }
    expect(seen).toHaveLength(1003);
    expect(new Set(seen).size).toBe(1003);
    const again = [];
    for await (const one of session.bounds(spec, { rows: 97, bytes: 1 << 30 })) again.push(one);
    expect(again).toEqual(bounds);
    await session[Symbol.asyncDispose]();
  });

  it('halves down to one record, at the hint', async () => {
    bench.make('t.db', 'CREATE TABLE t (a); INSERT INTO t VALUES (1),(2),(3),(4),(5);');
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const spec = { from: { kind: 'table', table: 't' }, columns: null, key: [] } as const;
    const whole = { from: null, to: '5', inclusive: 'to', records: 5 } as const;
    const [left, right] = (await session.halves(spec, whole, 1)) ?? [];
    expect([left?.records, right?.records]).toEqual([1, 4]);
    expect(await session.halves(spec, left ?? whole, null)).toBeNull();
    await session[Symbol.asyncDispose]();
  });

  it('bounds respect bytes', async () => {
    bench.make(
      't.db',
      "CREATE TABLE t (a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<40) INSERT INTO t SELECT printf('%.1000c', 'x') FROM n; UPDATE t SET a = printf('%.90000c', 'y') WHERE rowid = 20",
    );
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const spec = { from: { kind: 'table', table: 't' }, columns: ['a'], key: [] } as const;
    const records: number[] = [];
    for await (const one of session.bounds(spec, { rows: 1000, bytes: 10_000 })) records.push(one.records);
    expect(records.reduce((sum, one) => sum + one, 0)).toBe(40);
    expect(Math.max(...records)).toBe(10);
    expect(records).toContain(1);
    await session[Symbol.asyncDispose]();
  });
});

describe('a file that is no database', () => {
  it.each([
    ['missing', null, 'There is no file'],
    ['empty', '', 'is empty'],
    ['text', 'hello, this is only some text that somebody saved here by mistake, really', 'looks like text'],
    ['zip', Buffer.from('504b030414000000', 'hex'), 'zip archive'],
    [
      'encrypted',
      Buffer.from(
        Array.from({ length: 8192 }, (_one, index) => (index * index * 31 + index * 17 + (index >> 3)) & 255),
      ),
      null,
    ],
    ['damaged', Buffer.concat([Buffer.from('SQLite format 3\0\x10\0\x01\x01\0@  '), Buffer.alloc(8000, 7)]), null],
  ])('%s: says so, and leaves it alone', async (name, content, words) => {
    if (content !== null) writeFileSync(bench.path(name), content);
    const before = traces(bench.folder);
    const failure = await sqliteDriver
      .connect(bench.endpoint(name), 'read', bench.env)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CONNECTION', data: { connection: name } });
    expect((failure as { advice: string }).advice).toBeTruthy();
    if (words) expect((failure as Error).message).toContain(words);
    expect(traces(bench.folder)).toEqual(before);
  });
});
