import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row, Value } from '#shared/model/value.ts';
import type { Bounds, ReadReject, ReadSpec, RelationalSession } from '../relational.ts';
import { allRows, type Base, type Bench, chunkOf, fence, makeBench, outputOf, plain } from './testing.ts';

process.env.TZ = 'Asia/Kolkata';
let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.stop());

const digits = (fraction: number): string =>
  fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
const two = (value: number): string => String(value).padStart(2, '0');
const date = fc
  .tuple(
    fc.integer({ min: 1, max: 9999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.boolean(),
  )
  .map(([year, month, day, bc]) => ({
    day: `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
    bc: bc && year < 4000 ? ' BC' : '',
  }));
const clock = fc
  .tuple(
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 999_999 }),
  )
  .map(([hour, minute, second, fraction]) => `${two(hour)}:${two(minute)}:${two(second)}${digits(fraction)}`);
const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((one) => one.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    '\\N',
    '\\',
    '\\.',
    'a\tb\nc\rd\be\ff\vg',
    '😀',
    '\ufeffx',
    '\ufffd',
    "'; DROP",
    '"',
    '{}',
    'NULL',
  ),
);
const float = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308, 0.1),
);

/** For each type: values in the form that reading gives back. */
const types: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  bool: fc.boolean(),
  smallint: fc.bigInt({ min: -32768n, max: 32767n }),
  integer: fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }),
  bigint: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(2n ** 53n + 1n, -(2n ** 63n)),
  ),
  real: float.map((one) => Math.fround(one)),
  'double precision': float,
  numeric: fc.oneof(
    fc.tuple(fc.bigInt(), fc.integer({ min: 0, max: 40 })).map(([n, scale]) => decimal(n, scale)),
    fc.constantFrom('NaN', 'Infinity', '-Infinity', '0.00', '18446744073709551614'),
  ),
  'numeric(65,30)': fc.bigInt({ min: -(10n ** 65n) + 1n, max: 10n ** 65n - 1n }).map((n) => decimal(n, 30)),
  text,
  'character varying(20)': text.filter((one) => [...one].length <= 20),
  bytea: fc.uint8Array({ maxLength: 60 }),
  json: fc
    .oneof(fc.json(), fc.constantFrom('{"a":1,"a":2}', '9007199254740993', ' { "x" : 1.0 } '))
    .filter((one) => !one.includes('\\u0000')),
  uuid: fc.uuid(),
  date: fc.oneof(
    date.map(({ day, bc }) => `${day}${bc}`),
    fc.constantFrom('infinity', '-infinity', '5874897-12-31', '0009-01-01'),
  ),
  time: fc.oneof(clock, fc.constant('24:00:00')),
  timestamp: fc.oneof(
    fc.tuple(date, clock).map(([{ day, bc }, at]) => `${day} ${at}${bc}`),
    fc.constantFrom(
      'infinity',
      '-infinity',
      '2040-01-01 00:00:00',
      '2021-11-07 01:30:00',
      '294276-12-31 23:59:59.999999',
    ),
  ),
  timestamptz: fc.oneof(
    fc.tuple(date, clock).map(([{ day, bc }, at]) => `${day} ${at}+00${bc}`),
    fc.constantFrom('infinity', '-infinity', '2021-11-07 05:30:00+00'),
  ),
  'time with time zone': clock.map((at) => `${at}+05:30`),
  interval: fc.constantFrom('1 year 2 mons -3 days +04:05:06.789', '838:59:59', '-00:00:00.000001', '1 day'),
  inet: fc.constantFrom('10.0.0.1', '::1', '192.168.0.0/24'),
  int4range: fc.constantFrom('[1,5)', 'empty', '(,)'),
  'bit varying(70)': fc.array(fc.constantFrom('0', '1'), { maxLength: 70 }).map((bits) => bits.join('')),
  'integer[]': fc.constantFrom('{}', '{1,NULL,3}', '{{1,2},{3,4}}', '[0:1]={7,8}'),
  'text[]': fc.constantFrom('{}', '{"a b","c\\"d","e\\\\f",NULL,"NULL",""}'),
  mood: fc.constantFrom('sad', "it's", 'a,b', 'back\\slash', 'ok "quoted"'),
  email: text,
  money: fc.constantFrom('$12.50', '-$1,234.56'),
  xml: fc.constantFrom('<a b="1">x</a>', '<é/>'),
  'character(5)': fc.constantFrom('ab   ', 'abcde', '     '),
  point: fc.constantFrom('(1.5,-2)', '(0.1,0.2)'),
};

function decimal(n: bigint, scale: number): string {
  const sign = n < 0n ? '-' : '';
  const all = (n < 0n ? -n : n).toString().padStart(scale + 1, '0');
  return scale === 0 ? `${sign}${all}` : `${sign}${all.slice(0, -scale)}.${all.slice(-scale)}`;
}

describe('values', () => {
  let base: Base;
  let session: RelationalSession;
  beforeAll(async () => {
    base = await bench.make(
      `CREATE TYPE mood AS ENUM ('sad', 'it''s', 'a,b', 'back\\slash', 'ok "quoted"'); CREATE DOMAIN email AS text`,
    );
    session = await base.connect();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  it.each(Object.entries(types))(
    '%s: survive a copy, an upsert, a lookup and a spooled query',
    async (type, values) => {
      const table = `t_${type.replace(/\W+/g, '_')}`;
      await base.sql(`CREATE TABLE "${table}" (id bigint PRIMARY KEY, a ${type}, b ${type})`);
      const output = outputOf(table, ['id', 'a', 'b']);
      const value = fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: values });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 }), async (pairs) => {
          const rows = pairs.map(([a, b], index): Row => [BigInt(index), a, b]);
          await using transaction = await session.begin();
          await transaction.execute(`DELETE FROM "${table}"`);
          await transaction.load(output, [rows], 'nothing', chunkOf(), fence);
          const found = await transaction.query(`SELECT * FROM "${table}" ORDER BY id`);
          expect(found.map(plain)).toEqual(rows.map(plain));
          const again = await transaction.load({ ...output, mode: 'upsert' }, [rows], 'nothing', chunkOf(), fence);
          expect(again).toEqual({ inserted: 0, updated: 0, same: rows.length });
          expect(
            (
              await session.lookup(
                table,
                ['id'],
                ['a', 'b'],
                rows.map(([id]) => [id as bigint]),
              )
            )
              .map(plain)
              .sort(),
          ).toEqual(rows.map(plain).sort());
          expect((await transaction.removeExact(output, rows)).removed).toBe(rows.length);
          await transaction.load(output, [rows], 'nothing', chunkOf(), fence);
          await transaction.commit(null, null);
          expect((await allRows(session, table, ['id', 'a', 'b'])).map(plain)).toEqual(rows.map(plain));
        }),
        { numRuns: 12 },
      );
      const spec: ReadSpec = {
        from: { kind: 'query', sql: `SELECT * FROM "${table}"`, name: 'q' },
        columns: ['b', 'id'],
        key: ['id'],
      };
      const direct = await allRows(session, table, ['b', 'id']);
      const spooled: Row[] = [];
      for await (const batch of session.read(spec, { from: null, to: null, inclusive: 'to', records: 0 }))
        spooled.push(...batch.rows);
      expect(new Set(spooled.map((row) => JSON.stringify(plain(row))))).toEqual(
        new Set(direct.map((row) => JSON.stringify(plain(row)))),
      );
    },
  );

  it.each<[string, string, Value, string]>([
    ['a float that a real does not hold', 'real', 0.1, 'OVERLAND_INEXACT'],
    ['an integer that a double does not hold', 'double precision', 2n ** 53n + 1n, 'OVERLAND_INEXACT'],
    [
      'digits that a double does not hold',
      'double precision',
      '0.1000000000000000055511151231257827',
      'OVERLAND_INEXACT',
    ],
    ['decimals beyond the scale', 'numeric(10,2)', '1.239', 'OVERLAND_INEXACT'],
    ['decimals beyond the scale, as a float', 'numeric(10,2)', 1e-3, 'OVERLAND_INEXACT'],
    ['fractions beyond the digits', 'timestamp(3)', '2024-01-01 00:00:00.0001', 'OVERLAND_INEXACT'],
    ['nanoseconds', 'timestamptz', '2024-01-01 00:00:00.1234567Z', 'OVERLAND_INEXACT'],
    ['an offset that the column does not keep', 'timestamp', '2024-01-01 00:00:00+05:30', 'OVERLAND_ZONE_LOST'],
    ['a time in a date', 'date', '2024-01-01 10:00:00', 'OVERLAND_WRONG_TYPE'],
    ['a word for a time', 'timestamptz', 'now', 'OVERLAND_WRONG_TYPE'],
    ['the 30th of February', 'date', '2024-02-30', '22008'],
    ['a zero date', 'date', '0000-00-00', '22008'],
    ['text in bytes', 'bytea', 'abc', 'OVERLAND_WRONG_TYPE'],
    ['bytes in text', 'text', new Uint8Array([65]), 'OVERLAND_WRONG_TYPE'],
    ['a NUL', 'text', 'a\0b', 'OVERLAND_NUL'],
    ['half a surrogate pair', 'text', 'x\ud800', 'OVERLAND_NOT_WELL_FORMED'],
    ['65 bits', 'bigint', 2n ** 63n, '22003'],
    ['7 as a boolean', 'bool', 7n, 'OVERLAND_WRONG_TYPE'],
    ['a word as a boolean', 'bool', 'yes', 'OVERLAND_WRONG_TYPE'],
    ['a fraction in an integer', 'integer', 12.5, 'OVERLAND_INEXACT'],
    ['text with a leading zero in an integer', 'integer', '012', 'OVERLAND_WRONG_TYPE'],
    ['blanks beyond the length', 'character varying(3)', 'abc  ', 'OVERLAND_TOO_LONG'],
    ['text beyond the length', 'character varying(3)', 'abcd', '22001'],
    ['a label that the type does not have', 'mood', 'glad', '22P02'],
    ['a broken document', 'jsonb', '{"a":', '22P02'],
  ])('%s is refused, naming row and column', async (_name, type, bad, code) => {
    const table = `r_${Math.random().toString(36).slice(2)}`;
    await base.sql(`CREATE TABLE ${table} (id int, a ${type})`);
    await using transaction = await session.begin();
    const rows: Row[] = Array.from({ length: 50 }, (_one, index) => [BigInt(index), index === 37 ? bad : null]);
    const failure = await transaction
      .load(outputOf(table, ['id', 'a']), [rows], 'nothing', chunkOf(), fence)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ row: 37, error: { code, kind: 'data', table, column: 'a' } });
  });

  it('UTC may be said to a column without a zone, and a T stand between', async () => {
    await base.sql('CREATE TABLE z (id int, a timestamp, b timestamptz)');
    await using transaction = await session.begin();
    const rows: Row[] = [[1n, '2024-03-10T02:30:00.5Z', '2024-03-10T08:00:00+05:30']];
    await transaction.load(outputOf('z', ['id', 'a', 'b']), [rows], 'nothing', chunkOf(), fence);
    expect(await transaction.query('SELECT a, b FROM z')).toEqual([
      ['2024-03-10 02:30:00.5', '2024-03-10 02:30:00+00'],
    ]);
  });

  it('a lookup finds keys by any form, and not what the column cannot hold', async () => {
    await base.sql(`CREATE TABLE look (d date, n numeric(4,1), s varchar(3), i int);
      INSERT INTO look VALUES ('2024-02-29', 1.5, 'abc', 7)`);
    expect(await session.lookup('look', ['d'], ['i'], [['2024-02-30'], ['2024-02-29'], ['x']])).toEqual([
      ['2024-02-29', 7n],
    ]);
    expect(await session.lookup('look', ['n'], ['i'], [['1.50'], ['1.55']])).toEqual([['1.50', 7n]]);
    expect(await session.lookup('look', ['s'], ['i'], [['abc'], ['abcd'], [null], ['a\0']])).toEqual([['abc', 7n]]);
    const keys: Row[] = [7n, '7', 8n, 2n ** 40n].map((i) => [i, 'abc']);
    const found = await session.lookup('look', ['i', 's'], ['n'], keys);
    expect(new Set(found.map(([i]) => i))).toEqual(new Set([7n, '7']));
    expect(found).toHaveLength(2);
  });
});

describe('reading', () => {
  it('sets invalid UTF-8 aside with its bytes in a database without an encoding, and keeps a genuine U+FFFD', async () => {
    const name = (await bench.make('')).name;
    await bench.server.sql(
      name,
      `CREATE DATABASE raw_${name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    await bench.server.sql(
      `raw_${name}`,
      `CREATE TABLE t (id int PRIMARY KEY, a text, b text); INSERT INTO t SELECT i, 'row ' || i, 'x' FROM generate_series(1, 3000) i;
       UPDATE t SET b = E'A\\377B\\tC' WHERE id IN (300, 301, 2999); UPDATE t SET b = 'ok ' || E'\\357\\277\\275' WHERE id = 500;`,
    );
    const base = await bench.make('');
    await using session = await base.connect('read', { database: `raw_${name}` });
    const spec = { from: { kind: 'table', table: 't' }, columns: ['a', 'b'], key: ['id'] } as const;
    const rows: Row[] = [];
    const rejects: ReadReject[] = [];
    for await (const bounds of session.bounds(spec, { rows: 400, bytes: 1 << 20 })) {
      for await (const batch of session.read(spec, bounds)) {
        rows.push(...batch.rows);
        rejects.push(...batch.rejects);
      }
    }
    expect(rows).toHaveLength(2997);
    expect(rows).toContainEqual(['row 500', 'ok \ufffd']);
    expect(rejects.map((reject) => [reject.key, reject.code, reject.column])).toEqual([
      ['300', 'invalid_utf8', 'b'],
      ['301', 'invalid_utf8', 'b'],
      ['2999', 'invalid_utf8', 'b'],
    ]);
    expect(plain(rejects[0]?.row ?? [])).toEqual(['row 300', '41ff420943']);
    await session[Symbol.asyncDispose]();
    await bench.server.sql(base.name, `DROP DATABASE raw_${name} WITH (FORCE)`);
  });

  it('reads a database in LATIN1', async () => {
    const base = await bench.make('');
    await base.sql(
      `CREATE DATABASE latin_${base.name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    await bench.server.sql(`latin_${base.name}`, `CREATE TABLE t (a text); INSERT INTO t VALUES ('caf\u00e9 \u00fc')`);
    const session = await base.connect('write', { database: `latin_${base.name}` });
    expect(await allRows(session, 't', ['a'])).toEqual([['caf\u00e9 \u00fc']]);
    const transaction = await session.begin();
    const failure = await transaction
      .load(outputOf('t', ['a']), [[['ok'], ['\u20ac']]], 'nothing', chunkOf(), fence)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ row: 1, error: { kind: 'data', code: '22P05' } });
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    await base.sql(`DROP DATABASE latin_${base.name} WITH (FORCE)`);
  });

  it.each([
    ['by an integer key', 'CREATE TABLE t (a text, b int PRIMARY KEY)', ''],
    ['by a key of two columns', 'CREATE TABLE t (a text, b int, PRIMARY KEY (b, a))', ''],
    ['by a text key', 'CREATE TABLE t (a text COLLATE "en-x-icu" PRIMARY KEY, b int)', ''],
    ['by a unique key that is never NULL', 'CREATE TABLE t (a text NOT NULL UNIQUE, b int)', ''],
    ['without a key', 'CREATE TABLE t (a text, b int)', 'DELETE FROM t WHERE b % 7 = 0'],
    [
      'by a key of an odd name and type',
      `CREATE TYPE sz AS ENUM ('x'); CREATE TABLE t (a text, b int, "Odd ""k" sz DEFAULT 'x', PRIMARY KEY ("Odd ""k", b))`,
      '',
    ],
    [
      'a partitioned table',
      'CREATE TABLE t (a text, b int PRIMARY KEY) PARTITION BY HASH (b); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE t2 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)',
      '',
    ],
    [
      'a partitioned table without a key',
      'CREATE TABLE t (a text, b int) PARTITION BY HASH (b); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE t2 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)',
      '',
    ],
    ['a view', 'CREATE TABLE real_t (a text, b int); CREATE VIEW t AS SELECT a, b FROM real_t', ''],
    [
      'a parent whose children are tables of their own',
      "CREATE TABLE t (a text, b int); CREATE TABLE child () INHERITS (t); INSERT INTO child VALUES ('child', 1)",
      '',
    ],
  ])('every row is in exactly one bound: %s', async (_name, create, after) => {
    const base = await bench.make(`${create};
      INSERT INTO t (a, b) SELECT 'k' || (i * 7919 % 1009), i FROM generate_series(1, 1003) i; ${after}`);
    await using session = await base.connect('read');
    const [[count]] = (await base.sql('SELECT count(*) FROM ONLY t')) as [[string]];
    const all = count === '0' ? 1003 : Number(count);
    const spec: ReadSpec = { from: { kind: 'table', table: 't' }, columns: ['a', 'b'], key: ['a'] };
    const bounds: Bounds[] = [];
    for await (const one of session.bounds(spec, { rows: 97, bytes: 1 << 30 })) bounds.push(one);
    const seen: string[] = [];
    for (const one of bounds) {
      const rows: Row[] = [];
      for await (const batch of session.read(spec, one)) rows.push(...batch.rows);
      expect(rows.length).toBe(one.records);
      seen.push(...rows.map((row) => JSON.stringify(plain(row))));
      const halves = await session.halves(spec, one, 10);
      const left: Row[] = [];
      if (halves) for await (const batch of session.read(spec, halves[0])) left.push(...batch.rows);
      // The hint is a position among the rows as they are read.
      if (halves) expect(left.map(plain)).toEqual(rows.slice(0, 10).map(plain));
      expect((halves?.[0].records ?? 0) + (halves?.[1].records ?? 0)).toBe(one.records);
    }
    expect(seen).toHaveLength(all);
    expect(new Set(seen).size).toBe(all);
    const again: Bounds[] = [];
    await using other = await base.connect('read');
    for await (const one of other.bounds(spec, { rows: 97, bytes: 1 << 30 })) again.push(one);
    expect(again).toEqual(bounds);
  });

  it('halves down to one record; bounds respect bytes', async () => {
    const base = await bench.make(`CREATE TABLE t (a text);
      INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 40); UPDATE t SET a = repeat('y', 90000) WHERE ctid = '(2,3)'`);
    await using session = await base.connect('read');
    const spec: ReadSpec = { from: { kind: 'table', table: 't' }, columns: ['a'], key: [] };
    const records: number[] = [];
    for await (const one of session.bounds(spec, { rows: 1000, bytes: 10_000 })) records.push(one.records);
    expect(records.reduce((sum, one) => sum + one, 0)).toBe(40);
    expect(Math.max(...records)).toBe(10);
    expect(records).toContain(1);
    const first = (await session.halves(spec, { from: null, to: null, inclusive: 'to', records: 40 }, 1))?.[0];
    expect(first?.records).toBe(1);
    expect(await session.halves(spec, first as Bounds, null)).toBeNull();
    expect((await session.describe(spec)).ranges).toMatch(/^by the place of the rows/);
  });

  it('a reading session sees one moment on all its connections, and cannot write', async () => {
    const base = await bench.make('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 5000)');
    await using session = await base.connect('read');
    const spec: ReadSpec = { from: { kind: 'table', table: 't' }, columns: ['id'], key: ['id'] };
    const whole: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };
    const first = session.read(spec, whole)[Symbol.asyncIterator]();
    const batch = await first.next();
    expect(batch.value?.rows.length).toBeGreaterThan(0);
    await base.sql('DELETE FROM t WHERE id > 100');
    let rows = 0;
    for await (const one of session.read(spec, whole)) rows += one.rows.length;
    expect(rows).toBe(5000);
    expect((await session.query('SELECT count(*) FROM t', 1)).rows).toEqual([[5000n]]);
    await first.return?.();
    expect((await session.fingerprint(['t'], 'markers')).parts[0]?.value).toMatch(/ 100 /);
    await expect(session.begin()).rejects.toThrow('read only');
    await expect(session.query('DELETE FROM t RETURNING id', 1)).rejects.toThrow();
    await expect(session.direct?.(['DELETE FROM t'])).rejects.toMatchObject({ error: { code: '25006' } });
  });

  it('row-level security is an error, never fewer rows', async () => {
    const base = await bench.make(`CREATE TABLE t (id int, who text); INSERT INTO t VALUES (1, 'a'), (2, 'b');
      ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (who = 'a');`);
    const role = `reader_${base.name}`;
    await base.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON t TO ${role}`);
    await using session = await base.connect('read', { user: role });
    await expect(allRows(session, 't', ['id'])).rejects.toMatchObject({ error: { code: '42501', kind: 'permanent' } });
    await session[Symbol.asyncDispose]();
    await base.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('a spool of a query is used again after a restart while nobody writes, and made again after', async () => {
    const base = await bench.make(
      'CREATE TABLE t (id int, a text); INSERT INTO t SELECT i, i FROM generate_series(1, 2000) i',
    );
    const spec: ReadSpec = {
      from: { kind: 'query', sql: 'SELECT id, a FROM t; -- all', name: 'q' },
      columns: null,
      key: ['id'],
    };
    const read = async (): Promise<{ first: unknown; rows: number | null }> => {
      await using session = await base.connect('read');
      const { rows } = await session.describe(spec);
      const bounds: Bounds[] = [];
      for await (const one of session.bounds(spec, { rows: 700, bytes: 1 << 30 })) bounds.push(one);
      const found: Row[] = [];
      for await (const batch of session.read(spec, bounds[1] as Bounds)) found.push(...batch.rows);
      expect(found).toHaveLength(bounds[1]?.records ?? -1);
      return { first: found[0]?.[0], rows };
    };
    const before = await read();
    expect(before).toEqual({ first: 1629n, rows: 2000 });
    expect(await read()).toEqual(before);
    await base.sql("INSERT INTO t VALUES (0, 'zero')");
    expect((await read()).rows).toBe(2001);
  });
});
