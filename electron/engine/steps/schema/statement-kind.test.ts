import { expect, test } from 'vitest';
import { builtIndex } from './probe.ts';
import { kindOfStatement, type StatementKind } from './statement-kind.ts';
import { namesIn } from './structure.ts';

test.each<[Parameters<typeof kindOfStatement>[0], string, StatementKind['runs']]>([
  ['sqlite', 'CREATE TABLE a (x)', 'inside'],
  ['sqlite', '-- first\nVACUUM', 'outside'],
  ['sqlite', 'PRAGMA main.journal_mode = WAL', 'outside'],
  ['sqlite', "ATTACH 'x' AS y", 'forbidden'],
  ['postgres', 'CREATE INDEX i ON t (a)', 'inside'],
  ['postgres', 'create unique index concurrently i on t (a)', 'outside'],
  ['postgres', 'DROP INDEX CONCURRENTLY i', 'outside'],
  ['postgres', 'REINDEX (VERBOSE) TABLE CONCURRENTLY t', 'outside'],
  ['postgres', "ALTER TYPE mood ADD VALUE 'ok'", 'inside'],
  ['postgres', '/* quick */ VACUUM (FULL) t', 'outside'],
  ['postgres', 'ALTER TABLE p DETACH PARTITION q CONCURRENTLY', 'outside'],
  ['postgres', 'ALTER SYSTEM SET work_mem = 1', 'outside'],
  ['postgres', 'COMMIT', 'forbidden'],
  ['postgres', 'COPY t FROM STDIN', 'forbidden'],
  ['postgres', "SET statement_timeout = '1s'", 'setting'],
  ['postgres', 'SET CONSTRAINTS ALL DEFERRED', 'inside'],
  ['mysql', 'CREATE TABLE a (x INT)', 'outside'],
  ['mysql', '/*!50001 SET NAMES utf8 */', 'inside'],
  ['mysql', '# note\nALTER TABLE a ADD y INT', 'outside'],
  ['mysql', 'UPDATE a SET x = 1', 'inside'],
  ['mysql', 'SET foreign_key_checks = 0', 'setting'],
  ['mysql', 'START TRANSACTION', 'forbidden'],
  ['mysql', 'BEGIN NOT ATOMIC SELECT 1; END', 'inside'],
  ['mysql', 'USE other', 'forbidden'],
  ['mysql', 'LOCK TABLES a WRITE', 'forbidden'],
])('%s: %s runs %s', (engine, text, runs) => {
  expect(kindOfStatement(engine, text).runs).toBe(runs);
});

test('what may be repeated after a crash', () => {
  const repeatable = (text: string) => kindOfStatement('mysql', text).repeatable;
  expect(['ANALYZE TABLE a', 'CREATE TABLE IF NOT EXISTS a (x INT)', 'GRANT SELECT ON a TO b'].every(repeatable)).toBe(
    true,
  );
  expect(['CREATE TABLE a (x INT)', 'ALTER TABLE a ADD y INT', 'CALL p()'].some(repeatable)).toBe(false);
});

test.each([
  ['CREATE INDEX CONCURRENTLY i ON t (a)', 'i'],
  ['-- slow\ncreate unique index concurrently if not exists "I x" on t (a)', '"I x"'],
  ['CREATE INDEX CONCURRENTLY s.i ON t (a)', 's.i'],
  ['CREATE INDEX CONCURRENTLY ON t (a)', null],
  ['CREATE INDEX i ON t (a)', null],
])('index of %s is %s', (text, name) => {
  expect(builtIndex(text)).toBe(name);
});

test('names in a statement are found in any quotes, not in strings and comments', () => {
  const names = namesIn('ALTER TABLE "Big ""t" ADD c text DEFAULT \'hidden\' -- gone\n REFERENCES `other` (Id)');
  expect(names).toEqual(expect.arrayContaining(['Big "t', 'other', 'Id', 'id', 'c']));
  expect(names).not.toContain('hidden');
  expect(names).not.toContain('gone');
});
