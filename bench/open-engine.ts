import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainHost } from '../electron/engine/services/host-bridge.ts';
import { createEngine } from '../electron/engine/services/index.ts';
import { forkHelperHost } from '../electron/platform/helper/fork-helper-host.ts';
import { createNodeEnvironment } from '../electron/platform/node-environment.ts';
import type { Services } from '../shared/contract/services.ts';

/** The checkout, from the sources as well as from `bench/out/engine`. */
const root = ['..', '../../..']
  .map((above) => new URL(above, import.meta.url))
  .map((folder) => fileURLToPath(folder))
  .find((folder) => existsSync(join(folder, 'package.json'))) as string;

/** The engine as the command line has it: real files, journal and helper processes, data in `home`. */
export async function openEngine(home: string): Promise<{ readonly services: Services; close(): Promise<void> }> {
  const environment = createNodeEnvironment({
    home,
    resources: join(root, 'resources'),
    helpers: forkHelperHost(helperEntry()),
    logLevel: 'warn',
  });
  const engine = await createEngine({ environment, host: plainHost('cli'), version: 'bench' });
  return { services: engine.services, close: () => engine.close('cancel') };
}

/** Beside the bundled bench the bundled helper, else its source. */
function helperEntry(): string {
  const bundled = fileURLToPath(new URL('helper.js', import.meta.url));
  return existsSync(bundled) ? bundled : join(root, 'electron/drivers/helper-main.ts');
}
