import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DbFailure } from '../relational.ts';
import { runScript, splitScript } from './script.ts';

describe('splitScript', () => {
  const cases: readonly [string, string, string[]][] = [
    ['plain', 'SELECT 1; SELECT 2;', ['SELECT 1;', 'SELECT 2;']],
    ['no last semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1;', 'SELECT 2']],
    [
      'semicolon in text',
      `INSERT INTO t VALUES ('a;b''c;');SELECT 1;`,
      [`INSERT INTO t VALUES ('a;b''c;');`, 'SELECT 1;'],
    ],
    ['semicolon in names', 'SELECT "a;b", [c;d], `e;f`;', ['SELECT "a;b", [c;d], `e;f`;']],
    ['comments', '-- one;\n/* two; */ SELECT 1 -- three;\n;', ['SELECT 1 -- three;\n;']],
    ['only comments', '-- nothing;\n/* here; */ ;;', []],
    ['byte order mark', '\ufeffSELECT 1;', ['SELECT 1;']],
    [
      'trigger with CASE',
      `CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = CASE WHEN 1 THEN 2 ELSE 3 END; DELETE FROM c; END; SELECT 1;`,
      [
        'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = CASE WHEN 1 THEN 2 ELSE 3 END; DELETE FROM c; END;',
        'SELECT 1;',
      ],
    ],
    [
      'temp trigger, if not exists, END in a comment',
      'create temp trigger if not exists t after delete on a begin select 1; -- END;\nselect 2; end ; select 3;',
      ['create temp trigger if not exists t after delete on a begin select 1; -- END;\nselect 2; end ;', 'select 3;'],
    ],
    [
      'column named end',
      'CREATE TABLE trigger_log (e TEXT); SELECT 1;',
      ['CREATE TABLE trigger_log (e TEXT);', 'SELECT 1;'],
    ],
    ['unclosed text goes to the end', "SELECT 'a; b", ["SELECT 'a; b"]],
    ['CRLF', 'SELECT 1;\r\nSELECT 2;\r\n', ['SELECT 1;', 'SELECT 2;']],
  ];
  it.each(cases)('%s', (_name, sql, wanted) => {
    expect(splitScript(sql).map((statement) => statement.text)).toEqual(wanted);
  });

  it('counts lines from 1, comments and strings included', () => {
    const found = splitScript(`-- a\n/* b\n c */\nSELECT 'x\ny';\n\nSELECT 2;`);
    expect(found.map((statement) => statement.line)).toEqual([4, 7]);
  });
});

describe('runScript', () => {
  const run = (sql: string): DbFailure => {
    const db = new Database(':memory:');
    db.exec('BEGIN');
    try {
      runScript(db, sql, () => undefined);
    } catch (error) {
      expect(db.inTransaction).toBe(true);
      return error as DbFailure;
    } finally {
      db.close();
    }
    throw new Error('The script did not fail');
  };

  it('points at the place of a syntax error', () => {
    const failure = run('CREATE TABLE a (x);\n\nCREATE TABLE b (\n  x TEXT,\n  y TEXT NOT NUL\n);');
    expect(failure).toBeInstanceOf(DbFailure);
    expect(failure.line).toBe(5);
    expect(failure.excerpt).toBe('4 |   x TEXT,\n5 |   y TEXT NOT NUL\n  |              ^');
  });

  it('points at a missing table', () => {
    const failure = run('SELECT 1;\nINSERT INTO nowhere VALUES (1);');
    expect(failure.line).toBe(2);
    expect(failure.error.message).toContain('no such table: nowhere');
    expect(failure.excerpt).toContain('2 | INSERT INTO nowhere');
  });

  it.each(['BEGIN;', 'COMMIT;', 'END;', 'ROLLBACK;', 'VACUUM;', "ATTACH 'x' AS y;"])(
    'refuses %s before anything runs',
    (word) => {
      const failure = run(`CREATE TABLE a (x);\n${word}`);
      expect(failure.error.code).toBe('OVERLAND_SCRIPT');
      expect(failure.line).toBe(2);
    },
  );

  it('lets savepoints through', () => {
    const db = new Database(':memory:');
    db.exec('BEGIN');
    expect(runScript(db, 'SAVEPOINT a; CREATE TABLE t (x); ROLLBACK TO a; RELEASE a;', () => undefined)).toBe(4);
    db.close();
  });
});
