import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StepBench } from '../../steps/testing/step-bench.ts';
import { initSample } from '../init-sample.ts';
import { makeCheckpoints } from './checkpoints.ts';

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

const init = (options: Parameters<typeof initSample>[2]) =>
  initSample('agent-framework', bench.path('b'), { tasks: 25, ...options }, bench.environment);
const columns = "SELECT name FROM pragma_table_info('checkpoints')";
const old = ['thread_id', 'checkpoint_id', 'parent_checkpoint_id', 'checkpoint', 'metadata', 'created_at'];

test('the same seed gives the same checkpoints, each behind its parent', () => {
  const rows = [...makeCheckpoints(50, 7)];
  expect([...makeCheckpoints(50, 7)]).toEqual(rows);
  expect([...makeCheckpoints(50, 8)]).not.toEqual(rows);
  const ids = new Set(rows.map((row) => row.checkpointId));
  expect(ids.size).toBe(rows.length);
  expect(rows.every((row) => row.parentId === null || ids.has(row.parentId))).toBe(true);
  expect(() => rows.map((row) => JSON.parse(row.checkpoint) && JSON.parse(row.metadata))).not.toThrow();
});

describe('on SQLite', { timeout: 30_000 }, () => {
  test('the three migrations run, keep the rows, and are taken back without a trace', async () => {
    await init({});
    const run = await bench.run({ folder: bench.path('b') });
    const before = bench.rows('b/agent.db', 'SELECT * FROM checkpoints');
    const structure = bench.rows('b/agent.db', 'SELECT sql FROM sqlite_master');
    const findings = await run.plan();
    expect(findings.filter(({ step }) => step !== 'settings')).toEqual([]);
    expect(new Set(findings.map(({ category }) => category))).toEqual(new Set(['deprecated_key']));
    await run.execute();
    expect(bench.rows('b/agent.db', columns).flat()).toEqual([
      ...old,
      ...['state_version', 'workflow_step', 'error_count', 'retry_count', 'last_error'],
    ]);
    expect(bench.rows('b/agent.db', "SELECT count(*) FROM checkpoints WHERE state_version = '2.0'")).toEqual([
      [before.length],
    ]);
    expect(() => bench.sql('b/agent.db', "UPDATE checkpoints SET state_version = '3.0'")).toThrow(/CHECK/);
    expect(bench.rows('b/agent.db', 'SELECT id FROM overland_migrations').flat()).toEqual(['001', '002', '003']);
    expect((await run.undo()).findings).toEqual([]);
    await run.cleanUp();
    expect(bench.rows('b/agent.db', 'SELECT * FROM checkpoints')).toEqual(before);
    expect(bench.rows('b/agent.db', 'SELECT sql FROM sqlite_master')).toEqual(structure);
  });

  test('what the framework’s own migrator completed is not run again', async () => {
    await init({ dirty: true });
    const run = await bench.run({ folder: bench.path('b') });
    const findings = await run.plan();
    expect(findings.filter(({ step }) => step !== 'settings').map((finding) => finding.category)).toEqual([
      'migration_adopted',
      'adoption_unfinished',
    ]);
    await run.execute();
    expect(bench.rows('b/agent.db', 'SELECT id, state FROM overland_migrations')).toEqual([
      ['001', 'adopted'],
      ['002', 'applied'],
      ['003', 'applied'],
    ]);
  });
});

describe.each(['postgres', 'mysql'] as const)('for %s', (engine) => {
  test('the profile is that of the engine, and a script makes the table', async () => {
    const made = await init({ engine });
    expect(made.facts.join(' ')).toContain('checkpoints.sql');
    const { profile, files } = await bench.load(bench.path('b'));
    expect(profile.connections.get('app')).toMatchObject({ engine, secrets: ['AGENT_DB_PASSWORD'] });
    expect(files.list('').filter((name) => /^profile\./.test(name))).toEqual(['profile.toml']);
    const script = readFileSync(bench.path('b/checkpoints.sql'), 'utf8');
    expect(script.match(/^ {2}\('thread_/gm)).toHaveLength([...makeCheckpoints(25, 1)].length);
  });
});

test('the dialects have the same migrations, with the same needs', () => {
  const folder = resolve(import.meta.dirname, '../../../../resources/bundles/agent-framework/sql/model');
  const names = [
    '001_update_checkpoint_schema_for_pydantic_state',
    '002_create_performance_metrics_table',
    '003_create_workflow_state_audit_table',
  ];
  for (const engine of ['sqlite', 'postgres', 'mysql'])
    for (const name of names) {
      const up = readFileSync(`${folder}/${engine}/${name}.up.sql`, 'utf8');
      const needs = /^-- needs: (.*)$/m.exec(up)?.[1];
      expect(needs).toBe({ '001': undefined, '002': '001', '003': '001, 002' }[name.slice(0, 3)]);
    }
});
