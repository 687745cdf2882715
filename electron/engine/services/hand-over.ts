import { resolve } from 'node:path';
import type { Services } from '#shared/contract/services.ts';
import { adoptRun } from '../run/adopt.ts';
import type { EngineContext } from '../run/engine-context.ts';
import { bundleFolder, overridesOf } from './bundle/bundle-folder.ts';

/** Runs that change hands. */
export function createHandOverServices(context: EngineContext): Services['handOver'] {
  return {
    adopt: async ({ path, folder, consents }) => {
      const bundle = await bundleFolder(context, path);
      const overrides = overridesOf(context, bundle);
      const { from, ...adopted } = await adoptRun(context, { bundle, folder: resolve(folder), overrides, consents });
      const { person, machine, writtenAt } = from;
      return { ...adopted, person, machine, writtenAt };
    },
  };
}
