import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
const bundle = bench.path('sample');
const number = (text: string | undefined): number => Number(text?.replaceAll(',', ''));

beforeAll(async () => {
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '1000', '--dirty');
});
afterAll(() => bench.remove());

describe('--json', () => {
  it.each([['plann'], ['plan'], ['status', '--bogus'], ['report', 'last', 'more', 'and more']])(
    'is one document whatever the grammar refuses: %s',
    async (...args) => {
      const { code, stdout } = await bench.run(...args, '--json');
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2, error: { code: 'USAGE' } });
    },
  );
});

describe('figures of a run with records and rows set aside', () => {
  let said: string;
  beforeAll(async () => {
    said = (await bench.run('run', bundle, '--yes')).stdout;
  });

  it('each line of the dry run adds up in records; rows are counted apart', () => {
    const lines = [
      ...said.matchAll(/^(breakdowns|subtasks|dependencies) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)(.*)$/gm),
    ];
    expect(lines).toHaveLength(3);
    for (const [, step, read, accepted, aside, filtered] of lines)
      expect(number(accepted) + number(aside) + number(filtered), step).toBe(number(read));
    expect(said).toMatch(/and \d+ rows of accepted records/);
  });

  it('status, events and outcome have the same words and figures', async () => {
    const [, records, rows] =
      /^ +(?:attention) +subtasks .*?, ([\d,]+) records and ([\d,]+) rows? set aside$/m.exec(
        (await bench.run('status', 'last')).stdout,
      ) ?? [];
    expect(number(records)).toBeGreaterThan(0);
    expect(number(rows)).toBeGreaterThan(0);
    const { stdout } = await bench.run('report', 'last', '--format', 'md');
    const [, read] = /Executed 4 steps: read ([\d,]+) records,/.exec(stdout) ?? [];
    const [, sum] = /^([\d,]+) records read = /m.exec(said) ?? [];
    expect(read).toBe(sum);
    expect(stdout).toMatch(/set aside \d+ records and \d+ rows, filtered 0/);
  });

  it('times are written for people', async () => {
    expect((await bench.run('status', 'last')).stdout).toMatch(/^Started \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by /m);
  });

  it('a run that is taken up leaves nothing of the plan that was made to compare', async () => {
    expect(await bench.run('plan', bundle)).toMatchObject({ code: 0 });
    await bench.run('dry-run', bundle);
    const { total } = JSON.parse((await bench.run('status', '--json')).stdout);
    const reports = join(bench.path('home'), 'reports');
    const kept = existsSync(reports)
      ? readdirSync(reports, { withFileTypes: true }).filter((one) => one.isDirectory())
      : [];
    expect([total, kept.map((one) => one.name)]).toEqual([2, []]);
  });
});

describe('what does not go on', () => {
  it('resume after the end, and rollback after the clean-up, say so before anything else', async () => {
    const [first] = JSON.parse((await bench.run('status', '--json')).stdout).runs.slice(-1) as { runId: string }[];
    const runId = first?.runId ?? '';
    expect((await bench.run('resume', runId)).stderr).toMatch(/nothing to resume: validate of run \S+ is done/);
    expect(await bench.run('cleanup', runId, '--yes')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await bench.run('rollback', runId, '--yes');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/was cleaned up on .* UTC/);
    expect((await bench.run('resume', runId)).stderr).toContain('There is nothing to resume');
  });

  it('a changed rule is blamed on who typed it, and one = is told from ==', async () => {
    const fresh = bench.path('fresh');
    await bench.run('init', 'task-orchestrator', fresh, '--tasks', '300', '--dirty');
    await bench.run('run', fresh, '--yes');
    const rule = 'steps.subtasks.reject[1].when="=row.title = null"';
    const { code, stderr } = await bench.run('quarantine', 'last', '--replay', '--yes', '--rule', rule);
    expect(code).toBe(2);
    expect(stderr).toContain('compared with ==');
    expect(stderr).not.toContain('The team that wrote the bundle');
  });
});
