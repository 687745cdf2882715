import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folder with `package.json`, `dist` and `resources` of the app under test: the checkout unless OVERLAND_APP names another. */
export const appFolder = process.env.OVERLAND_APP ?? checkout;

/** Pictures of the screens; not in the repository. */
export const picturesFolder = join(checkout, 'e2e', 'screens-out');

export const releaseFolder = join(checkout, 'release');

/** The built command line. */
export const commandLine = join(appFolder, 'dist', 'electron', 'cli.js');

/** The system's Chromium; Playwright's own is not downloaded. */
export function chromiumPath(): string {
  const found = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
    .filter((path) => path !== undefined)
    .find((path) => existsSync(path));
  if (!found) throw new Error('There is no Chromium here. Install it, or name one in CHROMIUM_PATH.');
  return found;
}

/** Electron's executable in the runtime that ELECTRON_OVERRIDE_DIST_PATH names. */
export function electronPath(): string {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(checkout, 'node_modules', 'electron', 'dist');
  const path = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
  if (!existsSync(path))
    throw new Error(`There is no Electron runtime in ${folder}. Name one in ELECTRON_OVERRIDE_DIST_PATH.`);
  return path;
}

/** A runtime started by root needs to be told to run without its sandbox; anyone else keeps it. */
export const sandboxFlags: readonly string[] =
  process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
