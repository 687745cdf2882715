#!/usr/bin/env node
// `npx overland ...` in a checkout: installs and builds what is missing, then runs the command line. Without a command it
// opens the wizard, as `npm start` does.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { engineFlags } from './lib/engine-flags.mjs';
import { pass, ready, root } from './lib/runtime.mjs';

await ready({ quiet: true });

const args = process.argv.slice(2);
if (args.length === 0) {
  process.exit(await pass(process.execPath, [join(root, 'scripts', 'start.mjs')]));
}

// Only `serve` shows the renderer; the other commands do not wait for its build.
const parts = args[0] === 'serve' ? [] : ['--skip=renderer'];
const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--quiet', ...parts], {
  stdio: ['ignore', 2, 2],
});
if (built.status !== 0) process.exit(built.status ?? 1);
process.exit(await pass(process.execPath, [...engineFlags, join(root, 'dist', 'electron', 'cli.js'), ...args]));
