import { describe, expect, it } from 'vitest';
import { splitScript } from './script.ts';

const texts = (sql: string) => splitScript(sql).map((one) => one.text);

describe('splitScript takes a script apart as psql does', () => {
  it.each<[string, string, string[]]>([
    ['plain statements', 'SELECT 1; SELECT 2;\n SELECT 3', ['SELECT 1;', 'SELECT 2;', 'SELECT 3']],
    ['nothing', ' ;; -- only words\n /* ; */ ', []],
    ['strings', `SELECT ';', 'it''s;', E'a\\';b', "odd;""name";`, [`SELECT ';', 'it''s;', E'a\\';b', "odd;""name";`]],
    ['a backslash means nothing in a plain string', `SELECT 'a\\'; SELECT 2;`, [`SELECT 'a\\';`, 'SELECT 2;']],
    ['comments nest', 'SELECT /* a /* ; */ ; */ 1; SELECT 2;', ['SELECT /* a /* ; */ ; */ 1;', 'SELECT 2;']],
    ['a comment ends with its line', "SELECT 1 -- it's; so\n; SELECT 2;", ["SELECT 1 -- it's; so\n;", 'SELECT 2;']],
    [
      'dollar quotes',
      'DO $$ BEGIN; END $$; DO $a$ $$ ; $b$ $a$; SELECT 1;',
      ['DO $$ BEGIN; END $$;', 'DO $a$ $$ ; $b$ $a$;', 'SELECT 1;'],
    ],
    ['a dollar inside a name, and parameters', 'SELECT a$b$c, $1; SELECT 2;', ['SELECT a$b$c, $1;', 'SELECT 2;']],
    [
      'brackets',
      'CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); SELECT 3;',
      ['CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);', 'SELECT 3;'],
    ],
    [
      'a body between BEGIN ATOMIC and END',
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3;',
      [
        'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;',
        'SELECT 3;',
      ],
    ],
    [
      'BEGIN elsewhere begins no body',
      'BEGIN; CREATE TABLE begin_t (id int); END;',
      ['BEGIN;', 'CREATE TABLE begin_t (id int);', 'END;'],
    ],
    ['what never ends', "SELECT 1; SELECT 'open", ['SELECT 1;', "SELECT 'open"]],
    ['a dollar quote that never ends', 'SELECT $x$ ; SELECT 2;', ['SELECT $x$ ; SELECT 2;']],
    ['a byte order mark', '\ufeffSELECT 1;', ['SELECT 1;']],
    ['letters of other scripts', 'SELECT größe FROM "é"; SELECT 2', ['SELECT größe FROM "é";', 'SELECT 2']],
  ])('%s', (_name, sql, wanted) => {
    expect(texts(sql)).toEqual(wanted);
  });

  it('says on which line the first word of each stands', () => {
    const sql = `-- head\n\nSELECT 1;\n/* a\n b */ SELECT '\n';\r\nSELECT $$\n\n$$; SELECT 4;`;
    expect(splitScript(sql).map((one) => one.line)).toEqual([3, 5, 7, 9]);
  });

  it('loses nothing but what stands between statements', () => {
    const sql = "SELECT 1;\n-- c\nDO $$ x; $$;SELECT 'a;b' /* ; */ ;";
    expect(texts(sql).join('')).toBe(sql.replace('\n-- c\n', ''));
  });
});
