import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noFailpoints } from '../../platform/failpoints.ts';
import { silentLog } from '../../platform/log.ts';
import { nodeFileSystem } from '../../platform/node-file-system.ts';
import { makePaths } from '../../platform/paths.ts';
import { initSample, type SampleEnvironment } from './init-sample.ts';

let folder: string;
let env: SampleEnvironment;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-init-'));
  const paths = makePaths(join(folder, 'home'), resolve(import.meta.dirname, '../../../resources'));
  env = { fs: nodeFileSystem(noFailpoints), paths, log: silentLog };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('writes the bundle, the schema it names and the legacy file', async () => {
  const dir = join(folder, 'sample');
  const made = await initSample('task-orchestrator', dir, { tasks: 20 }, env);
  expect(made.path).toBe(dir);
  expect((await readdir(dir)).sort()).toEqual([
    'README.md',
    'legacy.db',
    'overland-profile-1.schema.json',
    'profile.toml',
    'sql',
  ]);
  const profile = await readFile(join(dir, 'profile.toml'), 'utf8');
  expect(existsSync(join(dir, profile.match(/^#:schema (\S+)/)?.[1] ?? 'none'))).toBe(true);
  expect(made.facts.join(' ')).toMatch(/20 breakdowns, \d+ subtasks/);
});

test('a dirty one says what was planted', async () => {
  const dir = join(folder, 'sample');
  const made = await initSample('task-orchestrator', dir, { tasks: 50, dirty: true, columns: 'older' }, env);
  expect(JSON.parse(await readFile(join(dir, 'planted.json'), 'utf8'))).toEqual(made.ledger);
  expect(made.facts.at(-1)).toContain('12 faults of 12 kinds');
});

test('an empty folder is taken, one that holds something is refused and left alone', async () => {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  await initSample('task-orchestrator', empty, { tasks: 5 }, env);

  const used = join(folder, 'used');
  await mkdir(used);
  await writeFile(join(used, 'notes.txt'), 'mine');
  await expect(initSample('task-orchestrator', used, { tasks: 5 }, env)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('holds notes.txt'),
  });
  expect(await readdir(used)).toEqual(['notes.txt']);
});

test.each([
  ['unknown template', 'no-such', { tasks: 5 }, 'NOT_FOUND'],
  ['no breakdown', 'task-orchestrator', { tasks: 0 }, 'INVALID_INPUT'],
  ['too few for every kind of fault', 'task-orchestrator', { tasks: 3, dirty: true }, 'INVALID_INPUT'],
  ['a seed that is no whole number', 'task-orchestrator', { seed: 1.5 }, 'INVALID_INPUT'],
])('refuses %s before anything is written', async (_, template, options, code) => {
  const dir = join(folder, 'sample');
  await expect(initSample(template, dir, options, env)).rejects.toMatchObject({ code });
  expect(existsSync(dir)).toBe(false);
});

test('a file where the folder should be is refused', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(initSample('task-orchestrator', file, {}, env)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('what cannot be finished is removed', async () => {
  const dir = join(folder, 'sample');
  const abort = new AbortController();
  const making = initSample(
    'task-orchestrator',
    dir,
    { tasks: 200_000, signal: abort.signal, onProgress: () => abort.abort(new Error('stopped')) },
    env,
  );
  await expect(making).rejects.toThrow('stopped');
  expect(existsSync(dir)).toBe(false);
});
