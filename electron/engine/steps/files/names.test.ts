import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFinding } from '#shared/model/finding.ts';
import { FindingList } from './finding-list.ts';
import type { PlannedFile } from './plan-types.ts';
import { categoriesOf, codesOf, FilesBench, planOf } from './testing.ts';
import { groupsOf } from './units.ts';

let bench: FilesBench;
beforeEach(() => {
  bench = new FilesBench();
  mkdirSync(bench.path('new'));
});
afterEach(() => bench.remove());

describe('names that meet', () => {
  it.each([
    ["='x'", ['error target_clash']],
    ["=file.name == 'A' ? 'k/File' : 'k/file'", ['warning name_clash']],
    ["=file.name == 'A' ? 'k' : 'k/b'", ['error target_clash']],
    ["='../' + file.name", ['error path_leaves_root', 'error path_leaves_root']],
    ["='/abs/' + file.name", ['error path_leaves_root', 'error path_leaves_root']],
    ['=file.size', ['error rule_failed', 'error rule_failed']],
    [`=file.name + '${'x'.repeat(255)}'`, ['error name_too_long', 'error name_too_long']],
    ["='.overland/' + file.name", ['error path_leaves_root', 'error path_leaves_root']],
    ["=file.name == 'A' ? null : file.path", []],
  ])('%s', async (into, wanted) => {
    bench.put({ 'old/A': '1', 'old/b': '2' });
    const run = await bench.prepare(`into = "${into}"`);
    expect(categoriesOf(await run.plan())).toEqual(wanted);
  });

  it('a target that is a source itself is refused', async () => {
    bench.put({ 'old/a': '1', 'old/b': '2' });
    const run = await bench.prepare("conflict = \"replace\"\ninto = \"=file.name == 'a' ? 'b' : 'c'\"");
    bench.write({ 'profile.toml': readFileSync(bench.path('profile.toml'), 'utf8').replaceAll('"new"', '"old"') });
    const again = await bench.run();
    expect(categoriesOf(await again.plan())).toContain('error target_is_source');
    expect(run.outcomes.size).toBe(0);
  });

  it('a database with its log beside it is told', async () => {
    bench.put({ 'old/x.db': 'db', 'old/x.db-wal': 'log' });
    expect(categoriesOf(await (await bench.prepare('')).plan())).toEqual(['warning file_in_use']);
  });

  it('a target that is yet to be made is none of them', async () => {
    rmSync(bench.path('new'), { recursive: true });
    bench.put({ 'old/a': '1' });
    const run = await bench.prepare('');
    expect(await run.plan()).toEqual([]);
    await run.execute();
    await bench.expectValid(run);
  });

  it('files that no pattern takes are counted, and what is excepted is not', async () => {
    bench.put({ 'old/a.bin': '1', 'old/.hidden/b': '2', 'old/.c': '3', 'old/d.tmp': '4' });
    const some = await bench.prepare('', ', files = ["**/*"], except = ["*.tmp"]');
    expect(await some.plan()).toMatchObject([{ severity: 'info', category: 'not_taken', count: 2 }]);
    const all = await bench.prepare('');
    expect(await all.plan()).toEqual([]);
    expect(planOf(all).files).toHaveLength(4);
  });

  it('a folder without files is an error', async () => {
    mkdirSync(bench.path('old'));
    expect(categoriesOf(await (await bench.prepare('')).plan())).toEqual(['error no_files']);
  });
});

describe('links', () => {
  beforeEach(() => {
    bench.put({ 'old/in/a': 'a', outside: 'secret' });
    symlinkSync('a', bench.path('old/in/relative'));
    symlinkSync('nothing', bench.path('old/in/dangling'));
    symlinkSync(bench.path('outside'), bench.path('old/in/leaving'));
  });

  it('are set aside by default', async () => {
    const run = await bench.prepare('');
    expect(categoriesOf(await run.plan())).toEqual(['warning link', 'warning link', 'warning link']);
    await run.execute();
    expect(run.outcomes.get('files')!.counts).toMatchObject({ read: 4, accepted: 1, rejected: 3 });
  });

  it('are taken as the file they lead to, inside of the folder', async () => {
    const before = bench.both();
    const run = await bench.prepare('symlinks = "follow"');
    expect(categoriesOf(await run.plan())).toEqual(['warning unreadable', 'warning unreadable']);
    await run.execute();
    expect(lstatSync(bench.path('new/in/relative')).isFile()).toBe(true);
    expect(bench.tree('new').join()).not.toContain(Buffer.from('secret').toString('base64'));
    await bench.expectValid(run);
    await bench.expectBack(run, before);
  });

  it('are moved as links, and back', async () => {
    const before = bench.both();
    const run = await bench.prepare('symlinks = "keep"\nhow = "move"');
    expect(categoriesOf(await run.plan())).toEqual(['warning link_leaves_root', 'warning link_dangling']);
    await run.execute();
    expect(readlinkSync(bench.path('new/in/relative'))).toBe('a');
    expect(codesOf(run)).toEqual(['in/leaving link_leaves_root']);
    await bench.expectValid(run);
    await bench.expectBack(run, before);
  });
});

it('many findings of one kind are listed in part and counted', () => {
  const list = new FindingList();
  list.add(
    Array.from({ length: 150_000 }, (_, at) =>
      makeFinding({ severity: 'warning', category: 'link', message: `${at}` }),
    ),
  );
  const all = list.all();
  expect([all.length, all.at(-1)?.count]).toEqual([201, 149_800]);
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
    const loading = bench.prepare(rules);
    if (message === null) await loading;
    else await expect(loading).rejects.toThrow(message);
  });
});
