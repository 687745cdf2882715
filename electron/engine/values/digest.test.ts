import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row, Value } from '#shared/model/value.ts';
import { RowDigest, sumDigests } from './digest.ts';
import { anyRow, anyValue } from './testing.ts';

const rows = fc.array(anyRow, { maxLength: 12 });

describe('a digest of rows', () => {
  test('does not depend on their order', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (given, random) => {
        const shuffled = given
          .map((row) => ({ row, at: random.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ row }) => row);
        expect(RowDigest.of(shuffled).toText()).toBe(RowDigest.of(given).toText());
      }),
    );
  });

  test('is the sum of the digests of its parts', () => {
    fc.assert(
      fc.property(rows, rows, (some, others) => {
        const sum = sumDigests([RowDigest.of(some).toText(), RowDigest.of(others).toText()]);
        expect(sum).toBe(RowDigest.of([...some, ...others]).toText());
      }),
    );
  });

  test('changes when a value changes', () => {
    fc.assert(
      fc.property(rows, anyRow, fc.nat(), anyValue, (others, row, at, value) => {
        fc.pre(row.length > 0);
        const index = at % row.length;
        const changed = row.with(index, value);
        fc.pre(canonical(row[index] as Value) !== canonical(value));
        expect(RowDigest.of([...others, changed]).equals(RowDigest.of([...others, row]))).toBe(false);
      }),
    );
  });

  test('goes through text', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const digest = RowDigest.of(given);
        expect(RowDigest.parse(digest.toText()).equals(digest)).toBe(true);
      }),
    );
    expect(() => RowDigest.parse('12:xyz')).toThrow();
  });

  test('counts rows and not only their sum', () => {
    const row: Row = ['a'];
    expect(RowDigest.of([row]).equals(RowDigest.of([row, row]))).toBe(false);
    expect(new RowDigest().toText()).toBe('0:0000000000000000');
  });

  test.each<[string, Row, Row]>([
    ['the place of a value', ['a', 'b'], ['b', 'a']],
    ['where one text ends and the next begins', ['ab', 'c'], ['a', 'bc']],
    ['null from empty text', [null], ['']],
    ['text from a number', ['1'], [1n]],
    ['bytes from text', [new Uint8Array([97])], ['a']],
    ['integers beyond 2^53', [9007199254740993n], [9007199254740992n]],
    ['-0 from 0', [-0], [0]],
    ['a list from its only value', [['a']], ['a']],
    ['neighbouring floats', [0.1], [0.1 + Number.EPSILON]],
  ])('tells %s', (_, one, other) => {
    expect(RowDigest.of([one]).equals(RowDigest.of([other]))).toBe(false);
  });

  test.each<[string, Row, Row]>([
    ['an integral float like the integer', [3], [3n]],
    ['a wide float like the integer', [2 ** 60], [2n ** 60n]],
    ['a boolean like 1 and 0', [true, false], [1n, 0n]],
  ])('takes %s', (_, one, other) => {
    expect(RowDigest.of([one]).equals(RowDigest.of([other]))).toBe(true);
  });

  test('keeps a hundred thousand similar rows apart', () => {
    const seen = new Set<string>();
    for (let id = 0; id < 100_000; id += 1) seen.add(RowDigest.of([[`task-${id}`, BigInt(id % 7), null]]).toText());
    expect(seen.size).toBe(100_000);
  });
});

/** What the digest takes for the same value. */
function canonical(value: Value): string {
  if (typeof value === 'boolean') return value ? 'i1' : 'i0';
  if (typeof value === 'bigint') return `i${value}`;
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Object.is(value, -0)
      ? `i${BigInt(value)}`
      : `f${Object.is(value, -0) ? '-0' : value}`;
  }
  if (typeof value === 'string') return `t${value}`;
  if (value === null) return 'n';
  if (value instanceof Uint8Array) return `b${value.join(',')}`;
  return `l${value.length}[${value.map(canonical).join('|')}]`;
}
