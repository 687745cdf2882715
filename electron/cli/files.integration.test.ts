import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

/** Every file below, with content, mode and time of the last change. */
function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, mtimeMs, size } = statSync(path);
      return `${path} ${mode} ${Math.floor(mtimeMs)} ${size} ${readFileSync(path).subarray(0, 64).toString('base64')}`;
    })
    .sort();
}

const largeBytes = (80 << 20) + 5;

describe('a files step from plan to rollback', () => {
  let bench: CommandLineBench;
  const bundle = () => bench.path('bundle');
  const at = (name: string) => bench.path(name);

  function put(name: string, data: string | Buffer, mode = 0o640): void {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), data, { mode });
    utimesSync(at(name), 1_700_000_000, 1_700_000_000.25);
  }

  beforeEach(() => {
    bench = new CommandLineBench();
    put('app/models/t2v/large one.bin', Buffer.alloc(largeBytes, 'weights of a model'));
    for (let one = 0; one < 90; one += 1) put(`app/models/t2v/part \u00fc ${one}/same name.bin`, `part ${one}`, 0o600);
    put('app/models/i2v/config.json', '{}', 0o444);
    put('app/new/i2v/config.json', '{"theirs": 1}', 0o604);
    put('app/unrelated.txt', 'mine');
    mkdirSync(bundle());
  });
  afterEach(() => {
    delete process.env['OVERLAND_FAILPOINT'];
    bench.remove();
  });

  function profile(rules: string): void {
    writeFileSync(
      join(bundle(), 'profile.toml'),
      `overland = 1\nid = "files"\nversion = "1"\n[connections]\napp = { engine = "folder", path = "../app", access = "write" }\n[steps.files]\nkind = "files"\nsource = { connection = "app", root = "models" }\ntarget = { connection = "app", folder = "new" }\n${rules}\n`,
    );
  }
  const run = (...args: string[]) => bench.json(...args);
  const killedAt = (place: string, ...args: string[]) => bench.killedAt(place, ...args);
  const parts = (folder: string) =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.overland-part'));

  it.each([
    ['copy', 'file.copy.part:30'],
    ['copy', 'chunk.commit.before:6'],
    ['move', 'file.rename.after:12'],
    ['move', 'file.rename.before:60'],
  ])(
    'how = "%s": killed at %s, resumed, validated, killed in the rollback, and leaves no trace',
    async (how, place) => {
      profile(`how = "${how}"\nconflict = "replace"`);
      const before = tree(at('app'));
      const planned = await run('plan', bundle());
      expect(planned.code, planned.stderr + planned.stdout).toBe(0);
      expect(tree(at('app'))).toEqual(before);
      await killedAt(place, 'run', bundle(), '--yes');
      if (place.startsWith('file.copy')) {
        expect(parts(at('app'))).toHaveLength(1);
        expect(existsSync(at('app/new/t2v/large one.bin'))).toBe(false);
      }
      const resumed = await run('resume', 'last', '--yes');
      expect(resumed.stderr).not.toContain('error:');
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(statSync(at('app/new/t2v/large one.bin'))).toMatchObject({ size: largeBytes, mtimeMs: 1_700_000_000_250 });
      expect(readFileSync(at('app/new/i2v/config.json'), 'utf8')).toBe('{}');
      expect(statSync(at('app/new/i2v/config.json')).mode & 0o777).toBe(0o444);
      expect(existsSync(at('app/models/t2v/large one.bin'))).toBe(how === 'copy');
      expect(parts(at('app'))).toEqual([]);
      expect((await run('validate', 'last', '--full')).code).toBe(0);
      await killedAt('undo.chunk.commit.before:2', 'rollback', 'last', '--yes');
      const back = await run('rollback', 'last', '--yes');
      expect(back.code, back.stderr).toBe(0);
      expect((await run('cleanup', 'last', '--yes')).code).toBe(0);
      expect(tree(at('app'))).toEqual(before);
      expect(existsSync(at('app/new/t2v'))).toBe(false);
      expect(existsSync(at('app/.overland'))).toBe(false);
    },
  );

  it('is refused when a source changed since the plan, a large one too', async () => {
    profile('conflict = "keep"');
    expect((await run('plan', bundle())).code).toBe(0);
    writeFileSync(at('app/models/t2v/large one.bin'), Buffer.alloc(largeBytes, 'other'));
    const before = tree(at('app'));
    expect((await run('run', 'last', '--yes')).code).toBe(6);
    expect(tree(at('app'))).toEqual(before);
  });

  it.each(['read', 'write'] as const)('goes from one folder to another that is opened to %s', async (access) => {
    const how = access === 'write' ? 'move' : 'copy';
    writeFileSync(
      join(bundle(), 'profile.toml'),
      `overland = 1\nid = "files"\nversion = "1"\n[connections]\napp = { engine = "folder", path = "../app/models", access = "${access}" }\nto = { engine = "folder", path = "../to", access = "write" }\n[steps.files]\nkind = "files"\nsource = { connection = "app" }\ntarget = { connection = "to" }\nhow = "${how}"\n`,
    );
    const before = tree(at('app'));
    const ended = await run('run', bundle(), '--yes');
    expect(ended.code, ended.stderr).toBe(0);
    expect(statSync(at('to/t2v/large one.bin')).size).toBe(largeBytes);
    expect(existsSync(at('app/models/t2v/large one.bin'))).toBe(how === 'copy');
    expect((await run('validate', 'last', '--full')).code).toBe(0);
    const back = await run('rollback', 'last', '--yes');
    expect(back.code, back.stderr).toBe(0);
    expect((await run('cleanup', 'last', '--yes')).code).toBe(0);
    expect(tree(at('app'))).toEqual(before);
    expect(tree(at('to'))).toEqual([]);
    expect(existsSync(at('app/models/.overland'))).toBe(false);
  });

  it('a folder that is only read is never moved from', async () => {
    writeFileSync(
      join(bundle(), 'profile.toml'),
      'overland = 1\nid = "files"\nversion = "1"\n[connections]\napp = { engine = "folder", path = "../app/models", access = "read" }\nto = { engine = "folder", path = "../to", access = "write" }\n[steps.files]\nkind = "files"\nsource = { connection = "app" }\ntarget = { connection = "to" }\nhow = "move"\n',
    );
    expect(JSON.stringify((await run('check', bundle())).answer)).toContain('opened for reading');
  });

  it('cannot be carried out where the target has other content and nobody decided', async () => {
    profile('');
    const { code, stdout } = await run('plan', bundle());
    expect(code).toBe(1);
    expect(stdout).toContain('target_exists');
  });
});
