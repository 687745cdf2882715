import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PackagedHost } from '../hosts/packaged-host.ts';
import { Wizard } from '../pages/wizard.ts';
import { contentOf, sha256 } from '../support/files.ts';
import { expect, test } from '../support/fixtures.ts';
import { releaseFolder, sandboxFlags } from '../support/places.ts';

/** Unpacks the Debian package as an installation would, and returns the executable. */
function install(folder: string): string {
  const name = readdirSync(releaseFolder).find((file) => file.endsWith('.deb'));
  if (!name) throw new Error(`There is no Debian package in ${releaseFolder}. Run npm run package first.`);
  execFileSync('dpkg-deb', ['-x', join(releaseFolder, name), folder]);
  return join(folder, 'opt', 'Overland', 'overland');
}

test('the installed package migrates the sample and takes it back', async ({ folder }) => {
  const executable = install(join(folder, 'root'));
  const places = { home: join(folder, 'data'), account: join(folder, 'account') };
  mkdirSync(places.account);
  const bundle = join(folder, 'work', 'sample');
  const host = await PackagedHost.open(executable, places);
  try {
    const wizard = new Wizard(host);
    await wizard.home.copySample({ dir: bundle, tasks: 300 });
    const before = await sha256(join(bundle, 'legacy.db'));
    await wizard.analyse();
    await wizard.prepare();
    await wizard.execute.start();
    const accepted = await wizard.execute.finished();
    expect(accepted).toBeGreaterThan(0);
    const content = contentOf(join(bundle, 'generic.db'));
    expect(content.generic_tasks!.rows).toBe(content.legacy_task_mapping!.rows);
    await wizard.go('Rollback');
    await wizard.rollback.confirm('generic.db', 'generic');
    expect(await sha256(join(bundle, 'generic.db'))).toBeNull();
    expect(await sha256(join(bundle, 'legacy.db'))).toBe(before);
  } finally {
    await host.close();
  }
});

test('the installed package is its own command line', async ({ folder }) => {
  const executable = install(join(folder, 'root'));
  const bundle = join(folder, 'work', 'sample');
  const overland = (...args: readonly string[]) => {
    const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder };
    const all = [...sandboxFlags, '--cli', ...args, '--json', '--home', join(folder, 'data')];
    return JSON.parse(execFileSync(executable, all, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  };
  expect(overland('init', 'task-orchestrator', bundle, '--tasks', '100')).toMatchObject({ ok: true, exitCode: 0 });
  expect(overland('run', bundle, '--yes')).toMatchObject({ ok: true, exitCode: 0, finish: { outcome: 'completed' } });
  expect(overland('rollback', 'last', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await sha256(join(bundle, 'generic.db'))).toBeNull();
});
