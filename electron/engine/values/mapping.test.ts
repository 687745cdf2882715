import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CanonicalType, Row, Value } from '#shared/model/value.ts';
import { loadProfile } from '../profile/load-profile.ts';
import { parsingKinds, writeBundle } from '../profile/testing.ts';
import type { RecordsSpec } from '../steps/records/spec-types.ts';
import { addLoaded } from './add-loaded.ts';
import { compileMapping } from './mapping.ts';
import type { CompiledMapping, MappedBlock, MappingColumn, MappingContext, MappingProblem } from './mapping-types.ts';

const head = `overland = 1
id = "sample"
version = "1"
constants = { who = "me" }
[connections]
old = { engine = "sqlite", path = "old.db" }
new = { engine = "sqlite", path = "new.db", access = "write" }
[maps]
stage = { pending = "created", 1 = "one" }
[steps.s]
kind = "records"
source = { connection = "old", table = "t", key = ["id"], optional = ["late"] }
target = { connection = "new" }
`;

type Columns = Readonly<Record<string, CanonicalType['t'] | MappingColumn>>;
type Tables = Readonly<Record<string, Columns>>;

/** Types by column; one with `!` in front of its name must have a value. */
function columnsOf(columns: Columns): MappingColumn[] {
  return Object.entries(columns).map(([name, type]) =>
    typeof type === 'object'
      ? type
      : {
          name: name.replace('!', ''),
          type: { t: type } as CanonicalType,
          nullable: !name.startsWith('!'),
          defaultText: null,
          generated: false,
        },
  );
}

const source = ['id', 'a', 'b', 'n', 'list'];

function contextOf(tables: Tables, sourceColumns: Columns): MappingContext {
  return {
    maps: { stage: { pending: 'created', 1: 'one' } },
    constants: { who: 'me' },
    run: { id: 'r1', startedAt: '2026-01-01T00:00:00Z' },
    sourceColumns: columnsOf(sourceColumns),
    targetColumns: (table) => (tables[table] ? columnsOf(tables[table]) : null),
  };
}

const plainSource: Columns = { id: 'text', a: 'text', b: 'text', n: 'int64', list: 'text' };

async function specOf(step: string): Promise<RecordsSpec> {
  const loaded = await loadProfile(writeBundle({ 'profile.toml': head + step }), { kinds: parsingKinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.profile.steps[0]?.spec as RecordsSpec;
}

async function compiled(step: string, tables: Tables = {}, sourceColumns = plainSource): Promise<CompiledMapping> {
  const result = compileMapping(await specOf(step), contextOf(tables, sourceColumns));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.mapping;
}

async function problemsOf(
  step: string,
  tables: Tables = {},
  sourceColumns = plainSource,
): Promise<readonly MappingProblem[]> {
  const result = compileMapping(await specOf(step), contextOf(tables, sourceColumns));
  return 'problems' in result ? result.problems : [];
}

/** Rows from records by name, in the order of the mapping's columns. */
function rowsOf(mapping: CompiledMapping, records: readonly Readonly<Record<string, Value>>[]): Row[] {
  return records.map((record) => mapping.columns.map((name) => record[name] ?? null));
}

/** Runs a block with lookups answered from tables in memory. */
function run(
  mapping: CompiledMapping,
  rows: readonly Row[],
  tables: Readonly<Record<string, readonly Record<string, Value>[]>> = {},
): MappedBlock {
  const keys = mapping.keys(rows);
  const found = mapping.lookups.map(({ table, on, take }, index) => {
    const wanted = new Set((keys[index] ?? []).map((key) => key.map(String).join('|')));
    return (tables[table] ?? [])
      .filter((row) => wanted.has(on.map((column) => String(row[column])).join('|')))
      .map((row) => [...on, ...take].map((column) => row[column] ?? null));
  });
  return mapping.map(rows, found);
}

function expectBalanced({ counts, outputs, rejects }: MappedBlock): void {
  expect(counts.read).toBe(counts.accepted + counts.rejected + counts.filtered);
  const loaded = Object.fromEntries(
    Object.keys(counts.outputs).map((table, index) => [
      table,
      { inserted: outputs[index]?.rows.length ?? 0, updated: 0, same: 0 },
    ]),
  );
  for (const [table, output] of Object.entries(addLoaded(counts, loaded).outputs)) {
    expect(output.emitted).toBe(output.inserted + output.updated + output.same + output.rejected);
    expect(rejects.filter((reject) => reject.output === table)).toHaveLength(output.rejected);
  }
  expect(new Set(rejects.filter(({ output }) => output === null).map(({ record }) => record)).size).toBe(
    counts.rejected,
  );
}

const firstReject = ({ rejects }: MappedBlock) =>
  rejects.map(({ code, column, rule, item, output }) => ({ code, column, rule, item, output }))[0];

describe('columns', () => {
  test('are copied, set from expressions and literals, and carry where they come from', async () => {
    const mapping = await compiled(
      'into.t = { key = ["id"], copy = ["id", "late"], set = { x = "=row.a", y = 1, z = 1.5, w = "==", v = "=constants.who", u = "=run.started_at" } }',
    );
    expect(mapping.outputs[0]).toStrictEqual({
      table: 't',
      columns: ['id', 'late', 'x', 'y', 'z', 'w', 'v', 'u'],
      key: ['id'],
      surrogate: [],
      from: ['id', null, 'a', null, null, null, null, null],
    });
    const block = run(mapping, rowsOf(mapping, [{ id: '1', a: 'A' }]));
    expect(block.outputs[0]?.rows).toStrictEqual([['1', null, 'A', 1n, 1.5, '=', 'me', '2026-01-01T00:00:00Z']]);
    expect(mapping.uses).toStrictEqual(['id', 'a']);
    expect(mapping.columns).toStrictEqual(source);
  });

  test('copy = ["*"] takes what both sides have', async () => {
    const mapping = await compiled('into.t = { key = ["id"], copy = ["*"], drop = ["b"], set = { n = 5 } }', {
      t: { id: 'text', a: 'text', b: 'text', n: 'int64' },
    });
    expect(mapping.outputs[0]?.columns).toStrictEqual(['id', 'a', 'n']);
  });

  test.each<[string, Value, Value | { code: string; rule?: string }]>([
    ['map = "stage"', 'pending', 'created'],
    ['map = "stage"', 1n, 'one'],
    ['map = "stage"', null, null],
    ['map = "stage"', 'odd', { code: 'unknown_value', rule: 'maps.stage' }],
    ['map = "stage", unknown = "keep"', 'odd', 'odd'],
    ['map = "stage", unknown = "null"', 'odd', null],
    ['map = "stage", unknown = "default", default = "d"', 'odd', 'd'],
    ['default = "=row.id"', null, 'key'],
    ['cast = "int64"', ' 42 ', 42n],
    ['cast = "int64"', 12.5, { code: 'bad_cast', rule: 'steps.s.into.t.set.x' }],
    ['cast = "int64", bad = "null"', 'x', null],
    ['cast = "int64", bad = "default", default = 7', 'x', 7n],
    ['cast = "int64"', '9223372036854775808', { code: 'bad_cast' }],
    ['cast = "uint64"', '18446744073709551615', 18446744073709551615n],
    ['cast = "bool"', 'yes', true],
    ['cast = "bool"', 7n, { code: 'bad_cast' }],
    ['cast = "float64"', '1e3', 1000],
    ['cast = "float64"', 9007199254740993n, { code: 'bad_cast' }],
    ['cast = "text"', 1, '1.0'],
    ['cast = "text"', new Uint8Array([0xc3, 0xa4]), 'ä'],
    ['cast = "text"', new Uint8Array([0xc3]), { code: 'bad_cast' }],
    ['cast = "date"', '2023-02-29', { code: 'bad_cast' }],
    ['cast = "date"', '2024-02-29', '2024-02-29'],
    ['cast = "timestamp"', '2025-05-26T22:33:16.478286', '2025-05-26T22:33:16.478286'],
    ['cast = "timestamp"', '0000-00-00 00:00:00', { code: 'bad_cast' }],
    ['cast = "decimal"', '12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['cast = "json"', '{"a":1', { code: 'bad_cast' }],
    ['cast = "uuid"', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
    ['nul = "remove"', 'a\0b', 'ab'],
    ['nul = "quarantine"', 'a\0b', { code: 'nul_in_text' }],
    ['nul = "keep"', 'a\0b', 'a\0b'],
  ])('with %s, case %#', async (modifiers, given, expected) => {
    const mapping = await compiled(
      `into.t = { key = ["id"], copy = ["id"], set = { x = { value = "=row.a", ${modifiers} } } }`,
    );
    const block = run(mapping, rowsOf(mapping, [{ id: 'key', a: given }]));
    if (typeof expected === 'object' && expected !== null && 'code' in expected) {
      expect(firstReject(block)).toMatchObject({ ...expected, column: 'x', output: null });
      expect(block.counts).toMatchObject({ accepted: 0, rejected: 1 });
    } else {
      expect(block.outputs[0]?.rows).toStrictEqual([['key', expected]]);
    }
    expectBalanced(block);
  });

  test.each<[CanonicalType['t'], Value, Value | string]>([
    ['text', 5n, '5'],
    ['text', true, 'true'],
    ['text', new Uint8Array([1]), '! wrong_type'],
    ['text', '\ud800', '! not_unicode'],
    ['int64', 5, 5n],
    ['int64', true, 1n],
    ['int64', 'x', '! wrong_type'],
    ['int64', 12.5, '! wrong_type'],
    ['int64', 2n ** 63n, '! out_of_range'],
    ['bool', 1n, 1n],
    ['bool', 7n, '! wrong_type'],
    ['bool', 'true', '! wrong_type'],
    ['float64', 3n, 3],
    ['float64', 2n ** 53n + 1n, '! wrong_type'],
    ['float64', Number.NaN, '! not_a_number'],
    ['float64', -0, '! negative_zero'],
    ['float64', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['bytes', 'text', '! wrong_type'],
    ['timestamp', '2025-05-26T22:33:16.478286', '2025-05-26T22:33:16.478286'],
    ['timestamp', '1748298796', '! wrong_type'],
    ['timestamp', 1748298796n, '! wrong_type'],
    ['decimal', '1.50', '1.50'],
    ['decimal', 'abc', '! wrong_type'],
  ])('a %s column takes exactly what it holds, case %#', async (type, given, expected) => {
    const mapping = await compiled('into.t = { key = ["id"], copy = ["id"], set = { x = "=row.a" } }', {
      t: { id: 'text', x: type },
    });
    const block = run(mapping, rowsOf(mapping, [{ id: 'key', a: given }]));
    const found = block.outputs[0]?.rows[0]?.[1] ?? `! ${block.rejects[0]?.code}`;
    expect(found).toStrictEqual(expected);
  });

  test('a null where a value must be is refused by the name of the column', async () => {
    const mapping = await compiled('into.t = { key = ["id"], copy = ["id", "a"] }', {
      t: { id: 'text', '!a': 'text' },
    });
    const block = run(mapping, rowsOf(mapping, [{ id: '1', a: 'x' }, { id: '2' }]));
    expect(firstReject(block)).toStrictEqual({
      code: 'null_in_required',
      column: 'a',
      rule: 'steps.s.into.t.copy',
      item: null,
      output: null,
    });
    expect(block.rejects[0]).toMatchObject({ key: '2', record: 1 });
    expectBalanced(block);
  });

  test('a column that older sources lack is left to the target where null would be refused', async () => {
    const late: MappingColumn = {
      name: 'late',
      type: { t: 'text' },
      nullable: false,
      defaultText: "'x'",
      generated: false,
    };
    const mapping = await compiled('into.t = { key = ["id"], copy = ["id", "late"] }', { t: { id: 'text', late } });
    expect(mapping.outputs[0]?.columns).toStrictEqual(['id']);
  });
});

describe('records', () => {
  test('are filtered, set aside by the first rule that holds, or taken', async () => {
    const mapping = await compiled(`where = "=row.b != 'skip'"
reject = [{ when = "=row.a == null", reason = "a_missing" }, { when = "=row.a == ''", reason = "a_empty", message = "A is empty" }]
into.t = { key = ["id"], copy = ["id", "a"] }`);
    const block = run(
      mapping,
      rowsOf(mapping, [{ id: '1', b: 'skip' }, { id: '2' }, { id: '3', a: '' }, { id: '4', a: 'x' }]),
    );
    expect(block.counts).toMatchObject({ read: 4, filtered: 1, rejected: 2, accepted: 1 });
    expect(block.rejects).toStrictEqual([
      {
        key: '2',
        item: null,
        output: null,
        code: 'a_missing',
        message: 'Set aside by the rule "a missing".',
        column: 'a',
        record: 1,
        rule: 'steps.s.reject[0].when',
      },
      {
        key: '3',
        item: null,
        output: null,
        code: 'a_empty',
        message: 'A is empty.',
        column: 'a',
        record: 2,
        rule: 'steps.s.reject[1].when',
      },
    ]);
    expect(block.outputs[0]).toStrictEqual({ rows: [['4', 'x']], records: [3] });
    expectBalanced(block);
  });

  test('set aside late take back every row they gave', async () => {
    const mapping = await compiled(
      `into.t = { key = ["id"], copy = ["id"] }
into.items = { key = ["id"], set = { id = "=item" }, each = { item = "item", of = "=json(row.list)", bad = "quarantine_item" } }
into.last = { key = ["id"], set = { id = { value = "=row.a", cast = "int64" } } }`,
      { items: { '!id': 'text' } },
    );
    const block = run(
      mapping,
      rowsOf(mapping, [
        { id: '1', a: '1', list: '["x"]' },
        { id: '2', a: 'bad', list: '["y", null, "z"]' },
        { id: '3', a: '3' },
      ]),
    );
    expect(block.outputs.map(({ records }) => records)).toStrictEqual([[0, 2], [0], [0, 2]]);
    expect(block.rejects).toHaveLength(1);
    expect(block.counts).toMatchObject({ accepted: 2, rejected: 1, outputs: { items: { emitted: 1, rejected: 0 } } });
    expectBalanced(block);
  });

  test('an expression that fails sets its record aside and names the key of the profile', async () => {
    const mapping = await compiled('into.t = { key = ["id"], set = { id = "=row.id", x = "=row.a + \'/\'" } }');
    const block = run(mapping, rowsOf(mapping, [{ id: '1' }]));
    expect(firstReject(block)).toMatchObject({ code: 'expression_failed', rule: 'steps.s.into.t.set.x', column: 'a' });
  });
});

describe('fan-out', () => {
  const each = (more: string) =>
    `into.items = { key = ["id"], set = { id = "=item", at = "=index", of = "=row.id" }, each = { item = "item", of = "=json(row.list)"${more} } }`;
  const tables: Tables = { items: { '!id': 'text', at: 'int64', of: 'text' } };

  test('an item that cannot be taken sets itself aside, the rest goes on', async () => {
    const mapping = await compiled(each(', bad = "quarantine_item"'), tables);
    const block = run(
      mapping,
      rowsOf(mapping, [
        { id: '1', list: '["a", {"no": 1}, null, "d"]' },
        { id: '2', list: 'not json' },
        { id: '3', list: '{"a": 1}' },
        { id: '4', list: null },
        { id: '5', list: '[]' },
      ]),
    );
    expect(block.outputs[0]?.rows).toStrictEqual([
      ['a', 0n, '1'],
      ['d', 3n, '1'],
    ]);
    expect(block.rejects.map(({ key, code, item, output }) => [key, code, item, output])).toStrictEqual([
      ['1', 'wrong_type', 1, 'items'],
      ['1', 'null_in_required', 2, 'items'],
      ['2', 'not_json', null, 'items'],
      ['3', 'not_a_list', null, 'items'],
    ]);
    expect(block.counts).toMatchObject({ accepted: 5, rejected: 0, outputs: { items: { emitted: 6, rejected: 4 } } });
    expectBalanced(block);
  });

  test('without quarantine_item it sets the record aside', async () => {
    const mapping = await compiled(each(''), tables);
    const block = run(
      mapping,
      rowsOf(mapping, [
        { id: '1', list: '["a", null]' },
        { id: '2', list: 'x' },
        { id: '3', list: '["b"]' },
      ]),
    );
    expect(block.counts).toMatchObject({ accepted: 1, rejected: 2, outputs: { items: { emitted: 1, rejected: 0 } } });
    expectBalanced(block);
  });

  test('rows that repeat within a record are one row, counted as the same', async () => {
    const step =
      'into.items = { key = ["id"], set = { id = "=item", of = "=row.id" }, each = { item = "item", of = "=json(row.list)", bad = "quarantine_item", repeated = "filter" } }';
    const mapping = await compiled(step, { items: { id: 'text', of: 'text' } });
    const block = run(
      mapping,
      rowsOf(mapping, [
        { id: '1', list: '["a", "b", "a", "a"]' },
        { id: '2', list: '["a"]' },
      ]),
    );
    expect(block.outputs[0]?.rows).toStrictEqual([
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
    ]);
    expect(block.counts.outputs['items']).toStrictEqual({ emitted: 5, inserted: 0, updated: 0, same: 2, rejected: 0 });
    expectBalanced(block);
  });

  test('unpivot gives a row for each value that is not null', async () => {
    const mapping = await compiled(
      'into.p = { key = ["id", "name"], surrogate = ["pk"], copy = ["id"], unpivot = { into = { name = "name", value = "value" }, rows = { first = "=row.a", second = "=row.n", fixed = "x" } } }',
      {
        p: { pk: 'int64', id: 'text', name: 'text', value: 'text' },
      },
    );
    expect(mapping.outputs[0]?.columns).toStrictEqual(['id', 'name', 'value']);
    const block = run(
      mapping,
      rowsOf(mapping, [
        { id: '1', n: 5n },
        { id: '2', a: 'A' },
      ]),
    );
    expect(block.outputs[0]?.rows).toStrictEqual([
      ['1', 'second', '5'],
      ['1', 'fixed', 'x'],
      ['2', 'first', 'A'],
      ['2', 'fixed', 'x'],
    ]);
    expectBalanced(block);
  });
});

describe('lookups', () => {
  const step = `lookups.parent = { connection = "new", table = "p", on = { id = "=row.b" }, take = ["path"] }
reject = [{ when = "=parent == null", reason = "parent_missing" }]
into.t = { key = ["id"], set = { id = "=row.id", path = "=parent.path + '/' + row.id" } }
[steps.s.into.links]
key = ["id", "to"]
each = { item = "dep", of = "=json(row.list)", bad = "quarantine_item" }
lookups.known = { connection = "new", table = "q", on = { id = "=dep", kind = "sub" } }
reject = [{ when = "=known == null", reason = "unknown" }]
set = { id = "=row.id", to = "=dep" }
`;

  test('are asked for once per key and answered per record and item', async () => {
    const mapping = await compiled(step);
    expect(mapping.lookups).toStrictEqual([
      { name: 'parent', scope: 'record', connection: 'new', table: 'p', on: ['id'], take: ['path'] },
      { name: 'known', scope: 'links', connection: 'new', table: 'q', on: ['id', 'kind'], take: [] },
    ]);
    const rows = rowsOf(mapping, [
      { id: '1', b: 'x', list: '["a", "b"]' },
      { id: '2', b: 'x', list: '["a", null]' },
      { id: '3', b: 'none' },
      { id: '4' },
    ]);
    expect(mapping.keys(rows)).toStrictEqual([
      [['x'], ['none']],
      [
        ['a', 'sub'],
        ['b', 'sub'],
      ],
    ]);
    const block = run(mapping, rows, { p: [{ id: 'x', path: '/x' }], q: [{ id: 'a', kind: 'sub' }] });
    expect(block.outputs.map(({ rows: found }) => found)).toStrictEqual([
      [
        ['1', '/x/1'],
        ['2', '/x/2'],
      ],
      [
        ['1', 'a'],
        ['2', 'a'],
      ],
    ]);
    expect(block.rejects.map(({ key, code, item, output }) => [key, code, item, output])).toStrictEqual([
      ['1', 'unknown', 1, 'links'],
      ['2', 'unknown', 1, 'links'],
      ['3', 'parent_missing', null, null],
      ['4', 'parent_missing', null, null],
    ]);
    expectBalanced(block);
  });

  test('map alone gives the same as after keys', async () => {
    const mapping = await compiled(step);
    const rows = rowsOf(mapping, [
      { id: '1', b: 'x', list: '["a", "a"' },
      { id: '2', b: 'x', list: '["a"]' },
    ]);
    const found = [[['x', '/x']], [['a', 'sub']]];
    const alone = mapping.map(rows, found);
    mapping.keys(rows);
    expect(mapping.map(rows, found)).toStrictEqual(alone);
    expect(alone.rejects[0]).toMatchObject({ code: 'not_json', output: 'links', key: '1' });
  });

  test('two rows for one key are refused, unless only presence matters', async () => {
    const mapping = await compiled(step);
    const rows = rowsOf(mapping, [{ id: '1', b: 'x', list: '["a"]' }]);
    expect(
      firstReject(
        mapping.map(rows, [
          [
            ['x', '/1'],
            ['x', '/2'],
          ],
          [],
        ]),
      ),
    ).toMatchObject({ code: 'lookup_ambiguous', rule: 'steps.s.lookups.parent' });
    expect(
      mapping.map(rows, [
        [['x', '/1']],
        [
          ['a', 'sub'],
          ['a', 'sub'],
        ],
      ]).rejects,
    ).toStrictEqual([]);
  });

  test('an integer key is found by its digits and the other way', async () => {
    const mapping = await compiled(step);
    expect(mapping.map(rowsOf(mapping, [{ id: '1', b: '5' }]), [[[5n, '/5']], []]).counts.accepted).toBe(1);
    expect(mapping.map(rowsOf(mapping, [{ id: '1', b: 5n }]), [[['5', '/5']], []]).counts.accepted).toBe(1);
  });
});

describe('a mapping that does not fit', () => {
  test('is told with all it lacks', async () => {
    const generated: MappingColumn = {
      name: 'g',
      type: { t: 'text' },
      nullable: true,
      defaultText: null,
      generated: true,
    };
    const problems = await problemsOf(
      'into.t = { key = ["id", "kk"], surrogate = ["pk"], copy = ["id", "aa"], set = { kk = 1, x = "=row.bb + row.a", g = "x", d = "=row.n + 1" } }',
      { t: { id: 'text', aa: 'text', kkk: 'text', '!must': 'text', g: generated, d: 'int64', pk: 'int64' } },
      { ...plainSource, n: 'uint64' },
    );
    expect(
      problems.map(({ code, key, column, advice }) => `${code} ${key} ${column}: ${advice}`),
    ).toMatchInlineSnapshot(`
      [
        "unknown_source_column steps.s.into.t.copy aa: Did you mean \`a\`?",
        "unknown_source_column steps.s.into.t.set.x bb: Did you mean \`b\`?",
        "opaque_in_expression steps.s.into.t.set.d n: Carry it as it is ("=row.n"), compare it with null, or use string().",
        "unknown_target_column steps.s.into.t.set.kk kk: Did you mean \`kkk\`?",
        "unknown_target_column steps.s.into.t.set.x x: Known here: \`id\`, \`aa\`, \`kkk\`, \`must\`, \`g\`, \`d\`, \`pk\`.",
        "generated_target_column steps.s.into.t.set.g g: Leave it out.",
        "required_column_not_set steps.s.into.t must: Add it to copy or set, or to surrogate when the target numbers it.",
      ]
    `);
  });

  test('an opaque column passes through, is compared with null and turned into text', async () => {
    const step = `into.t = { key = ["id"], copy = ["id", "n"], set = { x = "=string(row.n)", y = "=row.n == null ? row.n : row.n", z = "=get(json(row.a), 'k', row.n)" } }`;
    expect(await problemsOf(step, {}, { ...plainSource, n: 'uint64' })).toStrictEqual([]);
  });
});

describe('both ledgers', () => {
  test('balance for any records', async () => {
    const mapping = await compiled(
      `where = "=row.b != 'skip'"
lookups.parent = { connection = "new", table = "p", on = { id = "=row.b" }, take = ["path"] }
reject = [{ when = "=row.a == ''", reason = "a_empty" }]
into.t = { key = ["id"], copy = ["id"], set = { a = { value = "=row.a", map = "stage", unknown = "keep" }, n = { value = "=row.n", cast = "int64" } } }
into.strict = { key = ["id"], copy = ["id"], set = { path = "=parent.path" }, each = { item = "one", of = "=json(row.a)" } }
into.pairs = { key = ["id"], copy = ["id"], unpivot = { into = { name = "name", value = "value" }, rows = { a = "=row.a", n = "=row.n" }, bad = "quarantine_item" } }
[steps.s.into.items]
key = ["id"]
each = { item = "one", of = "=json(row.list)", bad = "quarantine_item", repeated = "filter" }
reject = [{ when = "=one == 'x'", reason = "x" }]
set = { id = "=one" }
`,
      {
        t: { '!id': 'text', a: 'text', n: 'int64' },
        strict: { id: 'text', path: 'text' },
        pairs: { id: 'text', name: 'text', value: 'int64' },
        items: { '!id': 'text' },
      },
    );
    const value = fc.constantFrom<Value>(
      null,
      '',
      'skip',
      'pending',
      '1',
      5n,
      1.5,
      true,
      '[]',
      '["a","a","x"]',
      '[1,{"b":2},null]',
      '{',
      new Uint8Array([1]),
    );
    const mostly = (...usual: Value[]) => fc.oneof({ weight: 3, arbitrary: fc.constantFrom<Value>(...usual) }, value);
    const record = fc.record({
      id: fc.constantFrom<Value>('1', 2n),
      a: mostly(null, '[]', '["a"]'),
      b: mostly('pending'),
      n: mostly(5n, null),
      list: value,
    });
    let taken = 0;
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const block = run(mapping, rowsOf(mapping, records), { p: [{ id: 'pending', path: '/p' }] });
        expectBalanced(block);
        taken += block.counts.accepted;
        for (const { rows, records: from } of block.outputs) {
          expect(rows).toHaveLength(from.length);
          expect([...from].sort((a, b) => a - b)).toStrictEqual([...from]);
        }
        const setAside = new Set(
          block.rejects.filter(({ output }) => output === null).map(({ record: index }) => index),
        );
        expect(block.outputs.some(({ records: from }) => from.some((index) => setAside.has(index)))).toBe(false);
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});

describe('the task orchestrator', () => {
  const sample = fileURLToPath(new URL('../profile/fixtures/task-orchestrator', import.meta.url));

  test('a subtask becomes a task, its attributes, artifacts and its mapping', async () => {
    expect(readFileSync(`${sample}/profile.toml`, 'utf8')).toContain('overland = 1');
    const loaded = await loadProfile(sample, { kinds: parsingKinds });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    const { profile } = loaded;
    const names = [
      'task_id',
      'parent_task_id',
      'title',
      'description',
      'specialist_type',
      'estimated_effort',
      'status',
      'results',
      'artifacts',
      'created_at',
      'completed_at',
      'position',
    ];
    const result = compileMapping(profile.steps[2]?.spec as RecordsSpec, {
      maps: profile.maps,
      constants: profile.constants,
      run: { id: 'r1', startedAt: '2026-01-01T00:00:00Z' },
      sourceColumns: names.map((name) => ({ name, type: { t: name === 'position' ? 'int64' : 'text' } })),
      targetColumns: () => null,
    });
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    const { mapping } = result;
    const record = {
      task_id: 's1',
      parent_task_id: 'p1',
      title: 'T',
      status: 'in_progress',
      results: 'R',
      artifacts: '["a.txt", {"name": "n", "size": 1.10}]',
      created_at: '2025-05-26T22:33:16.478286',
      position: 1n,
    };
    const rows = rowsOf(mapping, [
      record,
      { ...record, task_id: 's2', status: 'odd' },
      { ...record, task_id: 's3', artifacts: '[' },
    ]);
    const block = run(mapping, rows, { generic_tasks: [{ task_id: 'p1', hierarchy_path: '/p1' }] });
    const tables = Object.fromEntries(
      mapping.outputs.map(({ table, columns }, index) => [
        table,
        (block.outputs[index]?.rows ?? []).map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))),
      ]),
    );
    expect(tables['generic_tasks']?.[0]).toMatchObject({
      task_id: 's1',
      hierarchy_path: '/p1/s1',
      hierarchy_level: 1n,
      lifecycle_stage: 'active',
      quality_gate_level: 'standard',
      auto_maintenance_enabled: null,
    });
    expect(tables['task_artifacts']).toStrictEqual([
      {
        artifact_id: 's1_artifact_1',
        task_id: 's1',
        artifact_name: 's1_artifact_1',
        content: 'a.txt',
        is_primary: true,
      },
      {
        artifact_id: 's1_artifact_2',
        task_id: 's1',
        artifact_name: 'n',
        content: '{"name": "n", "size": 1.10}',
        is_primary: false,
      },
    ]);
    expect(
      tables['task_attributes']?.filter((row) => row['task_id'] === 's1').map((row) => row['attribute_name']),
    ).toStrictEqual([
      'original_status',
      'legacy_subtask_id',
      'legacy_parent_id',
      'legacy_results',
      'legacy_artifacts',
      'migrated_at',
    ]);
    expect(block.rejects.map(({ key, code, output, rule }) => [key, code, output, rule])).toStrictEqual([
      ['s2', 'unknown_value', null, 'maps.stage'],
      ['s3', 'not_json', 'task_artifacts', 'steps.subtasks.into.task_artifacts.each.of'],
    ]);
    expectBalanced(block);
  });
});
