import { expect, test } from 'vitest';
import { layOut } from './lay-out-sql.ts';

test('a table has one column or constraint a line; commas in brackets and quotes part nothing', () => {
  expect(
    layOut(
      "CREATE TABLE t ( a TEXT DEFAULT 'x, y', b NUMERIC(10, 2), CHECK (a IN ('(', ')')) ) STRICT\nCREATE INDEX i ON t (a, b)",
    ),
  ).toBe(
    [
      'CREATE TABLE t (',
      "  a TEXT DEFAULT 'x, y',",
      '  b NUMERIC(10, 2),',
      "  CHECK (a IN ('(', ')'))",
      ') STRICT',
      'CREATE INDEX i ON t (a, b)',
    ].join('\n'),
  );
});

test('what cannot be read stays as it is', () => {
  expect(layOut('CREATE TABLE t AS SELECT 1')).toBe('CREATE TABLE t AS SELECT 1');
  expect(layOut('CREATE TABLE t (a')).toBe('CREATE TABLE t (a');
});
