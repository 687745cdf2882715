import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '#shared/model/value.ts';
import { misreadKey } from '../../testing/misread-key.ts';
import { decodeRecord, decodeValue, encodeRecord, encodeValue } from './encode.ts';
import { anyValue } from './testing.ts';

test('every value survives the way through JSON text', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const back = decodeValue(JSON.parse(JSON.stringify(encodeValue(value))));
      expect(back).toStrictEqual(value);
    }),
  );
});

test('a record survives by column, whatever the columns are called', () => {
  const name = fc.string().filter((one) => !misreadKey.test(`${JSON.stringify(one)}:`));
  const record = fc.dictionary(fc.oneof(name, fc.constant('__proto__'), fc.constant('$int')), anyValue);
  fc.assert(
    fc.property(record, (given) => {
      const columns = Object.keys(given);
      const row: Value[] = columns.map((name) => given[name] ?? null);
      const back = decodeRecord(encodeRecord(columns, row));
      expect(new Map(back)).toStrictEqual(new Map(columns.map((name, index) => [name, row[index]])));
    }),
  );
});

test('the form is the documented one', () => {
  const columns = ['id', 'big', 'raw', 'nan', 'zero', 'half', 'text', 'none', 'list'];
  const row = ['a', 9223372036854775807n, new Uint8Array([0, 255]), Number.NaN, -0, 0.5, '1', null, [1n, 'x']];
  expect(encodeRecord(columns, row)).toBe(
    '{"id":"a","big":{"$int":"9223372036854775807"},"raw":{"$bytes":"AP8="},"nan":{"$float":"NaN"},' +
      '"zero":{"$float":"-0"},"half":0.5,"text":"1","none":null,"list":[{"$int":"1"},"x"]}',
  );
});

test('foreign JSON is refused', () => {
  for (const foreign of [{}, { $int: 1 }, { $float: '1' }, { other: 'x' }, undefined]) {
    expect(() => decodeValue(foreign)).toThrow();
  }
  expect(() => decodeRecord('[1]')).toThrow();
});
