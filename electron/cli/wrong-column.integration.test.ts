import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '#shared/model/finding.ts';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
const bundle = bench.path('sample');
const key = 'steps.breakdowns.into.generic_tasks.set.title';
let line = 0;

/** One misspelt column in the first records step, which all others build on. */
beforeAll(async () => {
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '20');
  const file = join(bundle, 'profile.toml');
  const lines = readFileSync(file, 'utf8').split('\n');
  const table = lines.findIndex((text) => text.startsWith('[steps.breakdowns.into.generic_tasks.set]'));
  const at = lines.findIndex((text, index) => index > table && text.startsWith('title ='));
  lines[at] = 'title = "=row.descriptoin"';
  line = at + 1;
  writeFileSync(file, lines.join('\n'));
});
afterAll(() => bench.remove());

it('a misspelt column is told with file, line and key', async () => {
  for (const command of ['check', 'plan']) {
    const { code, stdout } = await bench.run(command, bundle);
    expect(code, command).toBe(1);
    expect(stdout).toContain(`no column descriptoin.  at profile.toml:${line}, ${key}`);
  }
});

it('and what only follows from it is left out: one error, no table that nobody reads, no forecast', async () => {
  const { stdout } = await bench.run('plan', bundle, '--json');
  const findings = JSON.parse(stdout).plan.findings as Finding[];
  const wrong = findings.filter(({ severity }) => severity !== 'info');
  expect(wrong.map(({ rule }) => rule)).toEqual([key]);
  expect(findings.filter(({ message }) => message.includes('would be set aside'))).toEqual([]);
});
