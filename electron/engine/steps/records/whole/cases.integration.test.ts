import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '#shared/model/finding.ts';
import { StepBench } from '../../testing/step-bench.ts';
import type { TestRun } from '../../testing/test-run.ts';
import { type End, enginesHere, Servers } from './testing/ends.ts';

let servers: Servers;
let bench: StepBench;
beforeAll(async () => {
  servers = await Servers.start();
}, 120_000);
afterAll(() => servers.stop());
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

/** Cases 4 and 6: what a file holds in spite of its column types. */
const traps = `
CREATE TABLE traps (id INTEGER PRIMARY KEY, n INTEGER, yes BOOLEAN, at TIMESTAMP, note TEXT, data BLOB, r REAL, bare);
INSERT INTO traps VALUES
  (1, 1, 1, '2024-05-06 07:08:09', 'plain', x'00ff', 1.5, 'text'),
  (2, 'abc', 0, NULL, NULL, NULL, NULL, 7),
  (3, 12.5, NULL, NULL, '', x'', NULL, NULL),
  (4, 4, 'true', NULL, NULL, NULL, NULL, x'0102'),
  (5, 5, 1, 1700000000, NULL, NULL, NULL, 2.5),
  (6, 6, 1, NULL, 'a' || char(0) || 'b', NULL, NULL, NULL),
  (7, 7, 1, NULL, NULL, 'text in a blob', NULL, NULL),
  (8, 8, 1, NULL, NULL, NULL, 9e999, NULL),
  (9, 9, 7, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE made (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, twice INTEGER GENERATED ALWAYS AS (a * 2) STORED,
  state TEXT CHECK (state IN ('new', 'old')));
CREATE UNIQUE INDEX made_new ON made (a) WHERE state = 'new';
CREATE INDEX made_odd ON made (a % 2);
INSERT INTO made (id, a, state) VALUES (1, 10, 'new'), (2, 10, 'old'), (3, 11, 'new');
`;

async function copied(
  to: (typeof enginesHere)[number],
  types: string,
): Promise<{ run: TestRun; target: End; forecast: number; findings: readonly Finding[] }> {
  const source = await servers.end('sqlite', 'old', 'read', bench);
  const target = await servers.end(to, 'new', 'write', bench);
  await source.sql(traps);
  bench.write({
    'profile.toml': `overland = 1
id = "copy"
version = "1.0.0"
[connections]
${source.connection}
${target.connection}
[steps.traps]
kind = "records"
source = { connection = "old" }
target = { connection = "new", mode = "create" }
[steps.traps.types]
${types}
`,
  });
  const run = await bench.run();
  const findings = await run.plan();
  expect(findings.filter((one) => one.severity === 'critical' || one.severity === 'error')).toEqual([]);
  // A row with two faults is set aside once, for the first of them; so is it forecast.
  const forecast = findings
    .filter((one) => one.path?.startsWith('traps / '))
    .reduce((sum, one) => sum + (one.count ?? 0), 0);
  await run.execute();
  return { run, target, forecast, findings };
}

describe.each(enginesHere)('from a file to %s', (to) => {
  test('cases 4 and 6: a value arrives as it is, or its row is set aside as the plan forecast', async () => {
    const { run, target, forecast } = await copied(to, '');
    const { counts, quarantine } = run.outcomes.get('traps')!;
    expect(quarantine).toHaveLength(forecast);
    expect(counts.rejected).toBe(forecast);
    expect(new Set(quarantine.map((entry) => entry.record)).size).toBe(quarantine.length);
    const aside = new Set(quarantine.map((entry) => entry.key));
    if (to === 'sqlite') expect(aside).toEqual(new Set());
    else for (const id of [2, 3, 5, 7]) expect(aside).toContain(`traps / ${id}`);
    if (to === 'postgres') expect(quarantine.find((entry) => entry.key === 'traps / 6')?.code).toBe('nul_in_text');
    expect(await target.rows('SELECT count(*) FROM traps')).toEqual([[String(9 - forecast)]]);
    for (const scope of ['quick', 'full'] as const)
      expect((await run.validate(scope)).filter((item) => item.kind === 'finding')).toEqual([]);
  }, 60_000);

  test('rules of the profile settle what was set aside', async () => {
    const text = { sqlite: 'TEXT', postgres: 'text', mysql: 'longtext' }[to];
    const bytes = { sqlite: 'BLOB', postgres: 'bytea', mysql: 'longblob' }[to];
    const { run, target } = await copied(
      to,
      `"traps.n" = { to = "${text}" }
"traps.yes" = { outside = "true" }
"traps.at" = { epoch = "seconds" }
"*text" = { nul = "remove" }
"traps.data" = { to = "${bytes}", bytes = "utf8" }
"traps.r" = { infinite = "null" }
"traps.bare" = { to = "${text}", bytes = "utf8" }`,
    );
    expect(run.outcomes.get('traps')!.quarantine.map((entry) => [entry.key, entry.message])).toEqual([]);
    expect(await target.rows('SELECT count(*) FROM traps')).toEqual([['9']]);
    expect(await target.rows('SELECT n, note FROM traps WHERE id IN (2, 6) ORDER BY id')).toEqual([
      ['abc', null],
      ['6', 'ab'],
    ]);
  }, 60_000);

  test('case 7: generated columns, checks and partial indexes come along, or the plan names them with their text', async () => {
    const { target, findings } = await copied(to, '');
    const left = findings.filter((one) => one.category === 'structure_not_copied' && one.path?.startsWith('made'));
    for (const one of left) expect(one.oldValue).not.toBe('');
    const named = left.map((one) => one.message).join('\n');
    expect(await target.rows('SELECT a FROM made ORDER BY id')).toEqual([['10'], ['10'], ['11']]);
    if (!named.includes('twice')) expect(await target.rows('SELECT twice FROM made WHERE id = 1')).toEqual([['20']]);
    const insert = (id: number, a: number, state: string) =>
      target.sql(`INSERT INTO made (id, a, state) VALUES (${id}, ${a}, '${state}')`);
    if (!named.includes('made_new')) await expect(insert(20, 10, 'new')).rejects.toThrow();
    if (!named.includes('check')) await expect(insert(21, 50, 'odd')).rejects.toThrow();
    await insert(22, 60, 'old');
  }, 60_000);
});
