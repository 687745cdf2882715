import { expect, it } from 'vitest';
import { table } from './format.ts';

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
