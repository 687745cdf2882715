import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFinding } from '#shared/model/finding.ts';
import { noFailpoints } from '../../../platform/failpoints.ts';
import { Journal } from './journal.ts';

const at = '2026-11-20T01:00:00.000Z';
let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overland-journal-'));
  journal = Journal.open(join(folder, 'journal.db'), noFailpoints);
  journal.runs.create({
    id: 'r-1',
    profile_id: 'p',
    profile_version: '1',
    bundle_path: '/b',
    bundle_hash: 'h',
    overrides: '{}',
    parent_run: null,
    engine_version: '0',
    person: 'a',
    machine: 'm',
    started_at: at,
  });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('journal', () => {
  test('is readable by its owner only', () => {
    expect(statSync(join(folder, 'journal.db')).mode & 0o777).toBe(0o600);
  });

  test('refuses a journal of a newer version and leaves it as it is', () => {
    journal.close();
    const raw = new Database(join(folder, 'journal.db'));
    raw.pragma('user_version = 99');
    raw.close();
    expect(() => Journal.open(join(folder, 'journal.db'), noFailpoints)).toThrow(/version 99/);
    const again = new Database(join(folder, 'journal.db'));
    expect(again.pragma('user_version', { simple: true })).toBe(99);
    again.pragma('user_version = 1');
    again.close();
    journal = Journal.open(join(folder, 'journal.db'), noFailpoints);
  });

  test('one holder at a time; a dead one is taken over and the epoch is raised', () => {
    expect(journal.runs.hold('r-1', 'first', null, at)).toBe(true);
    expect(journal.runs.hold('r-1', 'second', null, at)).toBe(false);
    expect(journal.runs.hold('r-1', 'second', 'first', at)).toBe(true);
    expect(journal.runs.beat('r-1', 'first', at)).toBe(false);
    expect(journal.runs.find('r-1')?.epoch).toBe(2);
  });

  test('events are chained, and an edit is found', () => {
    for (const text of ['one', 'two', 'three'])
      journal.events.append('r-1', { severity: 'info', code: 'x', step: null, text }, at);
    const last = journal.events.chain('r-1');
    expect(last).toMatchObject({ events: 3, firstBroken: null });
    expect(journal.events.numberOf('r-1', last.head ?? '')).toBe(3);
    journal.db.write("UPDATE event SET text = 'other' WHERE seq = 2");
    expect(journal.events.chain('r-1').firstBroken).toBe(2);
  });

  test.each([
    ['removed', ['DELETE FROM event WHERE seq = 2'], 3],
    [
      'put in the place of another',
      ['UPDATE event SET seq = seq + 100 WHERE seq IN (2, 4)', 'UPDATE event SET seq = 106 - seq WHERE seq > 100'],
      2,
    ],
    ['edited, hash and all', ["UPDATE event SET text = 'other', sha256 = 'ab' WHERE seq = 4"], 4],
  ])('an event that was %s is found', (_what, statements, broken) => {
    for (const text of ['one', 'two', 'three', 'four', 'five'])
      journal.events.append('r-1', { severity: 'info', code: 'x', step: null, text }, at);
    for (const statement of statements) journal.db.write(statement);
    expect(journal.events.chain('r-1').firstBroken).toBe(broken);
  });

  test('a chain that was cut at its end is whole, and lacks the head that was known', () => {
    for (const text of ['one', 'two', 'three'])
      journal.events.append('r-1', { severity: 'info', code: 'x', step: null, text }, at);
    const { head } = journal.events.chain('r-1');
    journal.db.write('DELETE FROM event WHERE seq = 3');
    expect(journal.events.chain('r-1')).toMatchObject({ events: 2, firstBroken: null });
    expect(journal.events.numberOf('r-1', head ?? '')).toBeNull();
  });

  test('a chunk that is redone decides anew what it sets aside', () => {
    const entry = {
      key: '1',
      item: null,
      output: null,
      code: 'bad',
      message: 'm',
      column: null,
      record: '{}',
      rule: null,
    };
    journal.findings.quarantine('r-1', 's', 'u', '0', [entry, { ...entry, key: '2' }], at);
    journal.findings.quarantine('r-1', 's', 'u', '0', [entry], at);
    expect(journal.findings.quarantineTotal('r-1')).toEqual({ total: 1, open: 1 });
    const [row] = journal.findings.openOf('r-1', 's', 'bad');
    expect(journal.findings.decide([row!.id], 'waived', 'me', null)).toBe(1);
    expect(journal.findings.decide([row!.id], 'waived', 'me', null)).toBe(0);
  });

  test('issues are ordered by severity and searched as text', () => {
    journal.findings.addIssues('r-1', 'validate', [
      makeFinding({ severity: 'info', category: 'c', message: 'Status kept' }),
      makeFinding({ severity: 'critical', category: 'c', message: 'Row lost' }),
    ]);
    const all = journal.findings.issues('r-1', 'validate', { severity: null, search: '', offset: 0, limit: 10 });
    expect(all.issues.map((issue) => issue.severity)).toEqual(['critical', 'info']);
    expect(
      journal.findings.issues('r-1', 'validate', { severity: null, search: 'LOST', offset: 0, limit: 10 }).total,
    ).toBe(1);
  });

  test('a failing transaction leaves nothing', () => {
    expect(() =>
      journal.db.transaction(() => {
        journal.db.run("UPDATE run SET person = 'b'");
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(journal.runs.find('r-1')?.person).toBe('a');
  });
});
