import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RelationalSession } from '../../drivers/relational.ts';
import { sqliteDriver } from '../../drivers/sqlite/index.ts';
import type { ProfileRule } from '../profile/profile.ts';
import { type TestEngine, testEngine } from '../services/testing/test-engine.ts';
import type { ValidationItem } from '../steps/step-kind.ts';
import { rowsPerRule, runRules } from './rules.ts';

let engine: TestEngine;
let session: RelationalSession;
beforeEach(async () => {
  engine = testEngine();
  const path = join(engine.folder, 'generic.db');
  const db = new Database(path);
  db.exec(`CREATE TABLE task (id TEXT, parent TEXT, results TEXT);
    INSERT INTO task VALUES ('t-1', NULL, 'a'), ('t-2', 'gone', 'private words')`);
  db.close();
  session = await sqliteDriver.connect({ engine: 'sqlite', name: 'generic', path }, 'read', engine.environment);
});
afterEach(async () => {
  await session[Symbol.asyncDispose]();
  engine.close();
});

const rule = (sql: string, more: Partial<ProfileRule> = {}): ProfileRule => ({
  id: 'orphans',
  severity: 'critical',
  connection: 'generic',
  sql,
  file: 'sql/rules/orphans.sql',
  message: 'A task without its parent.',
  suggestion: 'Replay the parent.',
  ...more,
});

async function run(...rules: ProfileRule[]): Promise<ValidationItem[]> {
  const sensitive = new Set(['legacy.subtasks.results']);
  const items: ValidationItem[] = [];
  for await (const item of runRules({ rules, sensitive }, async () => session, new AbortController().signal))
    items.push(item);
  return items;
}

describe('rules of the profile', () => {
  test('a row that comes back is a finding with its key; sensitive columns are masked', async () => {
    const items = await run(rule('SELECT id, parent, results FROM task WHERE parent IS NOT NULL'));
    expect(items[0]).toMatchObject({
      kind: 'finding',
      finding: {
        severity: 'critical',
        message: 'A task without its parent.',
        path: 'generic / t-2',
        newValue: 'parent gone, results masked',
        suggestion: 'Replay the parent.',
        rule: 'rules.orphans',
      },
    });
    expect(items[1]).toEqual({ kind: 'check', check: 'Rule orphans', found: '1 row', severity: 'critical' });
  });

  test('no row: the rule holds', async () => {
    expect(await run(rule("SELECT id FROM task WHERE id = 'x';"))).toEqual([
      { kind: 'check', check: 'Rule orphans', found: 'no row', severity: 'ok' },
    ]);
  });

  test('a rule that cannot be run is an error that names the file, and the next one still runs', async () => {
    const items = await run(rule('SELECT id\nFROM no_such_table'), rule('SELECT 1 WHERE 0', { id: 'second' }));
    expect(items[0]).toMatchObject({
      kind: 'finding',
      finding: { severity: 'error', category: 'rule_failed', path: expect.stringContaining('sql/rules/orphans.sql') },
    });
    expect(items[0]).toMatchObject({ finding: { message: expect.stringContaining('no_such_table') } });
    expect(items.at(-1)).toMatchObject({ check: 'Rule second', severity: 'ok' });
  });

  test('a rule cannot write', async () => {
    const items = await run(rule('DELETE FROM task'));
    expect(items[0]).toMatchObject({ finding: { category: 'rule_failed' } });
    expect(await session.query('SELECT count(*) FROM task', 1)).toMatchObject({ rows: [[2n]] });
  });

  test('many rows: the first ones are listed, the others counted', async () => {
    const many =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234) SELECT i FROM n -- all';
    const items = await run(rule(many, { severity: 'warning' }));
    expect(items).toHaveLength(rowsPerRule + 2);
    expect(items.at(-2)).toMatchObject({ finding: { severity: 'warning', count: 734 } });
    expect(items.at(-1)).toMatchObject({ found: '1234 rows', severity: 'warning' });
  });

  test('an abort ends it', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    const items = runRules({ rules: [rule('SELECT 1')], sensitive: new Set() }, async () => session, stop.signal);
    await expect(items.next()).rejects.toThrow('stopped');
  });
});
