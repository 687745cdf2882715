import { expect, test } from 'vitest';
import { reasonWords } from './set-aside.ts';

const one = { code: 'no_name', message: 'The customer has no name.', messages: 1, count: 1, column_name: 'name' };
const open = () => false;

test("the profile's own sentence stands for a single record as well, even of a sensitive column", () => {
  for (const rule of ['steps.customers.reject[0].when', 'steps.customers.into.person.reject[2].when']) {
    expect(reasonWords({ ...one, rule }, open)).toBe(one.message);
    expect(reasonWords({ ...one, rule }, () => true)).toBe(one.message);
  }
});

test('a sentence of the engine may quote the record: alone, or where they differ, the reason and the column are told', () => {
  const rule = 'steps.customers.into.person.set.age';
  expect(reasonWords({ ...one, rule }, open)).toBe('No name, column name');
  expect(reasonWords({ ...one, rule, count: 4 }, open)).toBe(one.message);
  expect(reasonWords({ ...one, rule, count: 4 }, () => true)).toBe('No name, column name');
  expect(reasonWords({ ...one, rule: 'steps.customers.reject[0].when', messages: 2 }, open)).toBe(
    'No name, column name',
  );
});
