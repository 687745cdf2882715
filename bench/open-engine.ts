import { fileURLToPath } from 'node:url';
import { plainHost } from '../electron/engine/services/host-bridge.ts';
import { createEngine } from '../electron/engine/services/index.ts';
import { forkHelperHost } from '../electron/platform/helper/fork-helper-host.ts';
import { createNodeEnvironment } from '../electron/platform/node-environment.ts';
import type { Services } from '../shared/contract/services.ts';

/** The engine as the command line has it: real files, journal and helper processes, data in `home`. */
export async function openEngine(home: string): Promise<{ readonly services: Services; close(): Promise<void> }> {
  const environment = createNodeEnvironment({
    home,
    resources: fileURLToPath(new URL('../resources', import.meta.url)),
    helpers: forkHelperHost(fileURLToPath(new URL('../electron/drivers/helper-main.ts', import.meta.url))),
    logLevel: 'warn',
  });
  const engine = await createEngine({ environment, host: plainHost('cli'), version: 'bench' });
  return { services: engine.services, close: () => engine.close('cancel') };
}
