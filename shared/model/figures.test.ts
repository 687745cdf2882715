import { expect, it } from 'vitest';
import { bytes, counted, duration, estimated, figure } from './figures.ts';

it('separates thousands by commas, whatever the locale of the machine', () => {
  expect(figure(0)).toBe('0');
  expect(figure(41_399_940)).toBe('41,399,940');
});

it('counts one and many', () => {
  expect(counted(1, 'row')).toBe('1 row');
  expect(counted(2000, 'row')).toBe('2,000 rows');
  expect(counted(0, 'index', 'indexes')).toBe('0 indexes');
});

it.each([
  [400, '400 ms'],
  [4_290, '4.2 s'],
  [36_000, '36 s'],
  [258_000, '4 min 18 s'],
  [7_200_000, '2 h'],
  [7_500_000, '2 h 5 min'],
])('a duration of %i ms', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

it.each([
  [1, '1 byte'],
  [512, '512 bytes'],
  [3_400_000, '3.4 MB'],
  [999_960_000, '1.0 GB'],
  [15_400_000_000, '15.4 GB'],
])('%i bytes', (value, text) => expect(bytes(value)).toBe(text));

it('gives an estimate its range, where it has one', () => {
  expect(estimated({ low: 25, likely: 31, high: 42 })).toBe('about 31 s (25 s to 42 s)');
  expect(estimated({ low: 0.1, likely: 0.1, high: 0.1 })).toBe('about 100 ms');
});
