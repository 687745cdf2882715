import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BundleFiles } from '../../profile/profile.ts';
import { compareIds } from './migration-problem.ts';
import { dialectsOf, migrationsFolder, readMigrations, scriptChecksum } from './migrations.ts';
import { migrationStatus } from './status.ts';

function files(texts: Readonly<Record<string, string>>): BundleFiles {
  return {
    folder: '/b',
    hash: '',
    text: (path) => texts[path] ?? null,
    list: (folder) =>
      Object.keys(texts).filter(
        (path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'),
      ),
  };
}

function problems(texts: Readonly<Record<string, string>>) {
  const read = readMigrations(files(texts), 'sql');
  return 'problems' in read ? read.problems : [];
}

function migrations(texts: Readonly<Record<string, string>>) {
  const read = readMigrations(files(texts), 'sql');
  if ('problems' in read) throw new Error(read.problems[0]?.message);
  return read.migrations;
}

describe('readMigrations', () => {
  it('pairs up and down files', () => {
    const [one] = migrations({ 'sql/001_a.up.sql': 'CREATE TABLE a (x);', 'sql/001_a.down.sql': 'DROP TABLE a;' });
    expect(one).toMatchObject({ id: '001', name: 'a', up: 'CREATE TABLE a (x);', down: 'DROP TABLE a;' });
  });

  it('takes sections of one file, with the line at which each begins', () => {
    const [one] = migrations({ 'sql/1_a.sql': '-- licence\n-- up\nCREATE TABLE a (x);\n-- down\nDROP TABLE a;\n' });
    expect(one).toMatchObject({ id: '1', upOffset: 0, downOffset: 4, down: 'DROP TABLE a;\n' });
    expect(one?.up).toContain('CREATE TABLE a');
    expect(one?.up).not.toContain('DROP');
  });

  it('orders by needs, then by number', () => {
    const ids = migrations({
      'sql/010_c.up.sql': 'SELECT 1;',
      'sql/002_b.up.sql': '-- needs: 010\nSELECT 1;',
      'sql/003_a.up.sql': 'SELECT 1;',
    }).map((one) => one.id);
    expect(ids).toEqual(['003', '010', '002']);
  });

  it('has no way back when the down script holds only comments', () => {
    const [one] = migrations({ 'sql/1_a.up.sql': 'SELECT 1;', 'sql/1_a.down.sql': '-- nothing /* here */\n' });
    expect(one?.down).toBeNull();
  });

  it('names a cycle with file and line', () => {
    const [problem] = problems({
      'sql/001_a.up.sql': '-- first\n-- needs: 002\nSELECT 1;',
      'sql/002_b.up.sql': '-- needs: 001\nSELECT 1;',
    });
    expect(problem).toMatchObject({ file: 'sql/001_a.up.sql', line: 2 });
    expect(problem?.message).toContain('001 needs 002 needs 001');
  });

  it.each([
    ['an unknown id', { 'sql/001_a.up.sql': '\n-- needs: 7\nSELECT 1;' }, 2, 'needs 7'],
    ['no number', { 'sql/a.up.sql': 'SELECT 1;' }, null, 'no number'],
    ['a down script alone', { 'sql/001_a.down.sql': 'SELECT 1;' }, null, 'no up script'],
    ['no section', { 'sql/001_a.sql': 'SELECT 1;' }, 1, 'neither'],
    ['two equal sections', { 'sql/001_a.sql': '-- up\nSELECT 1;\n-- up\nSELECT 2;' }, 3, 'second section'],
    ['an empty script', { 'sql/001_a.up.sql': '-- nothing\n' }, 1, 'no statement'],
    ['one number twice', { 'sql/001_a.up.sql': 'SELECT 1;', 'sql/01_b.up.sql': 'SELECT 1;' }, null, 'same number'],
    ['no file', {}, null, 'no migration'],
  ])('refuses %s', (_, texts, line, words) => {
    const [problem] = problems(texts as Record<string, string>);
    expect(problem?.message).toContain(words);
    expect(problem?.line).toBe(line);
  });

  it('gives one checksum for every line ending and trailing space', () => {
    const checksum = scriptChecksum('CREATE TABLE a (\n  x\n);\n');
    expect(scriptChecksum('\uFEFFCREATE TABLE a (  \r\n  x\t\r\n);')).toBe(checksum);
    expect(scriptChecksum('CREATE TABLE a (\n x\n);\n')).not.toBe(checksum);
  });
});

describe('files of other tools', () => {
  it.each([
    ['dbmate', '-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n', false],
    [
      'dbmate without a transaction',
      '-- migrate:up transaction:false\nVACUUM;\n-- migrate:down\nDROP TABLE a;\n',
      true,
    ],
    ['goose', '-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\nDROP TABLE a;\n', false],
    [
      'goose without a transaction',
      '-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n-- +goose Down\nDROP TABLE a;',
      true,
    ],
    ['sql-migrate', '-- +migrate Up notransaction\nVACUUM;\n-- +migrate Down\nDROP TABLE a;\n', true],
    ['ours', '-- overland: no-transaction\n-- up\nVACUUM;\n-- down\nDROP TABLE a;', true],
  ])('reads sections of %s', (_, text, noTransaction) => {
    const [one] = migrations({ 'sql/20240101_a.sql': text });
    expect(one).toMatchObject({ id: '20240101', title: '20240101_a', noTransaction: { up: noTransaction } });
    expect(one?.up).not.toContain('DROP');
    expect(one?.down).toContain('DROP TABLE a');
  });

  const json = (extra: object) =>
    JSON.stringify({ id: 'migration_1700000001_a', name: 'a', sql: 'CREATE TABLE a (x);', ...extra }, null, 2);

  it('reads migrations of the step framework', () => {
    const [first, second] = migrations({
      'sql/b.json': JSON.stringify({
        id: 'migration_1700000000_b',
        name: 'b',
        description: 'Makes b',
        sql: 'CREATE TABLE b (x);',
        rollback_sql: 'DROP TABLE b;',
        dependencies: ['migration_1700000001_a'],
        created_at: '2024-01-01T00:00:00',
        status: 'pending',
        checksum: null,
      }),
      'sql/a.json': json({ checksum: createHash('sha256').update('CREATE TABLE a (x);').digest('hex').slice(0, 16) }),
    });
    expect(first).toMatchObject({ id: 'migration_1700000001_a', down: null });
    expect(second).toMatchObject({ name: 'b', description: 'Makes b', down: 'DROP TABLE b;' });
  });

  it.each([
    ['text that is no JSON', '{\n  "id": "a",\n  oops\n}', 3, 'is not JSON'],
    ['an unknown key', json({ sqll: 'x' }), 5, 'no key "sqll"'],
    ['a missing key', '{ "id": "a",\n "name": "a" }', 1, '"sql"'],
    ['sql that changed', json({ checksum: '0123456789abcdef' }), 4, 'checksum'],
    ['an unknown dependency', json({ dependencies: ['gone'] }), 5, 'needs gone'],
  ])('refuses %s with its line', (_, text, line, words) => {
    const [problem] = problems({ 'sql/a.json': text });
    expect(problem?.message).toContain(words);
    expect(problem).toMatchObject({ file: 'sql/a.json', line });
  });

  it('refuses an instruction that it does not know, with its line', () => {
    const [problem] = problems({ 'sql/1_a.up.sql': 'SELECT 1;\n-- overland: no-transction\n' });
    expect(problem).toMatchObject({ line: 2, message: expect.stringContaining('no-transction') });
  });

  it('takes the folder of the engine, else the common one', () => {
    const bundle = files({
      'sql/mysql/1_a.up.sql': 'SELECT 1;',
      'sql/1_a.up.sql': 'SELECT 2;',
      'other/common/1_a.up.sql': '',
    });
    expect(['mysql', 'sqlite'].map((engine) => migrationsFolder(bundle, 'sql', engine))).toEqual(['sql/mysql', 'sql']);
    expect(migrationsFolder(bundle, 'other/', 'postgres')).toBe('other/common');
    expect(migrationsFolder(bundle, 'none', 'postgres')).toBeNull();
    expect(dialectsOf(bundle, 'sql')).toEqual(['mysql']);
  });

  it('orders ids with numbers in them by the numbers', () => {
    expect(['m_10_a', 'm_9_b', 'm_9_a', '010', '9'].sort(compareIds)).toEqual(['9', '010', 'm_9_a', 'm_9_b', 'm_10_a']);
  });
});

describe('migrationStatus', () => {
  it('tells pending, applied, changed, missing and out of order', () => {
    const read = migrations(
      Object.fromEntries(['001', '002', '003', '005'].map((id) => [`sql/${id}_m.up.sql`, `SELECT ${Number(id)};`])),
    );
    const whole = { state: 'applied', statements: null, structure: null } as const;
    const row = (id: string, checksum: string) => ({
      id,
      name: 'm',
      checksum,
      appliedAt: 'then',
      runId: 'r',
      ...whole,
    });
    const status = migrationStatus(read, [row('001', read[0]!.checksum), row('003', 'other'), row('004', 'gone')]);
    expect(status.map((one) => [one.id, one.state])).toEqual([
      ['001', 'applied'],
      ['002', 'out_of_order'],
      ['003', 'changed'],
      ['005', 'pending'],
      ['004', 'missing'],
    ]);
  });

  it('counts the baseline and what runs before it as applied, and what another tool says', () => {
    const read = migrations(
      Object.fromEntries(['001', '002', '003', '004'].map((id) => [`sql/${id}_m.up.sql`, `SELECT ${Number(id)};`])),
    );
    const adopted = new Map([['003', { id: '003', appliedAt: 'then', doubt: null }]]);
    const status = migrationStatus(read, [], { baseline: '001', adopted });
    expect(status.map((one) => one.state)).toEqual(['baseline', 'out_of_order', 'adopted', 'pending']);
  });
});
