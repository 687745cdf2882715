import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../platform/node-file-system.ts';
import { quotaFileSystem } from '../../../platform/quota-file-system.ts';
import type { StepBench } from '../testing/step-bench.ts';
import type { TestRun } from '../testing/test-run.ts';
import { categoriesOf, FilesBench } from './testing.ts';

const memory = '/dev/shm';
const hasOther = existsSync(memory) && statSync(memory).dev !== statSync(tmpdir()).dev;

let bench: FilesBench;
beforeEach(() => {
  bench = new FilesBench();
  mkdirSync(bench.path('new'));
});
afterEach(() => bench.remove());

describe.skipIf(!hasOther)('another volume', () => {
  let other: string;
  beforeEach(() => {
    other = mkdtempSync(join(memory, 'overland-files-'));
  });
  afterEach(() => rmSync(other, { recursive: true, force: true }));

  async function prepared(rules: string): Promise<TestRun> {
    await bench.prepare(rules);
    const profile = readFileSync(bench.path('profile.toml'), 'utf8');
    bench.write({ 'profile.toml': profile.replace('path = "new"', `path = "${other}"`) });
    return bench.run();
  }

  it('is moved to, and back', async () => {
    bench.put({ 'old/a/b': 'b', 'old/c': 'c' });
    const before = bench.tree('old');
    const run = await prepared('how = "move"');
    expect(await run.plan()).toEqual([]);
    expect(run.planned.get('files')!.space).toMatchObject([{ bytes: 2 }]);
    await run.execute();
    expect([bench.tree('old'), readFileSync(join(other, 'a', 'b'), 'utf8')]).toEqual([[], 'b']);
    await bench.expectValid(run);
    expect((await run.undo()).results).toMatchObject([{ kind: 'undone', rows: 2 }]);
    expect(bench.tree('old')).toEqual(before);
    expect(existsSync(join(other, 'a'))).toBe(false);
  });

  it('takes no hard links', async () => {
    bench.put({ 'old/a': 'a' });
    expect(categoriesOf(await (await prepared('how = "hardlink"')).plan())).toEqual(['error other_volume']);
  });
});

it('clones where the file system can, and says so where it cannot', async () => {
  bench.put({ 'old/a': 'a' });
  const before = bench.both();
  const run = await bench.prepare('how = "clone"');
  const found = categoriesOf(await run.plan());
  if (found.includes('error no_clones')) return;
  const ended = await run.execute().then(
    () => null,
    (error: Error) => error.message,
  );
  if (ended === null) await bench.expectValid(run);
  else expect(ended).toContain('cannot clone');
  await bench.expectBack(run, before);
});

it('too little room is an error of the plan, and a full disk ends the step with nothing half there', async () => {
  bench.put({ 'old/a': 'x'.repeat(5000), 'old/b': 'y'.repeat(5000) });
  const before = bench.both();
  const limited = (bytes: number) => {
    const fs = quotaFileSystem(nodeFileSystem(bench.environment.failpoints), bytes);
    Object.assign(bench, { environment: { ...bench.environment, fs } } satisfies Partial<StepBench>);
  };
  const real = bench.environment;
  limited(9000);
  const tight = await bench.prepare('');
  expect(categoriesOf(await tight.plan())).toEqual(['error no_space']);
  Object.assign(bench, { environment: real });
  const run = await bench.prepare('');
  await run.plan();
  limited(7000);
  await expect(run.execute()).rejects.toThrow('the disk is full');
  Object.assign(bench, { environment: real });
  run.epoch = 2n;
  await run.execute();
  expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 2, accepted: 2 });
  await bench.expectBack(run, before);
});

const name = fc.oneof(
  fc.constantFrom('a', 'B', 'a b', '\u00fcber', '\u{1f642}', '-rf', "it's", '.hidden', 'x.tar.gz', 'a\nb'),
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[/\\]|^\.{1,2}$|-$/.test(text)),
);
const files = fc.dictionary(
  fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `old/d/${parts.join('-/')}`),
  fc.string({ maxLength: 40 }),
  { minKeys: 1, maxKeys: 12 },
);

it('any tree survives an end at any place, resume and rollback', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.constantFrom('copy', 'move', 'hardlink'),
      fc.integer({ min: 1, max: 60 }),
      async (tree, how, place) => {
        const one = new FilesBench();
        try {
          mkdirSync(one.path('new'));
          one.put(tree);
          const before = one.both().map((line) => line.replaceAll(one.folder, ''));
          const wanted = new Map(Object.entries(tree).map(([path, text]) => [path.slice('old/'.length), text]));
          const run = await one.prepare(`how = "${how}"`);
          await run.plan();
          const real = one.environment;
          let left = place;
          const hit = () => {
            left -= 1;
            if (left <= 0) throw new Error('ended');
          };
          const ends = { ...real, failpoints: { hit }, fs: nodeFileSystem({ hit }) };
          Object.assign(one, { environment: ends });
          await run.execute().catch(() => undefined);
          Object.assign(one, { environment: real });
          run.epoch = 2n;
          await run.execute();
          expect(run.outcomes.get('files')!.quarantine).toEqual([]);
          for (const [path, text] of wanted) expect(readFileSync(one.path(`new/${path}`), 'utf8')).toBe(text);
          expect(one.tree('new')).toHaveLength(wanted.size);
          await one.expectValid(run);
          const { results } = await run.undo();
          expect(results.filter(({ kind }) => kind !== 'undone')).toEqual([]);
          expect(one.both().map((line) => line.replaceAll(one.folder, ''))).toEqual(before);
        } finally {
          one.remove();
        }
      },
    ),
    { numRuns: 25 },
  );
});
