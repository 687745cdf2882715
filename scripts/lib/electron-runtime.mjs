import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './runtime.mjs';

/** Folder of an Electron runtime: the one ELECTRON_OVERRIDE_DIST_PATH names, else the one the package downloaded; or null. */
export function electronRuntime() {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const own = join(root, 'node_modules', 'electron', 'dist');
  for (const folder of [named, own]) {
    if (folder && existsSync(executableIn(folder))) return folder;
  }
  return null;
}

/** The executable inside a runtime folder. */
export function executableIn(folder) {
  if (process.platform === 'darwin') return join(folder, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
}

/** `33.4.11`; null when the runtime does not say. */
export function runtimeVersion(folder) {
  const file = join(folder, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : null;
}

/** A runtime of the root user needs to be told to run without its sandbox; anyone else keeps it. */
export function sandboxFlags() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** Whether a window can appear. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
