import { describe, expect, it } from 'vitest';
import type { IndexInfo } from '../../drivers/relational.ts';
import { column, design, designOne, table } from './testing.ts';

function index(name: string, columns: readonly string[], given: Partial<IndexInfo> = {}): IndexInfo {
  return {
    name,
    parts: columns.map((one) => ({ column: one, expression: null, descending: false, length: null })),
    unique: false,
    where: null,
    method: 'btree',
    constraint: false,
    ...given,
  };
}

describe('case 7: generated columns, indexes, CHECK, ON UPDATE', () => {
  it('a generated column is computed again where it means the same, else its values are carried', () => {
    const source = table('t', [
      column('a', 'int'),
      column('twice', 'int', { generated: true, details: { generatedAs: { expression: '`a` * 2', stored: false } } }),
      column('half', 'decimal(10,4)', {
        generated: true,
        details: { generatedAs: { expression: '`a` / 2', stored: true } },
      }),
    ]);
    const planned = designOne('mysql', 'postgres', source);
    expect(planned.columns.map((one) => one.source)).toEqual(['a', 'half']);
    expect(planned.design.columns[1]?.generatedAs).toEqual({ expression: '("a" * 2)', stored: true });
    expect(planned.design.columns[2]?.generatedAs).toBeNull();
    expect(planned.notCarried).toMatchObject([{ kind: 'generated', name: 'half', text: '`a` / 2' }]);
  });
  it('a CHECK that the type holds is gone, one that cannot be said is reported with its text', () => {
    const checks = [
      { name: 'ok', expression: '`n` > 0' },
      { name: null, expression: 'json_valid(`doc`)' },
      { name: 'odd', expression: "`s` regexp '^a'" },
    ];
    const columns = [column('n', 'int'), column('doc', 'longtext', { type: { t: 'json' } }), column('s', 'text')];
    const planned = designOne('mysql', 'postgres', table('t', columns, { details: { checks } }));
    expect(planned.design.checks).toEqual([{ name: 'ok', expression: '("n" > 0)' }]);
    expect(planned.notCarried).toMatchObject([{ kind: 'check', name: 'odd', text: "CHECK (`s` regexp '^a')" }]);
  });
  it('ON UPDATE CURRENT_TIMESTAMP stays in MySQL and is reported elsewhere', () => {
    const source = table('t', [column('at', 'timestamp', { details: { onUpdate: 'current_timestamp()' } })]);
    expect(designOne('mysql', 'mysql', source).design.columns[0]?.onUpdate).toBe('current_timestamp()');
    expect(designOne('mysql', 'postgres', source).notCarried).toMatchObject([
      { kind: 'on_update', text: 'ON UPDATE current_timestamp()' },
    ]);
  });
  it('expression and partial indexes', () => {
    const columns = [column('email', 'TEXT'), column('n', 'INTEGER')];
    const indexes = [
      index('lowered', [], { parts: [{ column: null, expression: 'lower(email)', descending: true, length: null }] }),
      index('some', ['n'], { where: 'n > 5', unique: true }),
      index('unique_lower', [], {
        unique: true,
        parts: [{ column: null, expression: 'lower(email)', descending: false, length: null }],
      }),
    ];
    const source = table('t', columns, { details: { indexes } });
    const postgres = designOne('sqlite', 'postgres', source);
    expect(postgres.indexes).toMatchObject([
      { name: 'lowered', parts: [{ expression: 'lower("email")', descending: true }] },
      { name: 'some', where: '("n" > 5)', unique: true },
    ]);
    expect(postgres.notCarried).toMatchObject([{ kind: 'index', name: 'unique_lower' }]);
    const mysql = designOne('sqlite', 'mysql', source);
    expect(mysql.indexes).toEqual([]);
    expect(mysql.notCarried.map((one) => one.name)).toEqual(['lowered', 'some', 'unique_lower']);
    expect(mysql.notCarried[1]?.text).toBe('CREATE UNIQUE INDEX "some" ON "t" ("n") WHERE n > 5');
  });
  it('an index over the beginning of a text', () => {
    const indexes = [
      index('begin', ['s'], { parts: [{ column: 's', expression: null, descending: false, length: 10 }] }),
      index('unique_begin', ['s'], {
        unique: true,
        parts: [{ column: 's', expression: null, descending: false, length: 10 }],
      }),
    ];
    const planned = designOne('mysql', 'postgres', table('t', [column('s', 'text')], { details: { indexes } }));
    expect(planned.indexes).toMatchObject([{ name: 'begin', parts: [{ column: 's', length: null }] }]);
    expect(planned.notCarried).toMatchObject([{ kind: 'index', name: 'unique_begin' }]);
  });
});

describe('keys of MySQL', () => {
  it('text in a key gets a length, text in an index a beginning', () => {
    const columns = [column('id', 'TEXT', { nullable: false }), column('code', 'TEXT'), column('note', 'TEXT')];
    const indexes = [index('codes', ['code'], { unique: true }), index('notes', ['note'])];
    const source = table('t', columns, { primaryKey: ['id'], details: { indexes } });
    const planned = designOne('sqlite', 'mysql', source, { longest: (_table, name) => (name === 'code' ? 300 : 10) });
    expect(planned.design.columns.map((one) => one.declaredType)).toEqual(['varchar(255)', 'varchar(320)', 'longtext']);
    expect(planned.indexes[1]?.parts[0]?.length).toBe(191);
    expect(planned.columns[0]?.fit).toBe('rule');
  });
  it('a declared length stays where the key has room for it', () => {
    const source = table('t', [column('id', 'character varying(500)', { nullable: false })], { primaryKey: ['id'] });
    const planned = designOne('postgres', 'mysql', source);
    expect(planned.columns[0]).toMatchObject({ targetType: 'varchar(500)', fit: 'exact' });
    const long = table('t', [column('id', 'character varying(5000)', { nullable: false })], { primaryKey: ['id'] });
    expect(designOne('postgres', 'mysql', long).columns[0]).toMatchObject({ targetType: 'varchar(768)', fit: 'rule' });
  });
  it('four texts share the bytes of one key', () => {
    const names = ['a', 'b', 'c', 'd'];
    const source = table(
      't',
      names.map((name) => column(name, 'text', { nullable: false })),
      { primaryKey: names },
    );
    const planned = designOne('postgres', 'mysql', source);
    expect(new Set(planned.design.columns.map((one) => one.declaredType))).toEqual(new Set(['varchar(192)']));
  });
  it('a row that would be too wide has its longest texts outside', () => {
    const source = table(
      't',
      ['a', 'b', 'c'].map((name) => column(name, 'character varying(9000)')),
    );
    const planned = designOne('postgres', 'mysql', source);
    expect(planned.design.columns.map((one) => one.declaredType)).toEqual(['longtext', 'longtext', 'varchar(9000)']);
  });
});

describe('names', () => {
  it('tables and columns that differ in case only clash in MySQL and SQLite', () => {
    const tables = [
      table('Users', [column('id', 'integer'), column('ID', 'integer')]),
      table('users', [column('id', 'integer')]),
    ];
    expect(design('postgres', 'mysql', tables).problems.map((one) => [one.code, one.table, one.column])).toEqual([
      ['name_clash', 'Users', 'ID'],
      ['name_clash', 'users', null],
    ]);
    const renamed = design('postgres', 'sqlite', tables.slice(1), {
      renames: new Map([['users', 'people']]),
      taken: ['Users'],
    });
    expect(renamed.problems).toEqual([]);
    expect(renamed.tables[0]?.design.name).toBe('people');
  });
  it('a name of 70 characters is too long for a table, and cut for an index', () => {
    const long = 'x'.repeat(70);
    const source = table('t', [column('a', 'INTEGER')], {
      details: { indexes: [index(long, ['a']), index(`${long}y`, ['a'])] },
    });
    const planned = designOne('sqlite', 'postgres', source);
    const names = planned.indexes.map((one) => one.name);
    expect(names.every((name) => name.length === 63)).toBe(true);
    expect(new Set(names).size).toBe(2);
    expect(designOne('sqlite', 'postgres', source).indexes.map((one) => one.name)).toEqual(names);
    expect(design('sqlite', 'postgres', [table(long, [])]).problems).toMatchObject([{ code: 'name_too_long' }]);
    const umlauts = 'ä'.repeat(40);
    expect(design('mysql', 'postgres', [table(umlauts, [])]).problems).toMatchObject([{ code: 'name_too_long' }]);
  });
  it('indexes of two tables that have one name in MySQL get two in PostgreSQL', () => {
    const tables = ['a', 'b'].map((name) =>
      table(name, [column('x', 'int')], { details: { indexes: [index('by_x', ['x'])] } }),
    );
    expect(design('mysql', 'postgres', tables).tables.map((one) => one.indexes[0]?.name)).toEqual(['by_x', 'b_by_x']);
    expect(design('mysql', 'mysql', tables).tables.map((one) => one.indexes[0]?.name)).toEqual(['by_x', 'by_x']);
  });
});

describe('case 9: foreign keys', () => {
  const parent = table('p', [column('id', 'bigint(20) unsigned', { nullable: false, details: { identity: 'auto' } })], {
    primaryKey: ['id'],
  });
  const child = table('c', [column('p_id', 'bigint(20) unsigned')], {
    foreignKeys: [{ columns: ['p_id'], table: 'p', references: ['id'], name: null, onDelete: 'cascade' }],
  });
  it('what refers has the type of what it refers to, and every key has a name', () => {
    const { tables } = design('mysql', 'postgres', [child, parent], { renames: new Map([['p', 'parents']]) });
    expect(tables[0]?.design.columns[0]?.declaredType).toBe('bigint');
    expect(tables[0]?.foreignKeys).toEqual([
      { columns: ['p_id'], table: 'parents', references: ['id'], name: 'c_p_id_fkey', onDelete: 'cascade' },
    ]);
  });
  it('a table that is not copied cannot be referred to', () => {
    const planned = designOne('mysql', 'postgres', child);
    expect(planned.foreignKeys).toEqual([]);
    expect(planned.notCarried).toMatchObject([{ kind: 'foreign_key', why: 'the table `p` is not copied' }]);
  });
});

describe('numbered columns', () => {
  it('serial and identity of PostgreSQL, AUTO_INCREMENT, the rowid', () => {
    const serial = table(
      't',
      [column('id', 'integer', { nullable: false, defaultText: "nextval('t_id_seq'::regclass)" })],
      { primaryKey: ['id'] },
    );
    expect(designOne('postgres', 'mysql', serial).design.columns[0]).toMatchObject({
      declaredType: 'int',
      identity: true,
      defaultText: null,
    });
    expect(designOne('postgres', 'sqlite', serial).identity).toBe('id');
    const two = table(
      't',
      [column('a', 'integer', { nullable: false }), column('id', 'integer', { details: { identity: 'auto' } })],
      { primaryKey: ['a', 'id'] },
    );
    expect(designOne('postgres', 'sqlite', two).notCarried).toMatchObject([{ kind: 'identity', name: 'id' }]);
  });
});

describe('rules', () => {
  const rows = [
    column('flag', 'tinyint(1)'),
    column('big', 'bigint(20) unsigned'),
    column('note', 'mediumtext'),
    column('text', 'text'),
  ];
  const rule = (pattern: string, given: object) => ({ key: `steps.s.types."${pattern}"`, pattern, rule: given });
  it('by type, by pattern and by column, the more specific one first', () => {
    const planned = designOne('mysql', 'postgres', table('orders', rows), {
      rules: [
        rule('*text', { nul: 'remove', to: 'varchar(50)' }),
        rule('tinyint(1)', { to: 'boolean' }),
        rule('bigint unsigned', { to: 'numeric(30,0)' }),
        rule('orders.note', { to: 'text' }),
        rule('orders.*', { encoding: 'double_utf8' }),
      ],
    });
    expect(planned.design.columns.map((one) => one.declaredType)).toEqual([
      'boolean',
      'numeric(30,0)',
      'text',
      'varchar(50)',
    ]);
    expect(planned.columns[2]?.rules).toEqual([
      'steps.s.types."orders.note"',
      'steps.s.types."orders.*"',
      'steps.s.types."*text"',
    ]);
    expect(planned.columns[2]?.convert.rule).toEqual({ to: 'text', encoding: 'double_utf8', nul: 'remove' });
  });
  it('a rule that matches nothing and a type that is not known are problems', () => {
    const { problems } = design('mysql', 'mysql', [table('orders', rows)], {
      rules: [rule('tinyint(2)', {}), rule('orders.flag', { to: 'inetger' })],
    });
    expect(problems).toMatchObject([
      { code: 'rule_matches_nothing', rule: 'steps.s.types."tinyint(2)"' },
      { code: 'rule_type_unknown', rule: 'steps.s.types."orders.flag"' },
    ]);
  });
});

describe('tables that are there', () => {
  it('values are fitted to the columns that are there, and what is missing is named', () => {
    const source = table('t', [column('a', 'INTEGER'), column('gone', 'TEXT')]);
    const existing = table('t', [column('a', 'smallint'), column('must', 'text', { nullable: false })]);
    const { tables, problems } = design('sqlite', 'postgres', [source], {
      existing: new Map([['t', existing]]),
      taken: ['t'],
    });
    expect(problems.map((one) => [one.code, one.column])).toEqual([
      ['column_missing', 'gone'],
      ['column_required', 'must'],
    ]);
    expect(tables[0]?.columns).toMatchObject([
      { source: 'a', targetType: 'smallint', convert: { to: { facts: { bits: 16 } } } },
    ]);
  });
});

describe('comments and plain JSON', () => {
  it('a plan is the same after it was stored', () => {
    const source = table('t', [column('a', `enum('x','y')`, { details: { comment: "it's" } })], {
      details: { comment: 'all' },
    });
    for (const target of ['sqlite', 'postgres', 'mysql'] as const) {
      const found = design('mysql', target, [source]);
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    }
    expect(designOne('mysql', 'sqlite', source).notCarried.map((one) => one.kind)).toEqual(['comment', 'comment']);
    expect(designOne('mysql', 'postgres', source).design.columns[0]?.comment).toBe("it's");
  });
});
