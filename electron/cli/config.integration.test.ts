import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const count = 150;

/** Every file below, with content, mode and time of the last change. */
function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const stat = statSync(path);
      return `${path} ${stat.mode} ${Math.floor(stat.mtimeMs / 1000)} ${readFileSync(path).toString('base64')}`;
    })
    .sort();
}

describe('a config step from plan to rollback', () => {
  let bench: CommandLineBench;
  let app: string;
  const bundle = () => bench.path('bundle');

  beforeEach(() => {
    bench = new CommandLineBench();
    app = bench.path('app');
    mkdirSync(join(app, 'conf', 'inner'), { recursive: true });
    mkdirSync(bundle());
    for (let at = 0; at < count; at += 1) {
      const place = at % 2 === 0 ? 'conf' : 'conf/inner';
      const path = join(app, place, `c ${at} \u00fc.yaml`);
      writeFileSync(path, `# file ${at}\nold: ${at} # why\nkeep:   [1,  2]\ngone: x\n`, {
        mode: at % 3 === 0 ? 0o640 : 0o600,
      });
      utimesSync(path, 1_700_000_000 + at, 1_700_000_000 + at);
    }
    writeFileSync(join(app, 'unrelated.txt'), 'mine');
  });
  afterEach(() => {
    delete process.env['OVERLAND_FAILPOINT'];
    bench.remove();
  });

  function profile(target: string, more = ''): void {
    writeFileSync(
      join(bundle(), 'profile.toml'),
      `overland = 1\nid = "conf"\nversion = "1"\n[connections]\napp = { engine = "folder", path = "../app", access = "write" }\n[steps.conf]\nkind = "config"\nsource = { connection = "app", files = ["**/*.yaml"], root = "conf" }\ntarget = { connection = "app"${target} }\nstart = "source"\nmove = { "old" = "new.name" }\nfate = { deprecated = { gone = "It has no effect." } }\n${more}`,
    );
  }
  const run = (...args: string[]) => bench.json(...args);
  const killedAt = (place: string, ...args: string[]) => bench.killedAt(place, ...args);
  const result = (at: number) =>
    readFileSync(join(app, at % 2 === 0 ? 'conf' : 'conf/inner', `c ${at} \u00fc.yaml`), 'utf8');

  it('changes files in their place, is killed, resumed, validated, killed in the rollback, and leaves no trace', async () => {
    profile('');
    const before = tree(app);
    expect((await run('plan', bundle())).code).toBe(0);
    expect(tree(app)).toEqual(before);
    // The dry run before it claims three groups, too.
    await killedAt('chunk.commit.before:5', 'run', bundle(), '--yes');
    expect(tree(app)).not.toEqual(before);
    const resumed = await run('resume', 'last', '--yes');
    expect(resumed.stderr).not.toContain('error:');
    expect(resumed.code).toBe(0);
    expect(result(7)).toBe('# file 7\nkeep:   [1,  2]\nnew:\n  name: 7\n');
    expect(statSync(join(app, 'conf', 'c 0 \u00fc.yaml')).mode & 0o777).toBe(0o640);
    expect((await run('validate', 'last', '--full')).code).toBe(0);
    await killedAt('undo.chunk.commit.before:2', 'rollback', 'last', '--yes');
    expect((await run('rollback', 'last', '--yes')).code).toBe(0);
    expect((await run('cleanup', 'last', '--yes')).code).toBe(0);
    expect(tree(app)).toEqual(before);
    expect(existsSync(join(app, '.overland'))).toBe(false);
  });

  it('sets bad files aside and goes on; folders that it made are gone after the rollback', async () => {
    profile(', folder = "new/place", format = "toml"');
    writeFileSync(join(app, 'conf', 'bad.yaml'), 'a: 1\na: 2\n');
    writeFileSync(join(app, 'conf', 'deep.yaml'), `a: ${'['.repeat(5000)}`);
    mkdirSync(join(app, 'conf', 'folder.yaml'));
    symlinkSync('/etc/hostname', join(app, 'conf', 'link.yaml'));
    const before = tree(app);
    const { code, answer } = await run('run', bundle(), '--yes');
    expect(code).toBe(3);
    expect(answer).not.toBeNull();
    expect(readFileSync(join(app, 'new', 'place', 'inner', 'c 7 \u00fc.toml'), 'utf8')).toBe(
      'keep = [1, 2]\n\n[new]\nname = 7\n',
    );
    const { answer: aside } = await run('quarantine', 'last', '--records');
    expect(JSON.stringify(aside)).toContain('conf/bad.yaml');
    expect(JSON.stringify(aside)).toContain('conf/link.yaml');
    expect((await run('rollback', 'last', '--yes')).code).toBe(0);
    expect((await run('cleanup', 'last', '--yes')).code).toBe(0);
    expect(tree(app)).toEqual(before);
    expect(existsSync(join(app, 'new'))).toBe(false);
  });

  it('refuses files that changed since the plan', async () => {
    profile('');
    expect((await run('plan', bundle())).code).toBe(0);
    const file = join(app, 'conf', 'c 0 \u00fc.yaml');
    writeFileSync(file, 'old: 5\n');
    const before = tree(app);
    expect((await run('run', 'last', '--yes')).code).toBe(6);
    expect(tree(app)).toEqual(before);
  });

  it('leaves what somebody changed since the run, and says so', async () => {
    profile('');
    const file = join(app, 'conf', 'c 0 \u00fc.yaml');
    expect((await run('run', bundle(), '--yes')).code).toBe(0);
    writeFileSync(file, 'theirs: 1\n');
    expect((await run('rollback', 'last', '--yes')).code).toBe(8);
    expect(readFileSync(file, 'utf8')).toBe('theirs: 1\n');
  });

  it('migrates files without a bundle of their own, and takes them back', async () => {
    const legacy = bench.path('legacy');
    mkdirSync(legacy);
    writeFileSync(join(legacy, 'a.json'), '{"use_rag": false, "planner_model": "openai/x", "verbose": true}');
    writeFileSync(join(legacy, 'b.yaml'), 'use_rag: yes\nmax_retries: 2\n');
    const to = bench.path('structured');
    const template = ['--to', to, '--template', 'agent-framework'];
    const { answer: planned, code } = await run('config', 'plan', legacy, ...template);
    expect(code).toBe(0);
    expect(planned.plan.keys.map(({ key, fate }: { key: string; fate: string }) => `${key} ${fate}`).sort()).toEqual([
      'max_retries mapped',
      'planner_model mapped',
      'use_rag mapped',
      'verbose mapped',
    ]);
    expect(existsSync(to)).toBe(false);
    expect((await run('config', 'migrate', legacy, ...template, '--yes')).code).toBe(0);
    expect(readFileSync(join(to, 'b.yaml'), 'utf8')).toContain('use_rag: true\n');
    const { answer: differing } = await run('config', 'diff', join(legacy, 'a.json'), join(to, 'a.json'));
    expect(differing.changes).toContainEqual({ key: 'planner_model', from: '"openai/x"', to: null });
    expect((await run('config', 'validate', join(to, 'a.json'), join(to, 'b.yaml'))).code).toBe(0);
    expect((await run('rollback', 'last', '--yes')).code).toBe(0);
    expect(existsSync(join(to, 'a.json'))).toBe(false);
    writeFileSync(join(legacy, 'b.yaml'), 'a: 1\na: 2\n');
    expect((await run('config', 'validate', join(legacy, 'b.yaml'))).answer.files[0].problems).toEqual([
      `${join(legacy, 'b.yaml')}:2:1: The key \`a\` stands twice`,
    ]);
  });
});
