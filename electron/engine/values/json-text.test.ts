import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { misreadKey } from '../../testing/misread-key.ts';
import { jsonText, parseJson } from './json-text.ts';

/** The same document with every integer as bigint, as `parseJson` gives it. */
function asExact(value: unknown): unknown {
  if (typeof value === 'number') return /[.e]/.test(JSON.stringify(value)) ? value : BigInt(JSON.stringify(value));
  if (Array.isArray(value)) return value.map(asExact);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asExact(inner)]));
  }
  return value;
}

/** Without the null prototype, so that tables compare. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

describe('JSON without loss', () => {
  test('reads what JSON.parse reads', () => {
    const document = fc.oneof(fc.jsonValue(), fc.jsonValue({ stringUnit: 'binary' }));
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!misreadKey.test(text));
        expect(plain(parseJson(text))).toStrictEqual(asExact(JSON.parse(text)));
      }),
    );
  });

  test('refuses what JSON.parse refuses, and nothing else', () => {
    const mangled = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '\\', '01', '\u0001', ' ', 'e'))
      .map(
        ([text, at, piece]) => text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(mangled, (text) => {
        expect(fails(() => parseJson(text))).toBe(fails(() => JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the original text of every table and list back', () => {
    const text = '[{"n": 1.10, "a":1,"a":2}, [ 1 ], "x", 12345678901234567890, null]';
    const list = parseJson(text) as unknown[];
    expect(list.map(jsonText)).toStrictEqual(['{"n": 1.10, "a":1,"a":2}', '[ 1 ]', 'x', '12345678901234567890', null]);
    expect(jsonText(list)).toBe(text);
    expect((list[0] as { a: unknown }).a).toBe(2n);
  });

  test('keeps every digit of a number', () => {
    expect(parseJson('9007199254740993')).toBe(9007199254740993n);
    expect(parseJson('-18446744073709551614')).toBe(-18446744073709551614n);
    expect(parseJson('0.1')).toBe(0.1);
    expect(parseJson('1.50e2')).toBe(150);
    expect(parseJson('0.12345678901234567890123')).toBe('0.12345678901234567890123');
    expect(parseJson('1e400')).toBe('1e400');
    expect(parseJson('0.0')).toBe(0);
  });

  test('a key called __proto__ is a key', () => {
    const object = parseJson('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    expect(Object.keys(object)).toStrictEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['[1, 2', 'Not JSON: "," or "]" is expected, at character 6'],
    ["['a']", 'Not JSON: not a value, at character 2'],
    ['', 'Not JSON: the text ends too early, at character 1'],
    ['{a: 1}', 'Not JSON: a key in quotes is expected, at character 2'],
    ['"a', 'Not JSON: a text does not end, at character 3'],
  ])('says where %s goes wrong', (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  test('a document nested ten thousand deep is refused', () => {
    expect(() => parseJson('['.repeat(10_000))).toThrow('nested deeper than 200');
  });
});

function fails(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}
