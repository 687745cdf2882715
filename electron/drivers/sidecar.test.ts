import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noCounts } from '#shared/model/run.ts';
import { forkHelperHost } from '../platform/helper/fork-helper-host.ts';
import { silentLog } from '../platform/log.ts';
import { createNodeEnvironment } from '../platform/node-environment.ts';
import { chunkOf, fence, holderOf, withChunks } from './shared/testing.ts';
import { openSidecar } from './sidecar.ts';

describe('the sidecar of a target that is no database', () => {
  let root: string;
  let file: string;
  const env = () => ({
    ...createNodeEnvironment({
      home: join(root, 'home'),
      resources: root,
      helpers: forkHelperHost(fileURLToPath(new URL('./helper-main.ts', import.meta.url))),
      logName: null,
    }),
    log: silentLog,
  });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'overland-sidecar-'));
    file = join(root, '.overland', 'control.db');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is not made by looking', async () => {
    {
      await using books = await openSidecar(file, 'models', 'read', env());
      expect(await books.leaseHolder('target:models')).toBeNull();
      expect(await books.control.runs()).toEqual([]);
    }
    expect(existsSync(join(root, '.overland'))).toBe(false);
  });

  it('commits a claimed chunk, and shows it to the next process', async () => {
    {
      await using books = await withChunks(await openSidecar(file, 'models', 'write', env()));
      await using transaction = await books.begin();
      expect(await transaction.claim(chunkOf('1'), fence)).toBe('claimed');
      await transaction.commit(noCounts, 'd');
    }
    await using books = await openSidecar(file, 'models', 'read', env());
    const states = (await books.control.chunks(fence.runId, 'unit')).map(({ path, state }) => [path, state]);
    expect(states).toEqual([
      ['0', 'pending'],
      ['1', 'done'],
      ['2', 'pending'],
      ['3', 'pending'],
    ]);
  });

  it('a claim that is not committed is pending again', async () => {
    await using books = await withChunks(await openSidecar(file, 'models', 'write', env()));
    {
      await using transaction = await books.begin();
      expect(await transaction.claim(chunkOf('2'), fence)).toBe('claimed');
    }
    const [chunk] = (await books.control.chunks(fence.runId, 'unit')).filter(({ path }) => path === '2');
    expect(chunk?.state).toBe('pending');
  });

  it('goes with the last run, with its folder', async () => {
    {
      await using books = await withChunks(await openSidecar(file, 'models', 'write', env()));
      await books.control.enter({ runId: 'run2', epoch: 1n }, 'hash', holderOf('run2'));
      await books.control.leave('run2');
    }
    expect(existsSync(file)).toBe(true);
    {
      await using books = await openSidecar(file, 'models', 'write', env());
      await books.control.leave(fence.runId);
    }
    expect(existsSync(join(root, '.overland'))).toBe(false);
  });

  it('leaves what others put into its folder', async () => {
    {
      await using books = await withChunks(await openSidecar(file, 'models', 'write', env()));
      writeFileSync(join(root, '.overland', 'theirs'), 'x');
      await books.control.leave(fence.runId);
    }
    expect(existsSync(file)).toBe(false);
    expect(existsSync(join(root, '.overland', 'theirs'))).toBe(true);
  });
});
