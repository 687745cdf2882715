import { describe, expect, it } from 'vitest';
import { ClashCounter, clashWords, foldedKeys, foldOf } from './collation.ts';
import { faults } from './convert/faults.ts';
import { Fault } from './fault.ts';
import { faultWords, settledBy } from './forecast-words.ts';
import { column, designOne, table, way } from './testing.ts';
import type { TypeRule } from './types.ts';

describe('what a forecast says', () => {
  it('counts and names in one sentence', () => {
    expect(faultWords('orders', 'note', 'nul_in_text', 12)).toBe('12 values of orders.note contain NUL.');
    expect(faultWords('t', 'at', 'out_of_range', 1)).toBe('1 value of t.at is outside the range of the target.');
    expect(faultWords('t', 'at', 'zero_date', 12_345)).toBe('12,345 values of t.at are the date 0000-00-00.');
  });
  it('has words for every fault', () => {
    for (const { code } of Object.values(faults)) {
      expect(faultWords('t', 'c', code, 2), code).not.toContain('do not fit the target');
    }
  });
});

describe('a rule that is named settles the fault', () => {
  it.each([
    ['nul_in_text', 'mysql', 'text', 'postgres', 'a\0b'],
    ['zero_date', 'mysql', 'datetime', 'postgres', '0000-00-00 00:00:00'],
    ['partial_date', 'mysql', 'date', 'postgres', '2022-11-00'],
    ['time_out_of_range', 'mysql', 'time', 'postgres', '838:59:59'],
    ['blank_label', 'mysql', "enum('a')", 'postgres', ''],
    ['not_an_integer', 'sqlite', 'INTEGER', 'postgres', 12.5],
    ['text_for_number', 'sqlite', 'INTEGER', 'mysql', 'abc'],
    ['not_boolean', 'sqlite', 'BOOLEAN', 'postgres', 7n],
    ['number_for_time', 'sqlite', 'TIMESTAMP', 'postgres', 1600000000n],
    ['has_zone', 'sqlite', 'TIMESTAMP', 'postgres', '2020-01-02T03:04:05Z'],
    ['has_zone', 'sqlite', 'TIMESTAMP', 'mysql', '2020-01-02T03:04:05Z'],
    ['no_zone', 'sqlite', 'TIMESTAMPTZ', 'postgres', '2020-01-02 03:04:05'],
    ['too_precise', 'sqlite', 'DECIMAL(5,2)', 'postgres', 1.234],
    ['out_of_range', 'mysql', 'bigint unsigned', 'sqlite', 2n ** 64n - 1n],
    ['out_of_range', 'postgres', 'date', 'mysql', 'infinity'],
    ['text_for_bytes', 'sqlite', 'BLOB', 'postgres', 'abc'],
    ['bytes_for_text', 'sqlite', 'TEXT', 'postgres', Uint8Array.of(65)],
    ['nan', 'postgres', 'double precision', 'mysql', Number.NaN],
    ['infinite', 'postgres', 'double precision', 'mysql', Number.POSITIVE_INFINITY],
    ['negative_zero', 'postgres', 'double precision', 'sqlite', -0],
    ['not_json', 'sqlite', 'JSON', 'postgres', '{'],
    ['not_a_uuid', 'sqlite', 'UUID', 'postgres', 'none'],
    ['array_bounds', 'postgres', 'integer[]', 'mysql', '[0:1]={1,2}'],
  ] as const)('%s: %s %s to %s', (code, source, declared, target, value) => {
    const before = way(source, declared, target);
    expect(before.of(value)).toEqual({ fault: code });
    const words = settledBy(before.column, code);
    expect(words.length).toBeGreaterThan(0);
    for (const text of words) {
      const [, word, said] = /^(\w+) = "(.*)"$/.exec(text) ?? [];
      const after = way(source, declared, target, { [word as string]: said } as TypeRule);
      expect(after.of(value) ?? 'null', text).not.toHaveProperty('fault');
    }
  });
});

describe('keys that the target takes for the same', () => {
  it('folds as the collation does', () => {
    expect(foldOf('postgres', null)).toBeNull();
    expect(foldOf('sqlite', null)).toBeNull();
    expect(foldOf('sqlite', 'NOCASE')?.('AÄ')).toBe('aÄ');
    expect(foldOf('mysql', null)?.('a  ')).toBe('a');
    expect(foldOf('mysql', 'utf8mb4_0900_bin')).toBeNull();
    expect(foldOf('mysql', 'utf8mb4_general_ci')?.('École ')).toBe('ecole');
    expect(foldOf('mysql', 'utf8mb4_0900_as_ci')?.('É ')).toBe('é ');
  });
  it('counts the clashes of a unique key', () => {
    const source = table('users', [column('id', 'INTEGER', { nullable: false }), column('email', 'TEXT')], {
      primaryKey: ['id'],
      details: {
        indexes: [
          {
            name: 'emails',
            parts: [{ column: 'email', expression: null, descending: false, length: null }],
            unique: true,
            where: null,
            method: 'btree',
            constraint: true,
          },
        ],
      },
    });
    expect(foldedKeys(designOne('sqlite', 'postgres', source), 'postgres')).toEqual([]);
    const rules = [{ key: 'r', pattern: 'users.email', rule: { to: 'varchar(100) COLLATE utf8mb4_general_ci' } }];
    const [key] = foldedKeys(designOne('sqlite', 'mysql', source, { rules }), 'mysql');
    const counter = new ClashCounter(key!);
    for (const [id, email] of [
      [1n, 'a@x'],
      [2n, 'A@x'],
      [3n, null],
      [4n, null],
      [5n, 'b@x'],
    ] as const) {
      counter.add([id, email]);
    }
    expect(counter.clashes).toBe(1);
    expect(counter.example).toEqual([['a@x'], ['A@x']]);
    expect(clashWords('users', counter)).toMatch(/^1 value of users\.email would be the same key/);
  });
  it('a fault is told from a value', () => {
    expect(faults.nan).toBeInstanceOf(Fault);
  });
});
