import { expect, test } from 'vitest';
import type { Value } from '#shared/model/value.ts';
import { previewValue } from './text-preview.ts';

test.each<[string, Value, string]>([
  ['null', null, 'null'],
  ['wide integers', 18446744073709551615n, '18446744073709551615'],
  ['-0', -0, '-0'],
  ['control characters', 'a\0b\nc', 'a␀b␊c'],
  ['half a character', 'x\ud800', 'x\\ud800'],
  ['bytes', new Uint8Array([0, 255]), '2 bytes: 00 ff'],
  ['lists', [1n, 'x', null], '[1, x, null]'],
])('%s are shown in one line', (_, value, expected) => {
  expect(previewValue(value)).toBe(expected);
});

test('a long text is cut between characters', () => {
  expect(previewValue('😀'.repeat(10), 4)).toBe('😀😀😀…');
  expect(previewValue('😀'.repeat(4), 4)).toBe('😀😀😀😀');
});
