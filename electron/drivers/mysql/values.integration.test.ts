import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row, Value } from '#shared/model/value.ts';
import { hasMariadb } from '../../testing/servers/mariadb.ts';
import { DbFailure, type RelationalSession } from '../relational.ts';
import { allRows, type Bench, chunkOf, fence, makeBench, outputOf, plain } from './testing.ts';

process.env['TZ'] = 'Asia/Kolkata';

const text = fc.oneof(
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .filter((one) => (one as string & { isWellFormed(): boolean }).isWellFormed()),
  fc.constantFrom(
    '',
    '\0',
    'a\0b',
    '😀',
    '\ufeffx',
    '\ufffd',
    "'; DROP",
    '\\N',
    '\\',
    'a\tb\nc\rd',
    '\x1a',
    '012',
    ' ',
    'x ',
  ),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom(Uint8Array.of(), Uint8Array.of(0, 255), Uint8Array.of(0xc3, 9, 0xc3, 0x28, 10, 92, 0x4e)),
);
const integers = (least: bigint, most: bigint) =>
  fc.oneof(fc.bigInt({ min: least, max: most }), fc.constantFrom(least, most, 0n, 1n));
const double = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(5e-324, 1.7976931348623157e308, 0.1, 1e21),
  )
  .filter((one) => !Object.is(one, -0));
const single = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(16777216, Math.fround(1.1)),
);
const decimal = (precision: number, scale: number) =>
  fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }).map((one) => {
    const digits = String(one < 0n ? -one : one).padStart(scale + 1, '0');
    const shown = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return one < 0n ? `-${shown}` : shown;
  });
const two = (most: number, least = 0) =>
  fc.integer({ min: least, max: most }).map((one) => String(one).padStart(2, '0'));
const date = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 9999 }), two(12, 1), two(28, 1))
    .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${month}-${day}`),
  fc.constantFrom('0000-00-00', '2022-11-00', '2022-00-00', '0009-01-01', '9999-12-31', '2040-02-29'),
);
const clock = fc.tuple(two(23), two(59), two(59)).map((parts) => parts.join(':'));
const micros = fc.integer({ min: 0, max: 999_999 }).map((one) => String(one).padStart(6, '0'));
const instant = fc
  .tuple(fc.integer({ min: 1971, max: 2037 }), two(12, 1), two(28, 1), clock, micros)
  .map(([year, month, day, time, fraction]) => `${year}-${month}-${day} ${time}.${fraction}+00`);

/** Declared type, values, and where they come back in another form what that is. */
const types: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  'TINYINT(1)': integers(-128n, 127n),
  'TINYINT UNSIGNED': integers(0n, 255n),
  SMALLINT: integers(-32768n, 32767n),
  'MEDIUMINT UNSIGNED': integers(0n, 16777215n),
  INT: integers(-(2n ** 31n), 2n ** 31n - 1n),
  'INT UNSIGNED': integers(0n, 4294967295n),
  BIGINT: integers(-(2n ** 63n), 2n ** 63n - 1n),
  'BIGINT UNSIGNED': integers(0n, 2n ** 64n - 1n),
  'DECIMAL(12,2)': decimal(12, 2),
  'DECIMAL(65,30)': decimal(65, 30),
  'DECIMAL(20)': decimal(20, 0),
  FLOAT: single.filter((one) => !Object.is(one, -0)),
  DOUBLE: double,
  'BIT(1)': fc.boolean(),
  'BIT(8)': integers(0n, 255n),
  'BIT(64)': integers(0n, 2n ** 64n - 1n),
  YEAR: fc.oneof(
    fc.constant(0n),
    integers(1901n, 2155n).filter((one) => one > 1900n),
  ),
  DATE: date,
  'DATETIME(6)': fc.tuple(date, clock, micros).map(([day, time, fraction]) => `${day} ${time}.${fraction}`),
  DATETIME: fc.tuple(date, clock).map((parts) => parts.join(' ')),
  'TIMESTAMP(6) NULL': instant,
  'TIME(6)': fc.oneof(
    fc
      .tuple(fc.constantFrom('', '-'), fc.integer({ min: 1, max: 837 }), two(59), two(59), micros)
      .map(
        ([sign, hours, minutes, seconds, fraction]) =>
          `${sign}${String(hours).padStart(2, '0')}:${minutes}:${seconds}.${fraction}`,
      ),
    fc.constantFrom('-838:59:59.000000', '838:59:59.000000', '00:00:00.000001', '00:00:00.000000'),
  ),
  'CHAR(60)': text.filter((one) => !one.endsWith(' ')),
  'VARCHAR(100)': text,
  LONGTEXT: text,
  'VARCHAR(100) CHARACTER SET latin1': fc.string({ unit: fc.constantFrom('a', 'é', '€', '\x81', 'Ÿ', '?', '~') }),
  'VARCHAR(100) CHARACTER SET utf16': text,
  "ENUM('a,b','it''s','back\\\\slash','2','1','é')": fc.constantFrom('a,b', "it's", 'back\\slash', '2', '1', 'é'),
  "SET('x','y','it''s')": fc.constantFrom('', 'x', 'x,y', "it's", "x,y,it's"),
  'BINARY(4)': fc.uint8Array({ minLength: 4, maxLength: 4 }),
  'VARBINARY(100)': bytes,
  LONGBLOB: bytes,
  JSON: fc.constantFrom('{"a": 9007199254740993, "a": 1.10}', '[1.0,  2]', 'null', '"\\u0000 é"'),
  // MariaDB refuses some versions that fast-check makes.
  UUID: fc.uuid({ version: [1, 4] }),
  INET6: fc.constantFrom('::1', '2001:db8::ff00:42:8329'),
  POINT: fc.constantFrom('000000000101000000000000000000f03f0000000000000040'),
};

const usable = hasMariadb();

describe.skipIf(!usable).each([
  ['LOAD DATA', {}],
  ['INSERT', { 'local-infile': '0' }],
])('values by %s', (_way, settings) => {
  let bench: Bench;
  let database: string;
  let session: RelationalSession;
  beforeAll(async () => {
    bench = await makeBench(settings);
    database = await bench.database();
    session = await bench.open(database);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await bench.remove();
  });

  it.each(Object.entries(types))('%s arrive exact', async (declared, values) => {
    const nullable = /NULL/.test(declared) ? declared : `${declared} NULL`;
    await bench.sql(
      database,
      `DROP TABLE IF EXISTS t; CREATE TABLE t (id INT PRIMARY KEY, a ${nullable}) CHARSET utf8mb4`,
    );
    const output = outputOf('t', ['id', 'a']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values, { freq: 12 }), { minLength: 1, maxLength: 60 }), async (given) => {
        const rows = given.map((value, index): Row => [BigInt(index), value]);
        await using transaction = await session.begin();
        await transaction.execute('DELETE FROM t');
        await transaction.load(output, [rows], 'nothing', chunkOf(), fence);
        await transaction.commit(null, null);
        expect((await allRows(session, 't', ['id', 'a'])).map(plain)).toEqual(rows.map(plain));
      }),
      { numRuns: 25 },
    );
  });

  it.each<[string, string, Value, string]>([
    ['a fraction beyond the digits', 'DATETIME(3)', '2024-01-01 00:00:00.0001', 'OVERLAND_INEXACT'],
    ['a time zone into DATETIME', 'DATETIME', '2024-01-01 00:00:00+02', 'OVERLAND_HAS_ZONE'],
    ['a decimal that would be rounded', 'DECIMAL(10,2)', '1.005', 'OVERLAND_INEXACT'],
    ['a double into FLOAT', 'FLOAT', 1.1, 'OVERLAND_INEXACT'],
    ['NaN', 'DOUBLE', Number.NaN, 'OVERLAND_NOT_FINITE'],
    ['infinity', 'DOUBLE', Number.POSITIVE_INFINITY, 'OVERLAND_NOT_FINITE'],
    ['minus zero', 'DOUBLE', -0, 'OVERLAND_NEGATIVE_ZERO'],
    ['a label in another case', "ENUM('a')", 'A', 'OVERLAND_NO_LABEL'],
    ['a number for a label', "ENUM('a','b')", '2', 'OVERLAND_NO_LABEL'],
    ['members in another order', "SET('x','y')", 'y,x', 'OVERLAND_NO_LABEL'],
    ['a year of two digits', 'YEAR', 70n, 'OVERLAND_OUT_OF_RANGE'],
    ['a trailing blank into CHAR', 'CHAR(5)', 'a ', 'OVERLAND_TRAILING_BLANK'],
    ['short bytes into BINARY', 'BINARY(4)', Uint8Array.of(1), 'OVERLAND_PADDED'],
    ['half of a surrogate pair', 'TEXT', 'x\ud800', 'OVERLAND_NOT_WELL_FORMED'],
    ['bytes into text', 'TEXT', Uint8Array.of(65), 'OVERLAND_WRONG_TYPE'],
    ['text into bytes', 'BLOB', 'A', 'OVERLAND_WRONG_TYPE'],
    ['an integer too wide', 'INT', 2n ** 31n, 'ER_WARN_DATA_OUT_OF_RANGE'],
    ['a negative number into unsigned', 'BIGINT UNSIGNED', -1n, 'ER_WARN_DATA_OUT_OF_RANGE'],
    ['a text too long', 'VARCHAR(3)', 'abcd', 'ER_DATA_TOO_LONG'],
    ['a character that latin1 lacks', 'TEXT CHARACTER SET latin1', 'ж', 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD'],
    ['an emoji into utf8mb3', 'TEXT CHARACTER SET utf8mb3', '😀', 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD'],
    ['a day that is none', 'DATE', '2022-02-30', 'ER_TRUNCATED_WRONG_VALUE'],
    ['the year 2040 into TIMESTAMP', 'TIMESTAMP NULL', '2040-01-01 00:00:00+00', 'ER_TRUNCATED_WRONG_VALUE'],
    ['bits too many', 'BIT(3)', 9n, 'ER_DATA_TOO_LONG'],
    ['text that is no JSON', 'JSON', '{', 'MYSQL_4025'],
    ['null', 'INT NOT NULL', null, 'ER_BAD_NULL_ERROR'],
  ])('%s is refused, naming row and column', async (_name, declared, bad, code) => {
    await bench.sql(database, `DROP TABLE IF EXISTS r; CREATE TABLE r (id INT PRIMARY KEY, a ${declared})`);
    const good = await goodValue(declared);
    const rows = Array.from({ length: 40 }, (_one, index): Row => [BigInt(index), index === 27 ? bad : good]);
    await using transaction = await session.begin();
    const failure = await transaction
      .load(outputOf('r', ['id', 'a']), [rows], 'nothing', chunkOf(), fence)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DbFailure);
    expect(failure).toMatchObject({ row: 27, error: { code, kind: 'data', table: 'r' } });
    if (code !== 'MYSQL_4025') expect(failure).toMatchObject({ error: { column: 'a' } });
  });

  async function goodValue(declared: string): Promise<Value> {
    if (!/NOT NULL/.test(declared)) return null;
    return 1n;
  }

  it('shifts times with an offset to UTC', async () => {
    await bench.sql(database, 'DROP TABLE IF EXISTS z; CREATE TABLE z (id INT PRIMARY KEY, a TIMESTAMP(6) NULL)');
    await using transaction = await session.begin();
    const rows: Row[] = [
      [1n, '2024-03-31T02:30:00.123456+05:30'],
      [2n, '2024-01-01 00:00:00-03:30'],
      [3n, '2024-01-01T00:00:00Z'],
    ];
    await transaction.load(outputOf('z', ['id', 'a']), [rows], 'nothing', chunkOf(), fence);
    await transaction.commit(null, null);
    expect((await allRows(session, 'z', ['a'])).flat()).toEqual([
      '2024-03-30 21:00:00.123456+00',
      '2024-01-01 03:30:00.000000+00',
      '2024-01-01 00:00:00.000000+00',
    ]);
  });
});
