import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateTaskOrchestrator } from '../samples/task-orchestrator/generate.ts';
import { balance } from '../validation/ledgers.ts';
import { StepBench } from './testing/step-bench.ts';
import type { TestRun } from './testing/test-run.ts';

const bundle = fileURLToPath(new URL('../../../resources/bundles/task-orchestrator', import.meta.url));

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
  cpSync(bundle, bench.folder, { recursive: true });
});
afterEach(() => bench.remove());

async function migrate(): Promise<TestRun> {
  const run = await bench.run();
  await run.plan();
  await run.execute();
  return run;
}

async function comesBack(run: TestRun): Promise<void> {
  const { results, findings } = await run.undo();
  expect(results.filter((result) => result.kind !== 'undone')).toEqual([]);
  expect(findings).toEqual([]);
  await run.cleanUp();
  expect(bench.rows('generic.db', "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).toEqual([]);
}

async function isValid(run: TestRun): Promise<void> {
  for (const { counts } of run.outcomes.values()) expect(balance(counts)).toEqual([]);
  for (const scope of ['quick', 'full'] as const) {
    const items = await run.validate(scope);
    expect(items.filter((item) => item.kind === 'finding')).toEqual([]);
  }
}

describe('the task orchestrator bundle', { timeout: 60_000 }, () => {
  it.each(['older', 'newer'] as const)('migrates the %s column set and comes back to nothing', async (columns) => {
    await generateTaskOrchestrator(bench.path('legacy.db'), { tasks: 40, seed: 3, dirty: false, columns });
    const run = await migrate();
    const [[subtasks]] = bench.rows('legacy.db', 'SELECT count(*) FROM subtasks') as [[number]];
    expect(run.outcomes.get('subtasks')!.counts).toMatchObject({ read: subtasks, accepted: subtasks, rejected: 0 });
    expect(bench.rows('generic.db', 'SELECT count(*) FROM generic_tasks')).toEqual([[subtasks + 40]]);
    await isValid(run);
    await comesBack(run);
  });

  it('sets aside what is dirty, as the plan forecast, and carries the rest', async () => {
    await generateTaskOrchestrator(bench.path('legacy.db'), { tasks: 120, seed: 5, dirty: true, columns: 'newer' });
    const run = await migrate();
    const counted = (of: (step: string) => readonly { readonly code: string; readonly count: number }[]) =>
      Object.fromEntries(
        ['breakdowns', 'subtasks', 'dependencies'].map((step) => {
          const codes: Record<string, number> = {};
          for (const { code, count } of of(step)) codes[code] = (codes[code] ?? 0) + count;
          return [step, codes];
        }),
      );
    const set = counted((step) => run.outcomes.get(step)!.quarantine.map(({ code }) => ({ code, count: 1 })));
    const forecast = counted((step) =>
      run.planned.get(step)!.findings.map((finding) => ({ code: finding.category, count: finding.count ?? 0 })),
    );
    expect(set).toEqual(forecast);
    expect(Object.keys(set['subtasks']!).sort()).toEqual(
      expect.arrayContaining(['key_exists', 'not_json', 'parent_missing', 'title_empty', 'unknown_value']),
    );
    await isValid(run);
    await comesBack(run);
  });

  it('reads every column that the profile does not name as not carried', async () => {
    await generateTaskOrchestrator(bench.path('legacy.db'), { tasks: 20, seed: 1, dirty: false, columns: 'newer' });
    const run = await bench.run();
    await run.plan();
    const reads = new Set([...run.planned.values()].flatMap((planned) => planned.reads));
    const columns = bench
      .rows(
        'legacy.db',
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
      )
      .map(([table, column]) => `legacy.${table}.${column}`);
    const open = columns.filter(
      (name) =>
        !reads.has(name) &&
        !run.profile.notCarried.has(name) &&
        !run.profile.notCarried.has(name.split('.').slice(0, 2).join('.')),
    );
    expect(open).toEqual([]);
  });
});
