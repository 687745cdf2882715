import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../drivers/relational.ts';
import { dialectOf } from '../dialects.ts';
import { meaningOfType } from '../source-facts.ts';
import { translateDefault } from './defaults.ts';
import { translate } from './translate.ts';

/** Columns by name: declared type in the source and in the target. */
type Columns = Readonly<Record<string, readonly [from: string, to: string]>>;

function carried(
  source: Engine,
  target: Engine,
  sql: string,
  columns: Columns,
  more: { loose?: boolean; exact?: boolean } = {},
) {
  const found = translate(sql, {
    source,
    target: dialectOf(target),
    loose: more.loose ?? false,
    column: (name) => {
      const types = columns[name];
      if (!types) return null;
      const [from, to] = [meaningOfType(source, types[0]).facts, meaningOfType(target, types[1]).facts];
      return { name, from, to, exactText: more.exact ?? true };
    },
  });
  return 'text' in found ? found.text : null;
}

const numbers: Columns = { a: ['int', 'integer'], b: ['int', 'integer'], d: ['decimal(10,2)', 'numeric(10,2)'] };

describe('expressions that mean the same', () => {
  it('comparisons, sums and conditions', () => {
    expect(carried('mysql', 'postgres', '`a` > 0 and `b` between 1 and 5', numbers)).toBe(
      '(("a" > 0) AND ("b" BETWEEN 1 AND 5))',
    );
    expect(carried('mysql', 'postgres', '(`a` + 1) * `b` <> -2 or not `a` is null', numbers)).toBe(
      '(((("a" + 1) * "b") <> -2) OR (NOT ("a" IS NULL)))',
    );
    expect(
      carried('postgres', 'mysql', '((price > (0)::numeric) AND (price < 1000.5))', {
        price: ['numeric(10,2)', 'decimal(10,2)'],
      }),
    ).toBe('((`price` > 0) AND (`price` < 1000.5))');
  });
  it('IN as PostgreSQL keeps it', () => {
    const state: Columns = { state: ['text', 'longtext'] };
    expect(
      carried(
        'postgres',
        'mysql',
        `((state)::text = ANY ((ARRAY['new'::character varying, 'it''s'::character varying])::text[]))`,
        state,
      ),
    ).toBe("(`state` IN ('new', 'it''s'))");
    expect(
      carried('postgres', 'sqlite', `(state <> ALL (ARRAY['a'::text, 'b'::text]))`, { state: ['text', 'TEXT'] }),
    ).toBe(`("state" NOT IN ('a', 'b'))`);
  });
  it('lengths count characters in the words of each', () => {
    expect(carried('sqlite', 'mysql', 'length(name) > 0', { name: ['TEXT', 'longtext'] })).toBe(
      '(char_length(`name`) > 0)',
    );
    expect(carried('mysql', 'postgres', 'length(`name`) > 0', { name: ['text', 'text'] })).toBe(
      '(octet_length("name") > 0)',
    );
    expect(carried('mysql', 'sqlite', 'char_length(`name`) > 0', { name: ['text', 'TEXT'] })).toBe(
      '(length("name") > 0)',
    );
  });
  it('joined text', () => {
    const names: Columns = { first: ['text', 'longtext'], last: ['text', 'longtext'] };
    expect(carried('postgres', 'mysql', `((first || ' '::text) || last)`, names)).toBe(
      "concat(concat(`first`, ' '), `last`)",
    );
    expect(
      carried('mysql', 'postgres', "concat(`first`,_utf8mb4' ',`last`)", {
        first: ['text', 'text'],
        last: ['text', 'text'],
      }),
    ).toBe(`("first" || ' ' || "last")`);
  });
  it('booleans that were numbers', () => {
    expect(
      carried('sqlite', 'postgres', 'active = 1 OR NOT done', {
        active: ['BOOLEAN', 'boolean'],
        done: ['BOOLEAN', 'boolean'],
      }),
    ).toBe('(("active" = TRUE) OR (NOT "done"))');
    expect(carried('mysql', 'postgres', '`a` and `b`', numbers)).toBe('(("a" <> 0) AND ("b" <> 0))');
    expect(carried('postgres', 'sqlite', '(active = true)', { active: ['boolean', 'BOOLEAN'] })).toBe('("active" = 1)');
  });
  it('CASE and COALESCE', () => {
    expect(
      carried('mysql', 'sqlite', 'case when `a` > 1 then ifnull(`b`,0) else `a` end', {
        a: ['int', 'INTEGER'],
        b: ['int', 'INTEGER'],
      }),
    ).toBe('(CASE WHEN ("a" > 1) THEN coalesce("b", 0) ELSE "a" END)');
  });
});

describe('expressions that do not', () => {
  const columns: Columns = {
    name: ['TEXT', 'text'],
    a: ['INTEGER', 'bigint'],
    at: ['TIMESTAMP', 'timestamp'],
    r: ['REAL', 'double precision'],
  };
  it.each([
    ['sqlite', 'LIKE is without case in SQLite', `name LIKE 'a%'`],
    ['sqlite', 'lower knows ASCII only', `lower(name) = 'a'`],
    ['sqlite', 'text in order', `name < 'm'`],
    ['sqlite', 'times are text', `at > '2020-01-01'`],
    ['sqlite', 'GLOB', `name GLOB '*'`],
    ['sqlite', 'a function of SQLite', `typeof(a) = 'integer'`],
    ['sqlite', 'floats are divided', 'r / 2 > 1'],
    ['sqlite', 'a column that is not there', 'gone > 1'],
    ['sqlite', 'IS compares', 'a IS 1'],
    ['sqlite', 'a subquery', 'a IN (SELECT 1)'],
  ] as const)('%s: %s', (source, _why, sql) => {
    expect(carried(source, 'postgres', sql, columns)).toBeNull();
  });
  it('divisions have other results in MySQL', () => {
    expect(carried('sqlite', 'postgres', 'a / 2 = 1', columns)).toBe('(("a" / 2) = 1)');
    expect(carried('sqlite', 'mysql', 'a / 2 = 1', { a: ['INTEGER', 'bigint'] })).toBeNull();
    expect(carried('mysql', 'postgres', '`a` / 2 = 1', numbers)).toBeNull();
  });
  it('|| is OR in MySQL', () => {
    expect(carried('mysql', 'postgres', "`a` || 'x'", numbers)).toBeNull();
  });
  it('text under a collation that folds case', () => {
    const state: Columns = { state: ['varchar(5)', 'varchar(5)'] };
    expect(carried('mysql', 'postgres', "`state` in ('a','b')", state)).toBe(`("state" IN ('a', 'b'))`);
    expect(carried('mysql', 'postgres', "`state` in ('a','b')", state, { exact: false })).toBeNull();
    expect(carried('mysql', 'postgres', 'lower(`state`)', state, { exact: false, loose: true })).toBe('lower("state")');
  });
});

describe('defaults', () => {
  function carriedDefault(source: Engine, from: string, target: Engine, to: string, sql: string) {
    const found = translateDefault(sql, {
      source,
      target: dialectOf(target),
      from: meaningOfType(source, from).facts,
      to: meaningOfType(target, to).facts,
    });
    return 'text' in found ? found.text : found;
  }
  it.each([
    ['sqlite', 'TEXT', 'postgres', 'text', `'it''s \\ x'`, `'it''s \\ x'`],
    ['mysql', 'varchar(9)', 'postgres', 'text', String.raw`'it\'s \\ x'`, `'it''s \\ x'`],
    ['postgres', 'text', 'mysql', 'longtext', `'a\\b'::text`, String.raw`'a\\b'`],
    ['postgres', 'integer', 'sqlite', 'INTEGER', `'-1'::integer`, '-1'],
    ['postgres', 'boolean', 'mysql', 'tinyint(1)', 'true', '1'],
    ['sqlite', 'BOOLEAN', 'postgres', 'boolean', '0', 'FALSE'],
    ['mysql', 'tinyint(1)', 'postgres', 'boolean', '1', 'TRUE'],
    ['mysql', 'int', 'postgres', 'integer', 'NULL', null],
    ['sqlite', 'TIMESTAMP', 'postgres', 'timestamp', 'CURRENT_TIMESTAMP', "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"],
    ['sqlite', 'TIMESTAMP', 'postgres', 'timestamptz', `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`, 'CURRENT_TIMESTAMP'],
    [
      'sqlite',
      'INTEGER',
      'postgres',
      'bigint',
      `strftime('%s','now')`,
      'extract(epoch from CURRENT_TIMESTAMP)::bigint',
    ],
    ['sqlite', 'INTEGER', 'mysql', 'bigint', 'unixepoch()', '(unix_timestamp())'],
    ['mysql', 'datetime(6)', 'postgres', 'timestamp', 'current_timestamp(6)', 'CURRENT_TIMESTAMP'],
    ['postgres', 'timestamp with time zone', 'mysql', 'datetime(6)', 'now()', '(utc_timestamp(6))'],
    ['postgres', 'uuid', 'mysql', 'char(36)', 'gen_random_uuid()', '(uuid())'],
    ['postgres', 'date', 'sqlite', 'DATE', `'2020-01-01'::date`, `'2020-01-01'`],
  ] as const)('%s %s to %s %s: %s', (source, from, target, to, sql, expected) => {
    expect(carriedDefault(source, from, target, to, sql)).toBe(expected);
  });
  it.each([
    ['mysql', 'datetime', 'postgres', 'timestamp', `'0000-00-00 00:00:00'`],
    ['sqlite', 'TEXT', 'postgres', 'text', `strftime('%W', 'now')`],
    ['sqlite', 'TEXT', 'postgres', 'text', `(lower(hex(randomblob(16))))`],
    ['postgres', 'integer[]', 'mysql', 'longtext', `'{}'::integer[]`],
    ['sqlite', 'TEXT', 'postgres', 'text', 'CURRENT_TIMESTAMP'],
  ] as const)('%s %s to %s %s is not carried: %s', (source, from, target, to, sql) => {
    expect(carriedDefault(source, from, target, to, sql)).toHaveProperty('why');
  });
});
