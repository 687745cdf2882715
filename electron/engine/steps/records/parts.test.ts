import { describe, expect, it } from 'vitest';
import type { ColumnInfo, DbError, TableInfo } from '../../../drivers/relational.ts';
import { RowDigest } from '../../values/digest.ts';
import { readChunkDigest, sumChunkDigests, writeChunkDigest } from '../chunk-digest.ts';
import { amendRecords } from './amend.ts';
import type { RecordsPlan } from './plan-types.ts';
import { reasonOf } from './reasons.ts';
import { keyTextOf, sameValue } from './same-value.ts';
import type { RecordsSpec } from './spec.ts';
import { comparableColumns, literalDefault, storedForm, storedRow } from './stored-form.ts';

function column(name: string, declaredType = 'TEXT', defaultText: string | null = null): ColumnInfo {
  return { name, declaredType, type: { t: 'text' }, nullable: true, defaultText, generated: false };
}

function table(columns: readonly ColumnInfo[]): TableInfo {
  return { name: 't', columns, primaryKey: [], uniques: [], foreignKeys: [], rows: 0, sql: '' };
}

function error(given: Partial<DbError>): DbError {
  return { message: '', code: null, kind: 'data', statement: null, table: 't', column: 'c', ...given };
}

describe('reasonOf', () => {
  it.each([
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'key_exists'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'key_exists'],
    ['SQLITE_CONSTRAINT_NOTNULL', 'not_null'],
    ['SQLITE_CONSTRAINT_CHECK', 'check_failed'],
    ['SQLITE_CONSTRAINT_FOREIGNKEY', 'foreign_key_missing'],
    ['SQLITE_TOOBIG', 'too_big'],
    ['SQLITE_MISMATCH', 'wrong_type'],
    ['23505', 'key_exists'],
    ['OVERLAND_INEXACT', 'inexact'],
    ['SQLITE_CONSTRAINT_TRIGGER', 'refused_by_target'],
  ])('knows %s as %s and names the place', (code, expected) => {
    const reason = reasonOf(error({ code }));
    expect(reason.code).toBe(expected);
    expect(reason.message).toMatch(/\bt\b/);
  });
});

describe('the form in which the target keeps a value', () => {
  it('follows the affinity of the column in SQLite only', () => {
    expect(storedForm('sqlite', column('n', 'TIMESTAMP'))?.('2025')).toBe(2025n);
    expect(storedForm('sqlite', column('n', 'TIMESTAMP'))?.('2025-05-26T22:33')).toBe('2025-05-26T22:33');
    expect(storedForm('sqlite', column('n', 'TEXT'))?.(5n)).toBe('5');
    expect(storedForm('sqlite', column('n', 'REAL'))?.(5n)).toBe(5);
    expect(storedForm('postgres', column('n', 'text'))).toBeNull();
  });

  it('knows defaults that are written out, and no others', () => {
    const value = (text: string | null) => literalDefault(column('c', 'TEXT', text));
    expect([value(null), value('NULL'), value("'it''s'"), value('-7'), value('1.5'), value('TRUE')]).toEqual([
      null,
      null,
      "it's",
      -7n,
      1.5,
      1n,
    ]);
    expect([value('CURRENT_TIMESTAMP'), value("(strftime('%s'))")]).toEqual([undefined, undefined]);
  });

  it('fills what is not written and leaves out what cannot be foretold', () => {
    const info = table([
      column('n', 'INTEGER'),
      column('a'),
      column('b', 'INTEGER', '3'),
      column('at', 'TIMESTAMP', 'CURRENT_TIMESTAMP'),
      column('c'),
    ]);
    const comparable = comparableColumns(info, ['n']);
    expect(comparable).toEqual(['a', 'b', 'c']);
    expect(storedRow('sqlite', info, ['c', 'a'], comparable)([1n, 'x'])).toEqual(['x', 3n, '1']);
  });
});

describe('sameValue and keyTextOf', () => {
  it('agree with each other and with the digest', () => {
    const values = [
      null,
      true,
      1n,
      1,
      '1',
      -0,
      0,
      1.5,
      new Uint8Array([1]),
      new Uint8Array([2]),
      Number.NaN,
      ['a', 1n],
    ];
    for (const a of values) {
      for (const b of values) {
        const same = sameValue(a, b);
        expect(RowDigest.of([[a]]).equals(RowDigest.of([[b]]))).toBe(same);
        if (a !== null && b !== null) expect(keyTextOf([a], [0]) === keyTextOf([b], [0])).toBe(same);
      }
    }
    expect(keyTextOf(['a', null], [0, 1])).toBeNull();
    expect(keyTextOf(['a\u0000tb', 'c'], [0, 1])).not.toBe(keyTextOf(['a', 'b\u0000tc'], [0, 1]));
  });
});

describe('the digest of a chunk', () => {
  it('adds up per table', () => {
    const one = writeChunkDigest(new Map([['a', RowDigest.of([['x']])]]));
    const two = writeChunkDigest(
      new Map([
        ['a', RowDigest.of([['y']])],
        ['b', RowDigest.of([])],
      ]),
    );
    expect(sumChunkDigests([one, '', two])).toEqual({
      a: RowDigest.of([['y'], ['x']]).toText(),
      b: new RowDigest().toText(),
    });
    expect(() => readChunkDigest('{"a":"no"}')).toThrow('Not a digest');
  });
});

describe('amendRecords', () => {
  const spec = {
    key: 'steps.s',
    target: { connection: 'new', mode: 'insert' },
    reject: [],
    outputs: [{ table: 't', reject: [], set: [{ column: 'a', default: null }] }],
  } as unknown as RecordsSpec;
  const plan = { spec } as RecordsPlan;

  it('takes changed rules and nothing else', () => {
    const rules = {
      ...spec,
      reject: [{ reason: 'x' }],
      outputs: [{ ...spec.outputs[0], set: [{ column: 'a', default: 1 }] }],
    };
    expect(amendRecords(plan, rules as unknown as RecordsSpec)?.spec).toBe(rules);
    expect(amendRecords(plan, { ...spec, target: { connection: 'new', mode: 'upsert' } })).toBeNull();
    expect(amendRecords(plan, { ...spec, outputs: [] })).toBeNull();
  });
});
