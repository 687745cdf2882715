import { expect, test } from 'vitest';
import { columnsOfType, isRuled, type Mapping, needsRule, tableOf, wordOf } from './type-rule.ts';

const mapping = (column: string, given: Partial<Mapping> = {}): Mapping => ({
  step: 'shop',
  column: `old.${column}`,
  sourceType: 'TEXT',
  target: `new.${column}`,
  targetType: 'text',
  fit: 'exact',
  rule: null,
  seen: '',
  rules: { place: column, unfit: 0, settles: [] },
  ...given,
});

test.each([
  ['nul = "remove"', { word: 'nul', value: 'remove' }],
  ['to = "numeric(20,0)"', { word: 'to', value: 'numeric(20,0)' }],
  ['a value that is not one', null],
])('%s is taken apart', (line, expected) => {
  expect(wordOf(line)).toEqual(expected);
});

test('a rule for a type counts the columns of the same step that rules decide', () => {
  const own = mapping('orders.note');
  const types = [
    own,
    mapping('customers.name'),
    mapping('orders.id', { sourceType: 'INTEGER' }),
    mapping('a.b', { step: 'other' }),
    mapping('x.y', { rules: undefined }),
  ];
  expect(columnsOfType(types, own)).toBe(2);
  expect(types.filter(isRuled)).toHaveLength(4);
});

test('a table may have dots in its name, and a mapped column names its own', () => {
  expect(tableOf(mapping('a.b.note'))).toBe('a.b');
  expect(tableOf(mapping('orders.note', { rules: undefined }))).toBe('orders');
});

test('values that do not fit need a rule', () => {
  expect(needsRule(mapping('orders.note', { rules: { place: 'orders.note', unfit: 2, settles: [] } }))).toBe(true);
  expect(needsRule(mapping('orders.note'))).toBe(false);
});
