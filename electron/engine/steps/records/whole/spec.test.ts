import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../profile/load-profile.ts';
import { writeBundle } from '../../../profile/testing.ts';
import type { StepKind } from '../../step-kind.ts';
import { matchesAny } from './pattern.ts';
import { parseWhole } from './spec.ts';
import { isWhole } from './spec-shape.ts';
import type { WholeSpec } from './spec-types.ts';

const unused = (): never => {
  throw new Error('Only parsed here');
};
const kind: StepKind = {
  kind: 'records',
  planVersion: 1,
  parse: parseWhole,
  describe: unused,
  connections: (spec) => ({
    reads: [(spec as WholeSpec).source.connection],
    writes: [(spec as WholeSpec).target.connection],
  }),
  plan: unused,
  units: unused,
  validate: unused,
};

const head = `overland = 1
id = "copy"
version = "1.0.0"
[connections]
old = { engine = "sqlite", path = "old.db" }
new = { engine = "sqlite", path = "new.db", access = "write" }
[maps]
state = { a = "b" }
[steps.shop]
kind = "records"
`;

async function parse(step: string): Promise<WholeSpec> {
  const loaded = await loadProfile(writeBundle({ 'profile.toml': `${head}${step}` }), {
    kinds: new Map([['records', kind]]),
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.profile.steps[0]!.spec as WholeSpec;
}

async function problems(step: string): Promise<string[]> {
  const loaded = await loadProfile(writeBundle({ 'profile.toml': `${head}${step}` }), {
    kinds: new Map([['records', kind]]),
  });
  return 'problems' in loaded ? loaded.problems.map((one) => `${one.line} ${one.key}: ${one.message}`) : [];
}

describe('a step that copies a schema', () => {
  test('has defaults', async () => {
    const spec = await parse('source = { connection = "old" }\ntarget = { connection = "new" }\n');
    expect(spec).toMatchObject({
      form: 'whole',
      key: 'steps.shop',
      source: { tables: ['*'], except: [], schema: null },
      target: { mode: 'create' },
      undo: 'drop_created',
      parallel: 1,
      beforeLoad: ['primary', 'not_null', 'check'],
      afterLoad: ['unique', 'foreign'],
      orphans: 'quarantine_closure',
      finish: ['sequences', 'comments', 'analyze'],
    });
  });

  test('knows what is special about tables, types and columns', async () => {
    const spec = await parse(`source = { connection = "old", tables = ["orders", "log_*"] }
target = { connection = "new" }
[steps.shop.types]
"tinyint(1)" = { to = "boolean" }
"orders.note" = { nul = "remove" }
[steps.shop.tables.orders]
rename = "sales_order"
where = "=row.id > 1"
set = { state = { value = "=row.state", map = "state" } }
key = ["id"]
[steps.shop.tables.log_old]
chunk = "whole_table"
`);
    expect(spec.types).toEqual([
      { key: 'steps.shop.types."tinyint(1)"', pattern: 'tinyint(1)', rule: { to: 'boolean' } },
      { key: 'steps.shop.types."orders.note"', pattern: 'orders.note', rule: { nul: 'remove' } },
    ]);
    expect(spec.tables).toMatchObject([
      { table: 'orders', rename: 'sales_order', where: { text: 'row.id > 1' }, keyColumns: ['id'], chunk: 'ranges' },
      { table: 'log_old', chunk: 'whole_table', set: [], where: null },
    ]);
  });

  test('tells all that is wrong at once, with its line', async () => {
    const found = await problems(`source = { connection = "odl", tables = ["orders"] }
target = { connection = "new", mode = "upsert" }
undo = "drop_created"
constraints = { before_load = ["primary", "unique", "foreign"], after_load = ["unique", "check"] }
[steps.shop.types]
"datetime" = {}
[steps.shop.tables.order]
where = "=row.id >"
[steps.shop.tables.orders]
set = { state = { value = "=row.state", map = "stat" } }
`);
    expect(found).toEqual([
      expect.stringMatching(/^11 steps\.shop\.source\.connection: There is no connection `odl`/),
      expect.stringMatching(/^13 steps\.shop\.undo: `drop_created` cannot undo mode `upsert`/),
      expect.stringMatching(/^14 .*before_load\[2\]: `foreign` is made when all rows are there/),
      expect.stringMatching(/^14 .*after_load\[0\]: `unique` is in both lists/),
      expect.stringMatching(/^14 .*after_load\[1\]: `check` is made with the table/),
      expect.stringMatching(/^16 .*types\.datetime: The rule for `datetime` is empty/),
      expect.stringMatching(/^17 steps\.shop\.tables\.order: The table `order` is not among/),
      expect.stringMatching(/^18 .*where: .*does not compile/),
      expect.stringMatching(/^20 .*map: There is no map `stat`/),
    ]);
  });

  test.each([
    ['an unknown key', 'sourc = 1', /Unknown key `sourc`/],
    ['an unknown key of a rule', 'types = { date = { zeros = "null" } }', /Unknown key `zeros`/],
    ['a word that is none', 'finish = ["sequence"]', /is not one of/],
  ])('refuses %s', async (_, line, message) => {
    const found = await problems(`source = { connection = "old" }\ntarget = { connection = "new" }\n${line}\n`);
    expect(found).toEqual([expect.stringMatching(message)]);
  });
});

test.each([
  [{ source: { tables: ['*'] } }, true],
  [{ source: {}, target: { mode: 'create' } }, true],
  [{ source: { table: 'a' }, into: {}, types: {} }, false],
  [{ source: { table: 'a' } }, false],
  [null, false],
])('the form of %o', (raw, whole) => {
  expect(isWhole(raw)).toBe(whole);
});

test.each([
  ['tmp_a', ['tmp_*'], true],
  ['a.b', ['a.b'], true],
  ['axb', ['a.b*'], false],
  ['orders', ['*ers', 'x'], true],
  ['orders', ['order'], false],
])('%s matches %o', (name, patterns, expected) => {
  expect(matchesAny(name, patterns)).toBe(expected);
});
