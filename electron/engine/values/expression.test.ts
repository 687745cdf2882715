import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '#shared/model/value.ts';
import { compileExpression } from './compile-expression.ts';
import { type ExpressionScope, parseExpression } from './expression.ts';
import { ask, fastExpression } from './fast-expression.ts';
import { failed, newFrame } from './frame.ts';
import type { Names } from './names.ts';

const scope: ExpressionScope = { lookups: { parent: ['path'] }, item: 'it', index: true, constants: ['name'] };
const columns = ['a', 'b', 'n'];
const names: Names = {
  scope,
  columns: new Map<string, number | null>([...columns.map((name, index) => [name, index] as const), ['absent', null]]),
  lookups: new Map([['parent', { index: 0, fields: new Map([['path', 1]]) }]]),
  constants: { name: 'c' },
  run: { id: 'r1', started_at: '2026-01-01T00:00:00Z' },
};

function run(text: string, row: readonly Value[], found: readonly Value[] | null = null, item: unknown = null) {
  const result = compileExpression({ key: 'k', text }, names);
  if ('problem' in result) throw new Error(result.problem.message);
  const frame = newFrame(1);
  frame.row = row;
  frame.lookups[0] = found;
  frame.item = item;
  frame.index = 4;
  const value = result.compiled.evaluate(frame);
  return value === failed ? frame.fault : value;
}

describe('an expression', () => {
  test.each<[string, readonly Value[], unknown]>([
    ['row.a', ['x'], 'x'],
    ['row.absent', ['x'], null],
    ["row['a']", ['x'], 'x'],
    ["'/' + row.a", ['x'], '/x'],
    ['row.n + 1', ['', '', 9007199254740993n], 9007199254740994n],
    ["row.a == null || row.a == ''", [null], true],
    ["row.a == null || row.a == ''", ['z'], false],
    ['left(row.a, 2)', ['😀😀😀'], '😀😀'],
    ["get(json(row.a), 'x.y', 'none')", ['{"x":{"y":12345678901234567890}}'], 12345678901234567890n],
    ["get(json(row.a), 'x', 'none')", ['{"x":null}'], 'none'],
    ['text(json(row.a))', ['{"n": 1.10}'], '{"n": 1.10}'],
    ['json(row.a)', [null], null],
    ['string(index + 1)', [], '5'],
    ['constants.name + run.id', [], 'cr1'],
    ["row.a.replace('a', '$&')", ['banana'], 'b$&n$&n$&'],
    ["has(row.a) ? 'y' : 'n'", ['x'], 'y'],
    ['uint(3)', [], 3n],
    ['row.n > 2 && row.n < 4', ['', '', 3n], true],
    ['size(row.a)', ['abc'], 3n],
  ])('%s of case %#', (text, row, expected) => {
    const filled = columns.map((_, index) => row[index] ?? null);
    expect(run(text, filled)).toStrictEqual(expected);
  });

  test.each<[string, readonly Value[], string, string]>([
    ['row.a + row.b', ['x', null], 'expression_failed', 'no such overload: dyn<string> + dyn<null>'],
    ['left(row.a, 3)', [null], 'expression_failed', 'left(null, int)'],
    ['row.n + 9223372036854775807', ['', '', 1n], 'expression_failed', 'overflow'],
    ['json(row.a)', ['[1,'], 'not_json', 'Not JSON: the text ends too early, at character 4'],
    ['parent.path', [], 'expression_failed', 'path'],
    ['row.a ? 1 : 2', ['x'], 'expression_failed', 'Ternary condition must be bool'],
  ])('%s fails with its reason, case %#', (text, row, code, message) => {
    const filled = columns.map((_, index) => row[index] ?? null);
    const fault = run(text, filled) as { code: string; message: string; rule: string };
    expect(fault).toMatchObject({ code, rule: 'k' });
    expect(fault.message).toContain(message);
  });

  test('a failure tells the types and not the values, which are production data', () => {
    expect(JSON.stringify(run('row.a + row.n', ['secret', '', 42n]))).not.toMatch(/secret|42/);
  });

  test('lookups are null or have their fields', () => {
    expect(run('parent == null', [])).toBe(true);
    expect(run("parent.path + '/x'", [], ['key', '/root'])).toBe('/root/x');
    expect(run('parent != null && parent.path.size() > 2', [], ['key', '/root'])).toBe(true);
  });

  test.each([
    ['matches', "row.a.matches('^(a+)+$')"],
    ['timestamp', "timestamp('2020-01-01T00:00:00Z') == null"],
    ['unknown_name', 'rwo.a'],
    ['run.nme', 'run.nme'],
    ['constants.nme', 'constants.nme'],
    ['parent.pth', 'parent.pth'],
    ['foo', 'foo(row.a)'],
    ['unclosed', "left(row.a, '"],
    ['empty', ''],
  ])('%s is refused before anything runs', (_, text) => {
    expect('problem' in parseExpression(text, scope)).toBe(true);
  });

  test('nothing outside of the record is in reach', () => {
    for (const text of ['row.constructor', 'row.__proto__', "get(it, '__proto__')", "get(it, 'constructor')"]) {
      const value = run(text, ['x', null, null], null, {});
      expect(value === null || (value as { code?: string }).code === 'expression_failed').toBe(true);
    }
  });

  test('tells which columns it reads', () => {
    const columnsOf = (text: string) => {
      const parsed = parseExpression(text, scope);
      return 'expression' in parsed ? parsed.expression.columns : undefined;
    };
    expect(columnsOf("row.a + row['b'] + parent.path")).toStrictEqual(new Set(['a', 'b']));
    expect(columnsOf("get(row, 'a', null)")).toBeNull();
  });
});

describe('the fast path', () => {
  const operand = fc.constantFrom(
    'row.a',
    'row.b',
    'row.n',
    'row.absent',
    'parent.path',
    'it',
    'index',
    "'x'",
    "''",
    '1',
    'null',
    'true',
    'constants.name',
    'string(row.n)',
    'string(row.a)',
    'left(row.a, 2)',
    "get(it, 'k', row.a)",
    "get(it, 'k')",
    'text(it)',
    'json(row.b)',
  );
  const condition = fc.oneof(
    fc.tuple(operand, fc.constantFrom('==', '!='), operand).map((parts) => parts.join(' ')),
    fc.constantFrom('parent == null', 'parent != null', 'row.a', 'row.a == null'),
  );
  const expression = fc.oneof(
    fc.tuple(operand, operand).map(([one, other]) => `${one} + ${other}`),
    condition,
    fc
      .tuple(condition, fc.constantFrom('||', '&&'), condition)
      .map(([one, operator, other]) => `(${one}) ${operator} (${other})`),
    condition.map((one) => `!(${one})`),
    fc.tuple(condition, operand, operand).map(([test, one, other]) => `(${test}) ? ${one} : ${other}`),
  );
  const value = fc.oneof(
    fc.constantFrom<Value>(null, '', 'x', '😀😀', '[1]', '{"k":"v"}', 0n, 1n, 2n ** 63n - 1n, true, false, 0.5, 1),
    fc.string(),
    fc.bigInt({ min: -10n, max: 10n }),
  );
  const item = fc.constantFrom<unknown>(null, 'x', 1n, { k: 'v' }, { k: null }, { other: 1n }, ['a'], true);

  test('gives what CEL gives, or asks it', () => {
    let decided = 0;
    const property = fc.property(
      expression,
      fc.array(value, { minLength: 3, maxLength: 3 }),
      item,
      fc.boolean(),
      (text, row, it, found) => {
        const parsed = parseExpression(text, scope);
        fc.pre('expression' in parsed);
        const fast = fastExpression(parsed.expression.ast, names);
        fc.pre(fast !== null);
        const frame = newFrame(1);
        Object.assign(frame, { row, item: it, index: 4 });
        frame.lookups[0] = found ? ['key', '/root'] : null;
        const quick = attempt(() => fast(frame));
        if (quick === ask || (typeof quick === 'string' && quick.startsWith('fails: '))) return;
        decided += 1;
        const context = {
          row: { a: row[0], b: row[1], n: row[2], absent: null },
          parent: found ? { path: '/root' } : null,
          it,
          index: 4n,
          constants: names.constants,
          run: names.run,
        };
        expect(quick).toStrictEqual(attempt(() => parsed.expression.evaluate(context)));
      },
    );
    fc.assert(property, { numRuns: 3000 });
    expect(decided).toBeGreaterThan(500);
  });
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return `fails: ${(error as Error).message}`;
  }
}
