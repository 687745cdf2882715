import { expect, it } from 'vitest';
import { bytes, duration, table } from './format.ts';

it.each([
  [400, '0.4 s'],
  [36_000, '36 s'],
  [258_000, '4 min 18 s'],
  [7_500_000, '2 h 05 min'],
])('duration of %i ms', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

it.each([
  [512, '512 B'],
  [3_400_000, '3.4 MB'],
  [15_400_000_000, '15.4 GB'],
])('%i bytes', (value, text) => expect(bytes(value)).toBe(text));

it('aligns columns, numbers to the right', () => {
  expect(
    table(
      [{ title: 'step' }, { title: 'rows', right: true }],
      [
        ['model', '18'],
        ['subtasks', '1,414'],
      ],
    ),
  ).toBe(['step       rows', 'model        18', 'subtasks  1,414'].join('\n'));
});
