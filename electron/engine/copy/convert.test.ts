import { describe, expect, it } from 'vitest';
import { compileRow, sameStored } from './convert.ts';
import { RowFault } from './fault.ts';
import { column, designOne, table, way } from './testing.ts';

const fault = (code: string) => ({ fault: code });

describe('case 1: zero and partial dates', () => {
  it('are set aside on the way to PostgreSQL unless a rule says otherwise', () => {
    const plain = way('mysql', 'datetime', 'postgres');
    expect(plain.type).toBe('timestamp(0)');
    expect(plain.column.fit).toBe('rule');
    expect(plain.of('0000-00-00 00:00:00')).toEqual(fault('zero_date'));
    expect(plain.of('2022-11-00 00:00:00')).toEqual(fault('partial_date'));
    expect(plain.of('2022-00-01 10:00:00')).toEqual(fault('partial_date'));
    expect(way('mysql', 'date', 'postgres', { zero: 'null' }).of('0000-00-00')).toBeNull();
    expect(way('mysql', 'date', 'postgres', { zero: 'null' }).of('2022-11-00')).toEqual(fault('partial_date'));
    expect(way('mysql', 'date', 'postgres', { partial: 'first' }).of('2022-11-00')).toBe('2022-11-01');
    expect(way('mysql', 'date', 'postgres', { zero: 'keep' }).of('0000-00-00')).toEqual(fault('zero_date'));
  });
  it('year 0009 is a year like any other', () => {
    const date = way('mysql', 'date', 'postgres', { zero: 'null', partial: 'null' });
    expect(date.of('0009-01-01')).toBe('0009-01-01');
    expect(way('mysql', 'datetime(6)', 'postgres', { zero: 'null' }).of('0009-12-31 23:59:59.000001')).toBe(
      '0009-12-31 23:59:59.000001',
    );
  });
  it('a NOT NULL column is left open for the null of a rule, a key is not', () => {
    const open = way('mysql', 'datetime', 'postgres', { zero: 'null' }, { nullable: false });
    expect(open.of('0000-00-00 00:00:00')).toBeNull();
    expect(open.column.words).toContain('NOT NULL is left out');
    const rules = [{ key: 'k', pattern: 't.c', rule: { zero: 'null' as const } }];
    const keyed = designOne(
      'mysql',
      'postgres',
      table('t', [column('c', 'date', { nullable: false })], { primaryKey: ['c'] }),
      { rules },
    );
    expect(compileRow(keyed.columns)?.(['0000-00-00'])).toBeInstanceOf(RowFault);
  });
  it('are kept as they are in SQLite and in text', () => {
    expect(way('mysql', 'date', 'sqlite').passes).toBe(true);
    expect(way('mysql', 'date', 'postgres', { to: 'text' }).of('0000-00-00')).toBe('0000-00-00');
    expect(way('mysql', 'date', 'mysql').passes).toBe(true);
  });
});

describe('case 2: ENUM and SET', () => {
  const declared = `enum('a,b','it''s','back\\\\slash','x')`;
  it('labels with comma, quote and backslash become a CHECK', () => {
    const way1 = way('mysql', declared, 'postgres');
    expect(way1.type).toBe('text');
    expect(way1.checks.map((one) => one.expression)).toEqual([`"c" IN ('a,b', 'it''s', 'back\\slash', 'x')`]);
    for (const label of ['a,b', "it's", 'back\\slash']) expect(way1.of(label)).toBe(label);
  });
  it('the blank of an invalid label is set aside, made null, or kept', () => {
    expect(way('mysql', declared, 'postgres').of('')).toEqual(fault('blank_label'));
    expect(way('mysql', declared, 'postgres', { blank: 'null' }).of('')).toBeNull();
    const kept = way('mysql', declared, 'postgres', { blank: 'keep' });
    expect(kept.of('')).toBe('');
    expect(kept.checks[0]?.expression).toContain(`, '')`);
    expect(way('mysql', `enum('','x')`, 'postgres').of('')).toBe('');
  });
  it('SET is its labels', () => {
    expect(way('mysql', `set('r','w')`, 'postgres').of('r,w')).toBe('r,w');
    expect(way('mysql', `set('r','w')`, 'postgres').of('')).toBe('');
  });
  it('an enumeration of PostgreSQL is an ENUM of MySQL with the same labels', () => {
    const labels = ['a,b', "it's", 'back\\slash'];
    const found = way('postgres', 'mood', 'mysql', {}, { details: { labels } });
    expect(found.type).toBe(`enum('a,b','it''s','back\\\\slash')`);
    expect(found.of("it's")).toBe("it's");
  });
  it('a rule to an ENUM takes its labels only', () => {
    const found = way('sqlite', 'TEXT', 'mysql', { to: "enum('on','off')" });
    expect(found.of('on')).toBe('on');
    expect(found.of('ON')).toEqual(fault('not_a_label'));
  });
});

describe('case 3: wide numbers', () => {
  it('bigint unsigned goes digit for digit', () => {
    const found = way('mysql', 'bigint(20) unsigned', 'postgres');
    expect(found.type).toBe('numeric(20,0)');
    expect(found.of(18446744073709551614n)).toBe('18446744073709551614');
    expect(way('mysql', 'int(10) unsigned', 'postgres').of(4294967295n)).toBe(4294967295n);
    expect(way('mysql', 'int(10) unsigned', 'postgres').passes).toBe(true);
    expect(way('mysql', 'bigint unsigned', 'sqlite').of(18446744073709551614n)).toEqual(fault('out_of_range'));
    expect(way('mysql', 'bigint unsigned', 'sqlite', { to: 'TEXT' }).of(18446744073709551614n)).toBe(
      '18446744073709551614',
    );
  });
  it('decimal(65,30) passes as it is', () => {
    const digits = `${'9'.repeat(35)}.${'1'.repeat(30)}`;
    expect(way('mysql', 'decimal(65,30)', 'postgres').passes).toBe(true);
    expect(way('mysql', 'decimal(65,30)', 'sqlite').of(digits)).toBe(digits);
    expect(way('postgres', 'numeric', 'mysql').of('1.5')).toBe(`1.5${'0'.repeat(29)}`);
    expect(way('postgres', 'numeric', 'mysql').of(`1.${'1'.repeat(31)}`)).toEqual(fault('too_precise'));
    expect(way('postgres', 'numeric', 'mysql').of('1'.repeat(36))).toEqual(fault('out_of_range'));
    expect(way('postgres', 'numeric', 'mysql').of('NaN')).toEqual(fault('nan'));
  });
  it('a number that the engine counts up stays one, and what refers to it has its type', () => {
    const parent = column('id', 'bigint(20) unsigned', { nullable: false, details: { identity: 'auto' } });
    const planned = designOne('mysql', 'postgres', table('t', [parent], { primaryKey: ['id'] }));
    expect(planned.design.columns[0]).toMatchObject({ declaredType: 'bigint', identity: true, nullable: false });
    expect(compileRow(planned.columns)?.([18446744073709551614n])).toBeInstanceOf(RowFault);
    expect(compileRow(planned.columns)?.([7n])).toEqual([7n]);
  });
  it('decimals of SQLite are numbers or text, and never rounded', () => {
    const found = way('sqlite', 'DECIMAL(10,2)', 'postgres');
    expect(found.of(12n)).toBe('12.00');
    expect(found.of(12.5)).toBe('12.50');
    expect(found.of(1234.567)).toEqual(fault('too_precise'));
    expect(found.of(1e300)).toEqual(fault('out_of_range'));
    expect(found.of('abc')).toEqual(fault('text_for_number'));
    expect(way('postgres', 'numeric(12,2)', 'sqlite').of('12.50')).toBe(12.5);
    expect(way('postgres', 'numeric(12,2)', 'sqlite').of('12.00')).toBe(12n);
    expect(way('postgres', 'numeric(12,2)', 'sqlite').of('-0.05')).toBe(-0.05);
  });
});

describe('case 4: NUL, bytes, and empty against NULL', () => {
  it('NUL in text is set aside or removed on the way to PostgreSQL', () => {
    expect(way('sqlite', 'TEXT', 'postgres').of('a\0b')).toEqual(fault('nul_in_text'));
    expect(way('mysql', 'varchar(20)', 'postgres', { nul: 'remove' }).of('a\0b\0')).toBe('ab');
    expect(way('sqlite', 'TEXT', 'mysql').of('a\0b')).toBe('a\0b');
    expect(way('mysql', 'text', 'sqlite').passes).toBe(true);
    expect(way('postgres', 'text', 'mysql').passes).toBe(true);
  });
  it('bytes 00 and ff, and empty ones, arrive as they are', () => {
    for (const [source, declared, target] of [
      ['mysql', 'longblob', 'postgres'],
      ['postgres', 'bytea', 'mysql'],
      ['mysql', 'varbinary(10)', 'sqlite'],
    ] as const) {
      expect(way(source, declared, target).passes).toBe(true);
    }
    const loose = way('sqlite', 'BLOB', 'postgres');
    expect(loose.of(Uint8Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
    expect(loose.of(new Uint8Array())).toEqual(new Uint8Array());
    const convert = compileRow([loose.column]);
    expect(convert?.([null])).toEqual([null]);
  });
});

describe('case 5: encodings', () => {
  it('text that was encoded twice is decoded once by a rule, and nothing else is touched', () => {
    const found = way('mysql', 'text', 'postgres', { encoding: 'double_utf8' });
    expect(found.of('cafÃ©')).toBe('café');
    expect(found.of('â‚¬ 5')).toBe('€ 5');
    expect(found.of('café')).toBe('café');
    expect(found.of('plain')).toBe('plain');
    expect(found.of('日本')).toBe('日本');
    expect(way('mysql', 'text', 'postgres').of('cafÃ©')).toBe('cafÃ©');
  });
  it('emoji count as one character', () => {
    const found = way('sqlite', 'TEXT', 'postgres', { to: 'varchar(2)' });
    expect(found.of('👍👍')).toBe('👍👍');
    expect(found.of('👍👍a')).toEqual(fault('too_long'));
  });
});

describe('case 6: affinity of SQLite', () => {
  it('text and fractions in an INTEGER column', () => {
    const found = way('sqlite', 'INTEGER', 'postgres');
    expect(found.of(5n)).toBe(5n);
    expect(found.of('abc')).toEqual(fault('text_for_number'));
    expect(found.of(12.5)).toEqual(fault('not_an_integer'));
    expect(found.of(Uint8Array.of(1))).toEqual(fault('bytes_for_number'));
    expect(way('sqlite', 'INTEGER', 'postgres', { to: 'numeric' }).of(12.5)).toBe('12.5');
    expect(way('sqlite', 'INTEGER', 'postgres', { to: 'text' }).of('abc')).toBe('abc');
    expect(way('sqlite', 'INTEGER', 'postgres', { to: 'text' }).of(5n)).toBe('5');
    expect(way('sqlite', 'INTEGER', 'mysql', { to: 'int' }).of(2n ** 31n)).toEqual(fault('out_of_range'));
  });
  it('words in BOOLEAN', () => {
    const found = way('sqlite', 'BOOLEAN', 'postgres');
    expect([found.of('true'), found.of('FALSE'), found.of(1n), found.of(0n)]).toEqual([true, false, true, false]);
    expect(found.of('maybe')).toEqual(fault('not_boolean'));
    expect(found.of(7n)).toEqual(fault('not_boolean'));
    expect(way('sqlite', 'BOOLEAN', 'mysql').of('true')).toBe(1n);
  });
  it('numbers in TIMESTAMP', () => {
    expect(way('sqlite', 'TIMESTAMP', 'postgres').of(1600000000n)).toEqual(fault('number_for_time'));
    const seconds = way('sqlite', 'TIMESTAMP', 'postgres', { epoch: 'seconds' });
    expect(seconds.of(1600000000n)).toBe('2020-09-13 12:26:40');
    expect(seconds.of(-1.5)).toBe('1969-12-31 23:59:58.5');
    expect(way('sqlite', 'TIMESTAMP', 'postgres', { epoch: 'milliseconds' }).of(1600000000123n)).toBe(
      '2020-09-13 12:26:40.123',
    );
    expect(way('sqlite', 'INTEGER', 'postgres', { to: 'timestamptz', epoch: 'seconds' }).of(0n)).toBe(
      '1970-01-01 00:00:00+00',
    );
    expect(way('sqlite', 'DATETIME', 'mysql', { epoch: 'seconds' }).of(0n)).toBe('1970-01-01 00:00:00.000000');
  });
  it('text in BLOB, bytes in TEXT', () => {
    expect(way('sqlite', 'BLOB', 'postgres').of('abc')).toEqual(fault('text_for_bytes'));
    expect(way('sqlite', 'BLOB', 'postgres', { bytes: 'utf8' }).of('é')).toEqual(Uint8Array.of(0xc3, 0xa9));
    expect(way('sqlite', 'TEXT', 'mysql').of(Uint8Array.of(0xff))).toEqual(fault('bytes_for_text'));
    expect(way('sqlite', 'TEXT', 'mysql', { bytes: 'utf8' }).of(Uint8Array.of(0xc3, 0xa9))).toBe('é');
    expect(way('sqlite', 'TEXT', 'mysql', { bytes: 'utf8' }).of(Uint8Array.of(0xff))).toEqual(fault('bytes_for_text'));
  });
  it('columns without a type, and types that nobody knows', () => {
    const found = way('sqlite', '', 'postgres');
    expect(found.type).toBe('text');
    expect([found.of(5n), found.of(1.5), found.of(2), found.of('x')]).toEqual(['5', '1.5', '2.0', 'x']);
    expect(way('sqlite', 'MONEY', 'postgres').type).toBe('text');
  });
  it('infinities', () => {
    expect(way('sqlite', 'REAL', 'postgres').of(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(way('sqlite', 'REAL', 'mysql').of(Number.POSITIVE_INFINITY)).toEqual(fault('infinite'));
    expect(way('sqlite', 'REAL', 'mysql', { infinite: 'null' }).of(Number.NEGATIVE_INFINITY)).toBeNull();
  });
});

describe('case 10: time', () => {
  it('texts of SQLite get the form of the target', () => {
    const found = way('sqlite', 'DATETIME', 'postgres');
    expect(found.of('2020-01-02T03:04')).toBe('2020-01-02 03:04:00');
    expect(found.of('2020-01-02')).toBe('2020-01-02 00:00:00');
    expect(found.of('2020-01-02 03:04:05.120000')).toBe('2020-01-02 03:04:05.12');
    expect(found.of('2020-02-30 00:00:00')).toEqual(fault('not_a_time'));
    expect(found.of('yesterday')).toEqual(fault('not_a_time'));
    expect(found.of('2020-01-02 03:04:05.1234567')).toEqual(fault('too_precise'));
  });
  it('a zone is never dropped or made up in silence', () => {
    expect(way('sqlite', 'DATETIME', 'postgres').of('2020-01-02T03:04:05Z')).toEqual(fault('has_zone'));
    expect(way('sqlite', 'DATETIME', 'postgres', { zone: 'utc' }).of('2020-01-01T00:30:00+02:00')).toBe(
      '2019-12-31 22:30:00',
    );
    const zoned = way('sqlite', 'DATETIME', 'postgres', { to: 'timestamptz' });
    expect(zoned.of('2020-01-02T03:04:05-03:30')).toBe('2020-01-02 06:34:05+00');
    expect(zoned.of('2020-01-02T03:04:05')).toEqual(fault('no_zone'));
    expect(way('mysql', 'datetime', 'postgres', { to: 'timestamptz', zone: '+05:30' }).of('2020-01-01 00:00:00')).toBe(
      '2019-12-31 18:30:00+00',
    );
  });
  it('microseconds arrive, and the digits of the column are kept', () => {
    expect(way('postgres', 'timestamp(6) without time zone', 'mysql').of('2020-01-02 03:04:05.000001')).toBe(
      '2020-01-02 03:04:05.000001',
    );
    expect(way('postgres', 'timestamp without time zone', 'mysql').of('2020-01-02 03:04:05.5')).toBe(
      '2020-01-02 03:04:05.500000',
    );
    expect(way('mysql', 'datetime(6)', 'postgres').of('2020-01-02 03:04:05.500000')).toBe('2020-01-02 03:04:05.5');
    expect(way('mysql', 'timestamp', 'postgres').of('2040-01-02 03:04:05+00')).toBe('2040-01-02 03:04:05+00');
  });
  it('an instant goes to MySQL in UTC, and 2040 does not fit its TIMESTAMP', () => {
    const found = way('postgres', 'timestamp with time zone', 'mysql');
    expect(found.type).toBe('datetime(6)');
    expect(found.of('2040-06-01 12:00:00+00')).toBe('2040-06-01 12:00:00.000000');
    const short = way('postgres', 'timestamptz', 'mysql', { to: 'timestamp(6)' });
    expect(short.of('2040-06-01 12:00:00+00')).toEqual(fault('out_of_range'));
    expect(short.of('2037-06-01 12:00:00+00')).toBe('2037-06-01 12:00:00.000000+00');
  });
  it("TIME '838:59:59'", () => {
    expect(way('mysql', 'time', 'postgres').of('838:59:59')).toEqual(fault('time_out_of_range'));
    expect(way('mysql', 'time', 'postgres').of('-01:00:00')).toEqual(fault('time_out_of_range'));
    expect(way('mysql', 'time', 'postgres').of('23:59:59')).toBe('23:59:59');
    expect(way('mysql', 'time(6)', 'postgres', { to: 'interval' }).of('-838:59:59.500000')).toBe('-838:59:59.5');
    expect(way('mysql', 'time', 'postgres', { to: 'text' }).of('838:59:59')).toBe('838:59:59');
    expect(way('mysql', 'time', 'sqlite').of('838:59:59')).toBe('838:59:59');
    expect(way('postgres', 'time(6)', 'mysql').of('03:04:05.5')).toBe('03:04:05.500000');
  });
  it('infinity, BC and years of five digits', () => {
    const found = way('postgres', 'timestamp with time zone', 'mysql');
    for (const text of ['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '12020-01-01 00:00:00+00']) {
      expect(found.of(text)).toEqual(fault('out_of_range'));
    }
    expect(way('postgres', 'date', 'mysql', { outside: 'null' }).of('infinity')).toBeNull();
    expect(way('postgres', 'date', 'mysql').of('0044-03-15 BC')).toEqual(fault('out_of_range'));
    expect(way('sqlite', 'DATE', 'postgres').of('5874898-01-01')).toEqual(fault('out_of_range'));
    expect(way('postgres', 'date', 'sqlite').of('0044-03-15 BC')).toBe('0044-03-15 BC');
    expect(way('sqlite', 'DATE', 'postgres').of('infinity')).toBe('infinity');
  });
});

describe('case 11: booleans, bits, floats, JSON', () => {
  it('tinyint(1) = 7 is not true', () => {
    expect(way('mysql', 'tinyint(1)', 'postgres').type).toBe('smallint');
    expect(way('mysql', 'tinyint(1)', 'postgres').passes).toBe(true);
    const found = way('mysql', 'tinyint(1)', 'postgres', { to: 'boolean', outside: 'quarantine' });
    expect([found.of(1n), found.of(0n), found.of(7n)]).toEqual([true, false, fault('not_boolean')]);
    expect(way('mysql', 'tinyint(1)', 'postgres', { to: 'boolean', outside: 'true' }).of(7n)).toBe(true);
    expect(way('mysql', 'tinyint(1)', 'postgres', { to: 'boolean', outside: 'null' }).of(7n)).toBeNull();
  });
  it('BIT(1) and BIT(8)', () => {
    expect(way('mysql', 'bit(1)', 'postgres').of(true)).toBe(true);
    expect(way('mysql', 'bit(8)', 'postgres').of(5n)).toBe('00000101');
    expect(way('mysql', 'bit(8)', 'sqlite').of(255n)).toBe(255n);
    expect(way('mysql', 'bit(1)', 'sqlite').of(true)).toBe(1n);
    expect(way('postgres', 'bit(8)', 'mysql').of('00000101')).toBe(5n);
    expect(way('postgres', 'bit(1)', 'mysql').of('1')).toBe(true);
    expect(way('postgres', 'boolean', 'mysql').of(true)).toBe(1n);
  });
  it('float32 1.1, NaN, infinities and -0', () => {
    const single = Math.fround(1.1);
    expect(way('postgres', 'real', 'mysql').of(single)).toBe(single);
    expect(way('mysql', 'float', 'postgres').passes).toBe(true);
    expect(way('postgres', 'double precision', 'mysql', { to: 'float' }).of(1.1)).toEqual(fault('inexact'));
    expect(way('postgres', 'double precision', 'mysql').of(Number.NaN)).toEqual(fault('nan'));
    expect(way('postgres', 'double precision', 'sqlite').of(Number.NaN)).toEqual(fault('nan'));
    expect(way('postgres', 'double precision', 'sqlite').of(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(way('postgres', 'double precision', 'sqlite').of(-0)).toEqual(fault('negative_zero'));
    expect(way('postgres', 'double precision', 'sqlite', { negative_zero: 'zero' }).of(-0)).toBe(0);
    expect(way('mysql', 'double', 'sqlite').of(-0)).toEqual(fault('negative_zero'));
    expect(way('mysql', 'double', 'postgres').passes).toBe(true);
    expect(way('postgres', 'double precision', 'mysql', { nan: 'null' }).of(Number.NaN)).toBeNull();
  });
  it('JSON keeps its text: duplicate keys and 2^53+1', () => {
    const document = '{"b":1,"a":9007199254740993,"a":1.50}';
    expect(way('mysql', 'longtext', 'postgres', {}, { type: { t: 'json' } }).type).toBe('json');
    expect(way('mysql', 'longtext', 'postgres', {}, { type: { t: 'json' } }).of(document)).toBe(document);
    expect(way('postgres', 'json', 'mysql').of(document)).toBe(document);
    expect(way('postgres', 'json', 'sqlite').of(document)).toBe(document);
    expect(way('sqlite', 'JSON', 'postgres').of('{bad')).toEqual(fault('not_json'));
    expect(way('sqlite', 'JSON', 'postgres').of(5n)).toBe('5');
  });
  it('jsonb has its own form, and a key that stands twice needs a rule', () => {
    const found = way('mysql', 'json', 'postgres', { to: 'jsonb' });
    expect(found.of('{"bb":1,"a":9007199254740993, "c":[1.50,1e2,-0,"\\u00e9"]}')).toBe(
      '{"a": 9007199254740993, "c": [1.50, 100, 0, "é"], "bb": 1}',
    );
    expect(found.of('{"a":1,"a":2}')).toEqual(fault('duplicate_keys'));
    expect(way('mysql', 'json', 'postgres', { to: 'jsonb', duplicate_keys: 'last' }).of('{"a":1,"a":2}')).toBe(
      '{"a": 2}',
    );
    expect(found.of('"\\u0000"')).toEqual(fault('nul_in_json'));
    expect(way('postgres', 'jsonb', 'mysql').passes).toBe(true);
  });
});

describe('arrays and types that only PostgreSQL has', () => {
  it('arrays become JSON lists', () => {
    const found = way('postgres', 'integer[]', 'mysql');
    expect(found.of('{1,2,NULL,{3}}')).toBe('[1,2,null,[3]]');
    expect(found.of('[0:1]={1,2}')).toEqual(fault('array_bounds'));
    expect(way('postgres', 'text[]', 'sqlite').of('{a,"b,\\"c\\\\","NULL",NULL,""}')).toBe(
      '["a","b,\\"c\\\\","NULL",null,""]',
    );
    expect(way('postgres', 'numeric(20,0)[]', 'sqlite').of('{9007199254740993,NaN}')).toBe('[9007199254740993,"NaN"]');
    expect(way('postgres', 'boolean[]', 'sqlite').of('{t,f}')).toBe('[true,false]');
  });
  it('the others are kept as their text', () => {
    for (const declared of ['inet', 'int4range', 'interval', 'tsvector', 'money']) {
      const found = way('postgres', declared, 'mysql');
      expect(found.type).toBe('longtext');
      expect(found.of('some text')).toBe('some text');
      expect(found.column.fit).toBe('widened');
    }
  });
  it('char(n) keeps its blanks, and CHAR of MySQL refuses to drop them', () => {
    expect(way('postgres', 'character(5)', 'mysql').type).toBe('varchar(5)');
    expect(way('postgres', 'character(5)', 'mysql').passes).toBe(true);
    expect(way('postgres', 'text', 'mysql', { to: 'char(5)' }).of('ab ')).toEqual(fault('trailing_blanks'));
    expect(way('mysql', 'char(5)', 'postgres', { to: 'char(5)' }).of('ab')).toBe('ab   ');
  });
  it('UUIDs as text and back', () => {
    const text = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
    expect(way('postgres', 'uuid', 'mysql').type).toBe('char(36)');
    expect(way('postgres', 'uuid', 'mysql').of(text)).toBe(text);
    expect(way('mysql', 'char(36)', 'postgres', { to: 'uuid' }).of(text.toUpperCase())).toBe(text);
    expect(way('mysql', 'char(36)', 'postgres', { to: 'uuid' }).of('none')).toEqual(fault('not_a_uuid'));
    expect(
      way('mysql', 'binary(16)', 'postgres', { to: 'uuid' }).of(
        Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex')),
      ),
    ).toBe(text);
  });
});

describe('values that the target writes in its own way', () => {
  it('are not compared by digest, and are the same without case and blanks', () => {
    expect(way('sqlite', 'TEXT', 'postgres', { to: 'inet' }).column.comparable).toBe(false);
    expect(way('postgres', 'inet', 'postgres').column.comparable).toBe(true);
    expect(way('sqlite', 'TEXT', 'postgres', { to: 'text' }).column.comparable).toBe(true);
    expect(sameStored('FE80::1', 'fe80::1')).toBe(true);
    expect(sameStored('[1, 5)', '[1,5)')).toBe(true);
    expect(sameStored('a', 'b')).toBe(false);
    expect(sameStored(null, 'null')).toBe(false);
  });
});

describe('rows', () => {
  it('a row that nothing changes is the same object, and there is no function where nothing can change', () => {
    const columns = ['int', 'varchar(10)', 'datetime'].map((declared) => way('mysql', declared, 'sqlite').column);
    expect(compileRow(columns)).toBeNull();
    const some = compileRow([way('sqlite', 'INTEGER', 'postgres').column, way('sqlite', 'TEXT', 'postgres').column]);
    const row = [1n, 'a'];
    expect(some?.(row)).toBe(row);
    const result = some?.([1n, 'a\0']);
    expect(result).toBeInstanceOf(RowFault);
    expect(result).toMatchObject({ column: 1, fault: { code: 'nul_in_text' } });
  });
});
