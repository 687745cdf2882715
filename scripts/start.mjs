// `npm start`: the wizard on the desktop; where Electron's runtime is missing, in a browser window; without a display it
// prints the address. Installs and builds first what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { electronRuntime, executableIn, hasDisplay, sandboxFlags } from './lib/electron-runtime.mjs';
import { engineFlags } from './lib/engine-flags.mjs';
import { pass, ready, root } from './lib/runtime.mjs';

await ready();
const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--quiet'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);

const args = process.argv.slice(2);
const runtime = electronRuntime() ?? (hasDisplay() ? download() : null);
if (runtime && hasDisplay()) {
  process.exit(await pass(executableIn(runtime), [...sandboxFlags(), root, ...args]));
}
console.log(
  hasDisplay()
    ? 'The Electron runtime is not on this machine and could not be fetched: the wizard opens in a browser instead.'
    : 'There is no display here: open the address below in a browser on this machine.',
);
const serve = [
  ...engineFlags,
  join(root, 'dist', 'electron', 'cli.js'),
  'serve',
  ...(hasDisplay() ? [] : ['--no-open']),
  ...args,
];
process.exit(await pass(process.execPath, serve));

/** The electron package fetches its runtime on first use. A closed network refuses that; it is tried once a day. */
function download() {
  const refused = join(root, 'dist', '.electron-refused');
  if (existsSync(refused) && Date.now() - statSync(refused).mtimeMs < 24 * 3600 * 1000) return null;
  console.log('Fetching the Electron runtime; this is needed once.');
  spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
    timeout: 120_000,
  });
  const runtime = electronRuntime();
  if (runtime) rmSync(refused, { force: true });
  else writeFileSync(refused, '');
  return runtime;
}
