import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { balance } from '../../validation/ledgers.ts';
import { StepBench } from '../testing/step-bench.ts';
import type { TestRun } from '../testing/test-run.ts';
import type { FilesPlan, PlannedFile } from './plan-types.ts';
import { groupsOf } from './units.ts';

let bench: StepBench;
beforeEach(() => {
  bench = new StepBench();
  mkdirSync(bench.path('new'));
});
afterEach(() => bench.remove());

const old = {
  'old/a/model one.bin': 'one',
  'old/b/model one.bin': 'two',
  'old/\u00fcml\u00e4ut/e\u0301 \u{1f642}.txt': 'text',
  'old/c/deep/er/x.tmp': 'left out',
};

/** Every file and link below, with content, mode and time of the last change. */
function tree(name: string): string[] {
  const folder = bench.path(name);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.parentPath.includes('.overland'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) return `${path} -> ${readlinkSync(path)}`;
      const { mode, mtimeMs } = statSync(path);
      return `${path} ${mode} ${Math.round(mtimeMs)} ${readFileSync(path).toString('base64')}`;
    })
    .sort();
}

function write(files: Readonly<Record<string, string>>): void {
  bench.write(files);
  for (const [at, name] of Object.keys(files).entries())
    utimesSync(bench.path(name), 1_600_000_000 + at, 1_600_000_000 + at);
}

async function prepare(rules: string, more = ''): Promise<TestRun> {
  bench.write({
    'profile.toml': `overland = 1\nid = "files"\nversion = "1"\n[connections]\nold = { engine = "folder", path = "old", access = "write" }\nnew = { engine = "folder", path = "new", access = "write" }\n[steps.files]\nkind = "files"\nsource = { connection = "old"${more} }\ntarget = { connection = "new" }\n${rules}\n`,
  });
  return bench.run();
}

const planOf = (run: TestRun) => run.planned.get('files')!.plan as FilesPlan;
const codes = (run: TestRun) => run.outcomes.get('files')!.quarantine.map(({ key, code }) => `${key} ${code}`);
const categories = (findings: readonly { severity: string; category: string }[]) =>
  findings.map(({ severity, category }) => `${severity} ${category}`);

async function isValid(run: TestRun): Promise<void> {
  expect(balance(run.outcomes.get('files')!.counts)).toEqual([]);
  for (const scope of ['quick', 'full'] as const)
    expect((await run.validate(scope)).filter(({ kind }) => kind === 'finding')).toEqual([]);
}

async function comesBack(run: TestRun, before: readonly string[]): Promise<void> {
  const { results } = await run.undo();
  expect(results.filter(({ kind }) => kind !== 'undone')).toEqual([]);
  expect([...tree('old'), ...tree('new')]).toEqual(before);
}

describe.each(['copy', 'move', 'hardlink'] as const)('how = "%s"', (how) => {
  it('gives files their new names with mode and time, and takes all of it back', async () => {
    write(old);
    write({ 'new/b.bin': 'there before' });
    const before = [...tree('old'), ...tree('new')];
    const run = await prepare(`how = "${how}"\ninto = "='x/' + file.path"`, ', except = ["**/*.tmp"]');
    expect(await run.plan()).toEqual([]);
    expect([...tree('old'), ...tree('new')]).toEqual(before);
    await run.execute({ mode: 'dry_run' });
    expect([...tree('old'), ...tree('new')]).toEqual(before);
    expect(run.samples.length).toBe(3);
    await run.execute();
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 3, accepted: 3, rejected: 0, filtered: 0 });
    expect(readFileSync(bench.path('new/x/b/model one.bin'), 'utf8')).toBe('two');
    expect(Math.round(statSync(bench.path('new/x/b/model one.bin')).mtimeMs)).toBe(1_600_000_001_000);
    expect(existsSync(bench.path('old/a/model one.bin'))).toBe(how !== 'move');
    expect(existsSync(bench.path('old/c/deep/er/x.tmp'))).toBe(true);
    if (how === 'hardlink') expect(statSync(bench.path('new/x/a/model one.bin')).nlink).toBe(2);
    await isValid(run);
    await comesBack(run, before);
    expect(existsSync(bench.path('new/x'))).toBe(false);
  });

  it('goes on after it was stopped, and what is done is not done again', async () => {
    write(Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`old/f${at}`, `content ${at}`])));
    const before = [...tree('old'), ...tree('new')];
    const run = await prepare(`how = "${how}"`);
    await run.plan();
    await expect(run.execute({ stopAfter: 2 })).rejects.toThrow('stopped');
    // As if the third group had been at work when the process ended.
    if (how === 'move') renameSync(bench.path('old/f99'), bench.path('new/f99'));
    run.epoch = 2n;
    await run.execute();
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 200, accepted: 200, rejected: 0 });
    expect(tree('new')).toHaveLength(200);
    await isValid(run);
    await comesBack(run, before);
  });
});

describe('models', () => {
  const rules =
    'how = "move"\nmodel = "=file.parts[0]"\ninto = "=model + \'/\' + file.rest"\nnames = { "t2v" = "t2v@2" }\ncomponents = [{ contains = ["VAE"], component = "vae" }]\n';

  it('get their new names, and later steps the hash of each file', async () => {
    write({ 'old/t2v/vae/w-00001-of-00002.bin': 'w', 'old/t2v/config.json': '{}' });
    const run = await prepare(rules);
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
    write({ 'old/t2v/a': 'a', 'old/mine/b': 'b' });
    const run = await prepare(`${rules}unknown_name = "${unknown}"`);
    expect(categories(await run.plan())).toEqual(found);
    expect(planOf(run).files.filter(({ fate }) => fate === 'refuse')).toHaveLength(refused);
    expect(planOf(run).files.some(({ target }) => target === 'mine/b')).toBe(unknown === 'keep');
  });

  it('a truncated shard is set aside, and the rest goes on', async () => {
    write({ 'old/t2v/a.safetensors': 'short', 'old/t2v/b': 'b' });
    const run = await prepare(rules);
    expect(categories(await run.plan())).toEqual(['warning safetensors_truncated']);
    await run.execute();
    expect(codes(run)).toEqual(['t2v/a.safetensors safetensors_truncated']);
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
    expect(existsSync(bench.path('old/t2v/a.safetensors'))).toBe(true);
    await isValid(run);
  });
});

describe('what is there already', () => {
  const there = { 'new/a': 'theirs', 'new/same': 's' };
  beforeEach(() => {
    write({ 'old/a': 'ours', 'old/same': 's' });
    write(there);
  });

  it('stops the plan where it differs', async () => {
    const run = await prepare('');
    expect(categories(await run.plan())).toEqual(['error target_exists']);
  });

  it('stays, when the rule says so; the same content is done', async () => {
    const before = [...tree('old'), ...tree('new')];
    const run = await prepare('conflict = "keep"\nhow = "move"');
    expect(categories(await run.plan())).toEqual(['info target_exists']);
    await run.execute();
    const { counts } = run.outcomes.get('files')!;
    expect(counts).toMatchObject({ read: 2, filtered: 1, accepted: 1, outputs: { new: { same: 1, inserted: 0 } } });
    expect([existsSync(bench.path('old/a')), existsSync(bench.path('old/same'))]).toEqual([true, false]);
    await isValid(run);
    await comesBack(run, before);
  });

  it('is replaced, when the rule says so', async () => {
    const run = await prepare('conflict = "replace"');
    expect(await run.plan()).toEqual([]);
    await run.execute();
    expect(readFileSync(bench.path('new/a'), 'utf8')).toBe('ours');
    expect(run.outcomes.get('files')!.counts.outputs['new']).toMatchObject({ updated: 1, same: 1 });
    // This runner has no rollback point.
    expect((await run.undo()).results).toMatchObject([{ kind: 'failed' }]);
  });

  it('set aside: what changed between plan and execute, on either side', async () => {
    write({ 'old/b': 'b', 'old/c': 'c', 'old/d': 'd', 'old/e': 'e' });
    const run = await prepare('conflict = "replace"');
    await run.plan();
    writeFileSync(bench.path('old/b'), 'changed');
    writeFileSync(bench.path('new/c'), 'appeared');
    renameSync(bench.path('old/d'), bench.path('old/gone'));
    const { mtimeMs } = statSync(bench.path('old/e'));
    writeFileSync(bench.path('old/e'), 'E');
    utimesSync(bench.path('old/e'), mtimeMs / 1000, mtimeMs / 1000);
    await run.execute();
    expect(codes(run)).toEqual(['b source_changed', 'c target_changed', 'd source_missing', 'e source_changed']);
    expect(readFileSync(bench.path('new/c'), 'utf8')).toBe('appeared');
    expect(existsSync(bench.path('new/e'))).toBe(false);
    await isValid(run);
  });
});

describe('names that meet', () => {
  it.each([
    ["='x'", ['error target_clash']],
    ["=file.name == 'A' ? 'k/File' : 'k/file'", ['warning name_clash']],
    ["=file.name == 'A' ? 'k' : 'k/b'", ['error target_clash']],
    ["='../' + file.name", ['error path_leaves_root', 'error path_leaves_root']],
    ["='/abs/' + file.name", ['error path_leaves_root', 'error path_leaves_root']],
    ['=file.size', ['error rule_failed', 'error rule_failed']],
  ])('%s', async (into, wanted) => {
    write({ 'old/A': '1', 'old/b': '2' });
    const run = await prepare(`into = "${into}"`);
    expect(categories(await run.plan())).toEqual(wanted);
  });

  it('a target that is a source itself is refused', async () => {
    write({ 'old/a': '1', 'old/b': '2' });
    const run = await prepare("conflict = \"replace\"\ninto = \"=file.name == 'a' ? 'b' : 'c'\"");
    bench.write({ 'profile.toml': readFileSync(bench.path('profile.toml'), 'utf8').replaceAll('"new"', '"old"') });
    const again = await bench.run();
    expect(categories(await again.plan())).toContain('error target_is_source');
    expect(run.outcomes.size).toBe(0);
  });

  it('a database with its log beside it is told', async () => {
    write({ 'old/x.db': 'db', 'old/x.db-wal': 'log' });
    expect(categories(await (await prepare('')).plan())).toEqual(['warning file_in_use']);
  });

  it('a folder without files is an error', async () => {
    mkdirSync(bench.path('old'));
    expect(categories(await (await prepare('')).plan())).toEqual(['error no_files']);
  });
});

describe('links', () => {
  beforeEach(() => {
    write({ 'old/in/a': 'a', outside: 'secret' });
    symlinkSync('a', bench.path('old/in/relative'));
    symlinkSync('nothing', bench.path('old/in/dangling'));
    symlinkSync(bench.path('outside'), bench.path('old/in/leaving'));
  });

  it('are set aside by default', async () => {
    const run = await prepare('');
    expect(categories(await run.plan())).toEqual(['warning link', 'warning link', 'warning link']);
    await run.execute();
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 4, accepted: 1, rejected: 3 });
  });

  it('are taken as the file they lead to, inside of the folder', async () => {
    const before = [...tree('old'), ...tree('new')];
    const run = await prepare('symlinks = "follow"');
    expect(categories(await run.plan())).toEqual(['warning unreadable', 'warning unreadable']);
    await run.execute();
    expect(lstatSync(bench.path('new/in/relative')).isFile()).toBe(true);
    expect(tree('new').join()).not.toContain(Buffer.from('secret').toString('base64'));
    await isValid(run);
    await comesBack(run, before);
  });

  it('are moved as links, and back', async () => {
    const before = [...tree('old'), ...tree('new')];
    const run = await prepare('symlinks = "keep"\nhow = "move"');
    expect(categories(await run.plan())).toEqual(['warning link_leaves_root', 'warning link_dangling']);
    await run.execute();
    expect(readlinkSync(bench.path('new/in/relative'))).toBe('a');
    expect(codes(run)).toEqual(['in/leaving link_leaves_root']);
    await isValid(run);
    await comesBack(run, before);
  });
});

describe('undo', () => {
  it('leaves what somebody changed since, until it is told to export it', async () => {
    write({ 'old/a': 'a', 'old/b': 'b' });
    const run = await prepare('');
    await run.plan();
    await run.execute();
    writeFileSync(bench.path('new/a'), 'theirs');
    expect((await run.undo()).results).toMatchObject([{ kind: 'diverged', findings: [{ category: 'diverged' }] }]);
    expect(readFileSync(bench.path('new/a'), 'utf8')).toBe('theirs');
    expect((await run.undo('export_and_remove')).results).toMatchObject([{ kind: 'undone', rows: 2 }]);
    expect(run.exported).toEqual([{ output: 'a', key: 'a', row: Buffer.from('theirs').toString('base64') }]);
    expect(tree('new')).toEqual([]);
  });

  it('takes away what a killed copy left, and the run’s folders', async () => {
    write({ 'old/a/b': 'b' });
    const run = await prepare('');
    await run.plan();
    await run.execute();
    const { unfinishedName } = await import('../../../platform/resumable-copy.ts');
    writeFileSync(unfinishedName(bench.path('new/a/b'), 'run1'), 'half');
    await run.undo();
    expect(existsSync(bench.path('new/a'))).toBe(false);
  });
});

it('two names of one file, and a target that is its source, lose nothing in a move', async () => {
  write({ 'old/a': 'a', 'old/b': 'b' });
  linkSync(bench.path('old/a'), bench.path('new/a'));
  const run = await prepare('how = "move"');
  await run.plan();
  await run.execute();
  expect([existsSync(bench.path('old/a')), readFileSync(bench.path('new/a'), 'utf8')]).toEqual([false, 'a']);
  bench.write({
    'profile.toml': readFileSync(bench.path('profile.toml'), 'utf8').replace('path = "new"', 'path = "old"'),
  });
  write({ 'old/a': 'a' });
  const inPlace = await bench.run({ runId: 'run2' });
  await inPlace.plan();
  expect(planOf(inPlace).files.every((file) => file.inPlace)).toBe(true);
  await inPlace.execute();
  expect(existsSync(bench.path('old/a'))).toBe(true);
});

describe('groups', () => {
  const file = (bytes: number) => ({ bytes }) as PlannedFile;
  it('hold 64 files or 64 MiB; a larger file stands alone', () => {
    const sizes = [...Array.from({ length: 70 }, () => 1), 100 << 20, 40 << 20, 30 << 20];
    expect([...groupsOf(sizes.map(file))].map(({ from, to, records }) => [from, to, records])).toEqual([
      [null, '63', 64],
      ['63', '69', 6],
      ['69', '70', 1],
      ['70', '71', 1],
      ['71', '72', 1],
    ]);
    expect([...groupsOf([])]).toEqual([]);
  });
});

describe('the profile', () => {
  it.each([
    ['how = "clone"\nsymlinks = "follow"', null],
    ['how = "move"\nsymlinks = "follow"', 'cannot be moved'],
    ['names = { a = "b" }', 'no `model`'],
    ['into = "=nothing.x"', 'does not compile'],
    ['into = "=model"', 'does not compile'],
    ['how = "teleport"', 'how'],
  ])('%s', async (rules, message) => {
    mkdirSync(dirname(bench.path('old/x')));
    const loading = prepare(rules);
    if (message === null) await loading;
    else await expect(loading).rejects.toThrow(message);
  });
});
