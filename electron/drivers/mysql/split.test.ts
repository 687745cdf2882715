import { describe, expect, it } from 'vitest';
import { splitScript } from './split.ts';
import { columnType, labelsOf } from './types.ts';

const texts = (sql: string): string[] => splitScript(sql).map((one) => one.text);

describe('a script is taken apart as the mysql client does', () => {
  it.each<[string, string, string[]]>([
    [
      'semicolons in strings and names',
      `SELECT ';', "a;""b", \`c;\`; SELECT 2`,
      [`SELECT ';', "a;""b", \`c;\``, 'SELECT 2'],
    ],
    ['a backslash escapes a quote', `SELECT 'it\\'s;'; SELECT 2;`, [`SELECT 'it\\'s;'`, 'SELECT 2']],
    [
      'comments',
      `-- one; two\n# three;\n/* four; */ SELECT 1 /* ; */; SELECT 2 -- ;`,
      ['SELECT 1 /* ; */', 'SELECT 2 -- ;'],
    ],
    ['two dashes without a blank are minus', 'SELECT 1--1; SELECT 2', ['SELECT 1--1', 'SELECT 2']],
    [
      'comments that the server executes',
      '/*!40101 SET NAMES utf8 */; /*M!100616 SET x */;',
      ['/*!40101 SET NAMES utf8 */', '/*M!100616 SET x */'],
    ],
    [
      'DELIMITER',
      'DELIMITER //\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND//\nDELIMITER ;\nCALL p();',
      ['CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND', 'CALL p()'],
    ],
    [
      'delimiter in small letters, of several signs',
      'delimiter $$\nSELECT 1;\n$$\ndelimiter ;\nSELECT 2',
      ['SELECT 1;', 'SELECT 2'],
    ],
    ['a column called delimiter', 'SELECT delimiter FROM t; SELECT 2', ['SELECT delimiter FROM t', 'SELECT 2']],
    ['nothing', ' ;; -- only a comment\n', []],
    ['byte order mark and CRLF', '\ufeffSELECT 1;\r\nSELECT 2;\r\n', ['SELECT 1', 'SELECT 2']],
  ])('%s', (_name, sql, wanted) => {
    expect(texts(sql)).toEqual(wanted);
  });

  it('knows the line of each', () => {
    expect(splitScript('\n\nSELECT 1;\n-- x\nDELIMITER $$\nSELECT\n2$$\n').map((one) => one.line)).toEqual([3, 6]);
  });
});

describe('types', () => {
  it('labels with comma, quote, backslash and line end', () => {
    expect(labelsOf(String.raw`'a,b','it''s','back\\slash','x\ny',''`)).toEqual([
      'a,b',
      "it's",
      'back\\slash',
      'x\ny',
      '',
    ]);
  });

  it.each([
    ['bigint(20) unsigned', { t: 'uint64' }],
    ['int(10) unsigned zerofill', { t: 'int64' }],
    ['tinyint(1)', { t: 'int64' }],
    ['decimal(65,30)', { t: 'decimal', precision: 65, scale: 30 }],
    ['bit(1)', { t: 'bool' }],
    ['bit(8)', { t: 'uint64' }],
    ['timestamp(3)', { t: 'timestamptz', digits: 3 }],
    ['datetime', { t: 'timestamp', digits: 0 }],
    ["set('unsigned','y')", { t: 'text' }],
    ['geometry', { t: 'opaque', engine: 'mysql', name: 'geometry' }],
  ])('%s', (declared, type) => {
    expect(columnType(declared).type).toEqual(type);
  });
});
