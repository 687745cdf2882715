// Builds what changed since the last build: the Electron side and the renderer, each by itself. `--force` builds all.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './lib/digest.mjs';
import { ready, root } from './lib/runtime.mjs';

await ready({ quiet: true });

const common = ['package.json', 'package-lock.json', 'shared', 'scripts/build.mjs'];
const parts = {
  renderer: {
    sources: [...common, 'renderer'],
    proof: 'dist/renderer/index.html',
    configs: [{ configFile: 'renderer/vite.config.ts', root: 'renderer' }],
  },
  electron: {
    sources: [...common, 'electron', 'vite.electron.config.ts', 'vite.preload.config.ts'],
    proof: 'dist/electron/main.js',
    configs: [
      { configFile: 'vite.electron.config.ts', root: '.' },
      { configFile: 'vite.preload.config.ts', root: '.' },
    ],
  },
};

const record = join(root, 'dist', '.build.json');
const built = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
const force = process.argv.includes('--force');
const wanted = Object.keys(parts).filter((name) => !process.argv.includes(`--skip=${name}`));
const started = performance.now();
const done = [];
for (const name of wanted) {
  const part = parts[name];
  const digest = digestOf(part.sources);
  if (!force && built[name] === digest && existsSync(join(root, part.proof))) continue;
  const { build } = await import('vite');
  for (const config of part.configs) {
    await build({ configFile: join(root, config.configFile), root: join(root, config.root), logLevel: 'warn' });
  }
  built[name] = digest;
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(record, JSON.stringify(built));
  done.push(name);
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
if (done.length || !process.argv.includes('--quiet'))
  console.error(done.length ? `Built ${done.join(' and ')} in ${seconds} s.` : 'The build is up to date.');
