import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Takes away what a runtime may bring along beside our archive; only the archive is loaded. */
export async function afterPack({ appOutDir, electronPlatformName }) {
  if (electronPlatformName === 'darwin') return;
  for (const name of ['app', 'default_app.asar']) {
    await rm(join(appOutDir, 'resources', name), { recursive: true, force: true });
  }
}
