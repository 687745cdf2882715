import { expect, test } from 'vitest';
import { aroundChange } from './around-change.ts';

const lines = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`);

test('a change is shown with the lines around it', () => {
  const after = lines.with(9, 'another');
  expect(aroundChange(lines.join('\n'), after.join('\n'))).toEqual({
    before: lines.slice(5, 14).join('\n'),
    after: after.slice(5, 14).join('\n'),
    line: 6,
  });
});

test('lines that are added at the end are shown whole', () => {
  const found = aroundChange('a\nb\n', 'a\nb\nc\n');
  expect(found).toEqual({ before: 'a\nb\n', after: 'a\nb\nc\n', line: 1 });
});
