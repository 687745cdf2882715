import { expect, it } from 'vitest';
import { counted, figure } from './figures.ts';

it('separates thousands by commas, whatever the locale of the machine', () => {
  expect(figure(0)).toBe('0');
  expect(figure(41_399_940)).toBe('41,399,940');
});

it('counts one and many', () => {
  expect(counted(1, 'row')).toBe('1 row');
  expect(counted(2000, 'row')).toBe('2,000 rows');
  expect(counted(0, 'index', 'indexes')).toBe('0 indexes');
});
