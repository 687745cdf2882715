import type { ConnectionReport } from '#shared/contract/connection.ts';
import type { Services } from '#shared/contract/services.ts';
import { openBundle } from '../../profile/open-bundle.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { bundleFolder, overridesOf } from '../bundle/bundle-folder.ts';
import { notFound } from '../failure.ts';
import { checkConnection } from './check-connection.ts';
import { grantsOf } from './grants.ts';
import { setAddress } from './set-address.ts';

/** Where the connections of a bundle point, and tests of what answers there. */
export function createConnectionServices(context: EngineContext, bundle: Services['bundle']): Services['connection'] {
  return {
    check: async ({ path, connection }, { signal }) => {
      const folder = await bundleFolder(context, path);
      const bundle = await openBundle(folder, { kinds: context.kinds, overrides: overridesOf(context, folder) });
      const all = [...bundle.profile.connections.values()];
      const wanted = connection === null ? all : all.filter((one) => one.name === connection);
      if (connection !== null && wanted.length === 0) throw notFound('connection', connection);
      const until = signal ?? new AbortController().signal;
      const reports: ConnectionReport[] = [];
      // One after the other: two sessions of one file would see each other as others.
      for (const one of wanted) reports.push(await checkConnection(context, bundle, one, until));
      return reports;
    },
    grants: async ({ path }, { signal }) => {
      const folder = await bundleFolder(context, path);
      const opened = await openBundle(folder, { kinds: context.kinds, overrides: overridesOf(context, folder) });
      return grantsOf(context, opened, signal ?? new AbortController().signal);
    },
    setAddress: setAddress(context, bundle),
  };
}
