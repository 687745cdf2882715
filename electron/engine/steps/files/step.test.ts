import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unfinishedName } from '../../../platform/resumable-copy.ts';
import { categoriesOf, codesOf, FilesBench, planOf } from './testing.ts';

let bench: FilesBench;
beforeEach(() => {
  bench = new FilesBench();
  mkdirSync(bench.path('new'));
});
afterEach(() => bench.remove());

const old = {
  'old/a/model one.bin': 'one',
  'old/b/model one.bin': 'two',
  'old/\u00fcml\u00e4ut/e\u0301 \u{1f642}.txt': 'text',
  'old/c/deep/er/x.tmp': 'left out',
};

describe.each(['copy', 'move', 'hardlink'] as const)('how = "%s"', (how) => {
  it('gives files their new names with mode and time, and takes all of it back', async () => {
    bench.put(old);
    bench.put({ 'new/b.bin': 'there before' });
    const before = bench.both();
    const run = await bench.prepare(`how = "${how}"\ninto = "='x/' + file.path"`, ', except = ["**/*.tmp"]');
    expect(await run.plan()).toEqual([]);
    expect(bench.both()).toEqual(before);
    await run.execute({ mode: 'dry_run' });
    expect(bench.both()).toEqual(before);
    expect(run.samples.length).toBe(3);
    await run.execute();
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 3, accepted: 3, rejected: 0, filtered: 0 });
    expect(readFileSync(bench.path('new/x/b/model one.bin'), 'utf8')).toBe('two');
    expect(Math.round(statSync(bench.path('new/x/b/model one.bin')).mtimeMs)).toBe(1_600_000_001_000);
    expect(existsSync(bench.path('old/a/model one.bin'))).toBe(how !== 'move');
    expect(existsSync(bench.path('old/c/deep/er/x.tmp'))).toBe(true);
    if (how === 'hardlink') expect(statSync(bench.path('new/x/a/model one.bin')).nlink).toBe(2);
    await bench.expectValid(run);
    await bench.expectBack(run, before);
    expect(existsSync(bench.path('new/x'))).toBe(false);
  });

  it('goes on after it was stopped, and what is done is not done again', async () => {
    bench.put(Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`old/f${at}`, `content ${at}`])));
    const before = bench.both();
    const run = await bench.prepare(`how = "${how}"`);
    await run.plan();
    await expect(run.execute({ stopAfter: 2 })).rejects.toThrow('stopped');
    // As if the third group had been at work when the process ended.
    if (how === 'move') renameSync(bench.path('old/f99'), bench.path('new/f99'));
    run.epoch = 2n;
    await run.execute();
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 200, accepted: 200, rejected: 0 });
    expect(bench.tree('new')).toHaveLength(200);
    await bench.expectValid(run);
    await bench.expectBack(run, before);
  });
});

describe('models', () => {
  const rules =
    'how = "move"\nmodel = "=file.parts[0]"\ninto = "=model + \'/\' + file.rest"\nnames = { "t2v" = "t2v@2" }\ncomponents = [{ contains = ["VAE"], component = "vae" }]\n';

  it('get their new names, and later steps the hash of each file', async () => {
    bench.put({ 'old/t2v/vae/w-00001-of-00002.bin': 'w', 'old/t2v/config.json': '{}' });
    const run = await bench.prepare(rules);
    expect(await run.plan()).toEqual([]);
    expect(run.planned.get('files')!.after.results.get('files')).toMatchObject([
      { model: 't2v@2', path: 'config.json', size: 2n, component: null },
      { model: 't2v@2', path: 'vae/w-00001-of-00002.bin', component: 'vae', shard_part: 1n },
    ]);
    await run.execute();
    expect(existsSync(bench.path('new/t2v@2/vae/w-00001-of-00002.bin'))).toBe(true);
  });

  it.each([
    ['ask', ['error unknown_name'], 1],
    ['leave', [], 0],
    ['keep', [], 0],
  ] as const)('that nobody named: "%s"', async (unknown, found, refused) => {
    bench.put({ 'old/t2v/a': 'a', 'old/mine/b': 'b' });
    const run = await bench.prepare(`${rules}unknown_name = "${unknown}"`);
    expect(categoriesOf(await run.plan())).toEqual(found);
    expect(planOf(run).files.filter(({ fate }) => fate === 'refuse')).toHaveLength(refused);
    expect(planOf(run).files.some(({ target }) => target === 'mine/b')).toBe(unknown === 'keep');
  });

  it('a truncated shard is set aside, and the rest goes on', async () => {
    bench.put({ 'old/t2v/a.safetensors': 'short', 'old/t2v/b': 'b' });
    const run = await bench.prepare(rules);
    expect(categoriesOf(await run.plan())).toEqual(['warning safetensors_truncated']);
    await run.execute();
    expect(codesOf(run)).toEqual(['t2v/a.safetensors safetensors_truncated']);
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
    expect(existsSync(bench.path('old/t2v/a.safetensors'))).toBe(true);
    await bench.expectValid(run);
  });
});

describe('what is there already', () => {
  const there = { 'new/a': 'theirs', 'new/same': 's' };
  beforeEach(() => {
    bench.put({ 'old/a': 'ours', 'old/same': 's' });
    bench.put(there);
  });

  it('stops the plan where it differs', async () => {
    const run = await bench.prepare('');
    expect(categoriesOf(await run.plan())).toEqual(['error target_exists']);
  });

  it('stays, when the rule says so; the same content is done', async () => {
    const before = bench.both();
    const run = await bench.prepare('conflict = "keep"\nhow = "move"');
    expect(categoriesOf(await run.plan())).toEqual(['info target_exists']);
    await run.execute();
    const { counts } = run.outcomes.get('files')!;
    expect(counts).toMatchObject({ read: 2, filtered: 1, accepted: 1, outputs: { new: { same: 1, inserted: 0 } } });
    expect([existsSync(bench.path('old/a')), existsSync(bench.path('old/same'))]).toEqual([true, false]);
    await bench.expectValid(run);
    await bench.expectBack(run, before);
  });

  it('is replaced, when the rule says so', async () => {
    const run = await bench.prepare('conflict = "replace"');
    expect(await run.plan()).toEqual([]);
    await run.execute();
    expect(readFileSync(bench.path('new/a'), 'utf8')).toBe('ours');
    expect(run.outcomes.get('files')!.counts.outputs['new']).toMatchObject({ updated: 1, same: 1 });
    // This runner has no rollback point.
    expect((await run.undo()).results).toMatchObject([{ kind: 'failed' }]);
  });

  it('set aside: what changed between plan and execute, on either side', async () => {
    bench.put({ 'old/b': 'b', 'old/c': 'c', 'old/d': 'd', 'old/e': 'e' });
    const run = await bench.prepare('conflict = "replace"');
    await run.plan();
    writeFileSync(bench.path('old/b'), 'changed');
    writeFileSync(bench.path('new/c'), 'appeared');
    renameSync(bench.path('old/d'), bench.path('old/gone'));
    const { mtimeMs } = statSync(bench.path('old/e'));
    writeFileSync(bench.path('old/e'), 'E');
    utimesSync(bench.path('old/e'), mtimeMs / 1000, mtimeMs / 1000);
    await run.execute();
    expect(codesOf(run)).toEqual(['b source_changed', 'c target_changed', 'd source_missing', 'e source_changed']);
    expect(readFileSync(bench.path('new/c'), 'utf8')).toBe('appeared');
    expect(existsSync(bench.path('new/e'))).toBe(false);
    await bench.expectValid(run);
  });
});

describe('undo', () => {
  it('leaves what somebody changed since, until it is told to export it', async () => {
    bench.put({ 'old/a': 'a', 'old/b': 'b' });
    const run = await bench.prepare('');
    await run.plan();
    await run.execute();
    writeFileSync(bench.path('new/a'), 'theirs');
    expect((await run.undo()).results).toMatchObject([{ kind: 'diverged', findings: [{ category: 'diverged' }] }]);
    expect(readFileSync(bench.path('new/a'), 'utf8')).toBe('theirs');
    expect((await run.undo('export_and_remove')).results).toMatchObject([{ kind: 'undone', rows: 2 }]);
    expect(run.exported).toEqual([{ output: 'a', key: 'a', row: Buffer.from('theirs').toString('base64') }]);
    expect(bench.tree('new')).toEqual([]);
  });

  it('takes away what a killed copy left, and the run’s folders', async () => {
    bench.put({ 'old/a/b': 'b' });
    const run = await bench.prepare('');
    await run.plan();
    await run.execute();
    writeFileSync(unfinishedName(bench.path('new/a/b'), 'run1'), 'half');
    await run.undo();
    expect(existsSync(bench.path('new/a'))).toBe(false);
  });
});

it('two names of one file, and a target that is its source, lose nothing in a move', async () => {
  bench.put({ 'old/a': 'a', 'old/b': 'b' });
  linkSync(bench.path('old/a'), bench.path('new/a'));
  const run = await bench.prepare('how = "move"');
  await run.plan();
  await run.execute();
  expect([existsSync(bench.path('old/a')), readFileSync(bench.path('new/a'), 'utf8')]).toEqual([false, 'a']);
  bench.write({
    'profile.toml': readFileSync(bench.path('profile.toml'), 'utf8').replace('path = "new"', 'path = "old"'),
  });
  bench.put({ 'old/a': 'a' });
  const inPlace = await bench.run({ runId: 'run2' });
  await inPlace.plan();
  expect(planOf(inPlace).files.every((file) => file.inPlace)).toBe(true);
  await inPlace.execute();
  expect(existsSync(bench.path('old/a'))).toBe(true);
});
