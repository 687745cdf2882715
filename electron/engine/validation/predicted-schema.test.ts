import { expect, test } from 'vitest';
import type { Catalog } from '../../drivers/relational.ts';
import { checkPredictedSchema } from './predicted-schema.ts';

const target = (sql: string) =>
  ({ tables: [{ name: 'orders', sql }], others: [] }) as unknown as Pick<Catalog, 'tables' | 'others'>;
const predicted = [
  { object: 'orders', change: 'new', summary: '', before: '', after: 'CREATE TABLE orders (id int)' },
] as const;

test('what is as predicted is one check', () => {
  expect(checkPredictedSchema([...predicted], [target('CREATE TABLE orders (id int)')])).toEqual([
    { kind: 'check', check: expect.any(String), found: '1 object as predicted', severity: 'ok' },
  ]);
});

test.each([
  ['another structure', [target('CREATE TABLE orders (id text)')], 'CREATE TABLE orders (id text)'],
  ['nothing', [target('CREATE TABLE orders (id int)')].map((one) => ({ ...one, tables: [] })), null],
])('%s is a warning with both texts', (_, targets, found) => {
  expect(checkPredictedSchema([...predicted], targets)).toMatchObject([
    {
      kind: 'finding',
      finding: { severity: 'warning', path: 'orders', oldValue: 'CREATE TABLE orders (id int)', newValue: found },
    },
    { kind: 'check', found: '1 of 1 object differ', severity: 'warning' },
  ]);
});

test('a dropped object that is gone is as predicted', () => {
  const dropped = [{ object: 'gone', change: 'dropped', summary: '', before: 'x', after: '' }] as const;
  expect(checkPredictedSchema([...dropped], [target('y')])).toMatchObject([{ kind: 'check', severity: 'ok' }]);
});

test('without a prediction there is nothing to say', () => {
  expect(checkPredictedSchema([], [])).toEqual([]);
});
