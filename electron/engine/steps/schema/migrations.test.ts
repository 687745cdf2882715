import { describe, expect, it } from 'vitest';
import type { BundleFiles } from '../../profile/profile.ts';
import { readMigrations, scriptChecksum } from './migrations.ts';
import { migrationStatus } from './status.ts';

function files(texts: Readonly<Record<string, string>>): BundleFiles {
  return {
    folder: '/b',
    hash: '',
    text: (path) => texts[path] ?? null,
    list: (folder) => Object.keys(texts).filter((path) => path.startsWith(`${folder}/`)),
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
});
