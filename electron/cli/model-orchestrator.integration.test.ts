import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from '../engine/documents/index.ts';
import { docText, valueAt } from '../engine/documents/tree.ts';
import { CommandLineBench } from './testing.ts';

describe('the bundle model-orchestrator from init to rollback', () => {
  let bench: CommandLineBench;
  const bundle = () => bench.path('b');
  const app = (...parts: string[]) => join(bundle(), 'app', ...parts);
  beforeEach(() => {
    bench = new CommandLineBench();
  });
  afterEach(() => bench.remove());

  const run = (...args: string[]) => bench.json(...args);
  const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

  /** Every file with content, mode and time of the last change. */
  const tree = () =>
    readdirSync(app(), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${path} ${statSync(path).mode} ${Math.floor(statSync(path).mtimeMs)} ${hash(path)}`;
      })
      .sort();

  const manifest = () => parseDocument(readFileSync(app('models.toml'), 'utf8'), 'toml').doc;

  it.each([0, 1, 2])(
    'age %i of config.json: models move, the manifest has their real hashes, and all goes back',
    async (seed) => {
      expect((await run('init', 'model-orchestrator', bundle(), '--tasks', '40', '--seed', String(seed))).code).toBe(0);
      const before = tree();
      const ended = await run('run', bundle(), '--yes');
      expect(ended.stderr).not.toContain('error:');
      expect(ended.code, ended.stdout).toBe(0);
      const models = valueAt(manifest(), ['models']);
      expect(Object.keys(models as object)).toEqual(['t2v-A14B@2.2.0', 'i2v-A14B@2.2.0', 'ti2v-5b@2.2.0']);
      for (const [id, count] of [
        ['t2v-A14B@2.2.0', 7],
        ['i2v-A14B@2.2.0', 7],
        ['ti2v-5b@2.2.0', 8],
      ] as const) {
        const files = valueAt(manifest(), ['models', id, 'files']) as readonly Record<string, unknown>[];
        expect(files).toHaveLength(count);
        for (const { path, size, sha256 } of files) {
          const moved = app('wan22', id, String(path));
          expect([sha256, size]).toEqual([hash(moved), BigInt(statSync(moved).size)]);
        }
        const second = files.find(({ path }) => String(path).includes('-00002-of-00003'));
        expect(second).toMatchObject({ component: 'unet', shard_part: 2n });
        expect(files.filter((file) => file['shard_index'] === true)).toHaveLength(1);
      }
      expect(docText(valueAt(manifest(), ['models', 'i2v-A14B@2.2.0', 'default_variant']))).toBe(
        seed === 0 ? '"fp16"' : '"bf16"',
      );
      expect((await run('validate', 'last', '--full')).code).toBe(0);
      expect((await run('rollback', 'last', '--yes')).code).toBe(0);
      expect((await run('cleanup', 'last', '--yes')).code).toBe(0);
      expect(tree()).toEqual(before);
      expect([existsSync(app('wan22')), existsSync(app('.overland'))]).toEqual([false, false]);
    },
  );

  it('asks about a model that nobody named, and sets a truncated shard aside', async () => {
    expect((await run('init', 'model-orchestrator', bundle(), '--tasks', '40', '--dirty')).code).toBe(0);
    const planned = await run('plan', bundle());
    expect(planned.code).toBe(1);
    expect(planned.stdout).toContain('1 file of my-finetune: it has no new name.');
    const file = join(bundle(), 'profile.toml');
    const profile = readFileSync(file, 'utf8');
    writeFileSync(file, profile.replace('[steps.weights.names]', '[steps.weights.names]\n"my-finetune" = "mine@1"'));
    const before = tree();
    const ended = await run('run', bundle(), '--yes');
    expect(ended.code, ended.stdout + ended.stderr).toBe(3);
    const { answer: aside } = await run('quarantine', 'last', '--records');
    expect(JSON.stringify(aside)).toContain('safetensors_truncated');
    expect(existsSync(app('wan22', 'mine@1', 'model.safetensors'))).toBe(true);
    expect(valueAt(manifest(), ['models', 'i2v-A14B@2.2.0', 'files'])).toHaveLength(6);
    expect((await run('rollback', 'last', '--yes')).code).toBe(0);
    expect((await run('cleanup', 'last', '--yes')).code).toBe(0);
    expect(tree()).toEqual(before);
  });
});
