import { resolve } from 'node:path';
import type { BundleView } from '#shared/contract/bundle.ts';
import type { Services } from '#shared/contract/services.ts';
import { loadProfile } from '../../profile/load-profile.ts';
import { openBundle } from '../../profile/open-bundle.ts';
import type { Overrides } from '../../profile/profile.ts';
import { type EngineContext, nowText } from '../../run/engine-context.ts';
import { initSample } from '../../samples/init-sample.ts';
import { sampleTemplates } from '../../samples/templates.ts';
import { invalidInput } from '../failure.ts';
import { bundleFolder, overridesOf } from './bundle-folder.ts';
import { bundleView } from './bundle-view.ts';
import { receiveBundle } from './received.ts';
import { openRunOf, recentBundles } from './recent.ts';
import { setRule } from './set-rule.ts';

/** Opening, checking and making bundles; nothing here connects to anything. */
export function createBundleServices(context: EngineContext): Services['bundle'] {
  const { journal, environment, kinds } = context;

  async function view(folder: string, overrides: Overrides): Promise<BundleView> {
    const loaded = await openBundle(folder, { kinds, overrides });
    journal.bundles.opened(folder, loaded.profile.id, loaded.profile.version, nowText(context));
    return bundleView(folder, loaded, openRunOf(context, folder));
  }

  const services: Services['bundle'] = {
    recent: () => recentBundles(context),
    forget: async ({ path }) => journal.bundles.forget(path === null ? null : resolve(path)),
    templates: async () => sampleTemplates().map((one) => ({ ...one })),

    open: async ({ path }) => {
      const folder = await bundleFolder(context, path);
      return view(folder, overridesOf(context, folder));
    },

    check: async ({ path }) => {
      const folder = await bundleFolder(context, path);
      const loaded = await loadProfile(folder, { kinds, overrides: overridesOf(context, folder) });
      return 'problems' in loaded ? [...loaded.problems] : [];
    },

    init: async ({ template, dir, tasks, seed, dirty, engine }, { signal }) => {
      const options = {
        ...(tasks === undefined ? {} : { tasks }),
        ...(seed === undefined ? {} : { seed }),
        ...(dirty === undefined ? {} : { dirty }),
        ...(engine === undefined ? {} : { engine }),
        ...(signal === undefined ? {} : { signal }),
      };
      const made = await initSample(template, resolve(dir), options, environment);
      return { path: made.path, facts: [...made.facts] };
    },

    override: async ({ path, connection, fields }) => {
      const folder = await bundleFolder(context, path);
      const before = overridesOf(context, folder);
      const { profile } = await openBundle(folder, { kinds, overrides: before });
      if (!profile.connections.has(connection)) {
        const names = [...profile.connections.keys()].join(', ');
        throw invalidInput('connection', `The profile has no connection ${connection}.`, `Connections: ${names}.`);
      }
      const after = changed(before, connection, fields);
      // Loaded before it is stored: an override that the profile refuses changes nothing.
      await openBundle(folder, { kinds, overrides: after });
      journal.bundles.opened(folder, profile.id, profile.version, nowText(context));
      journal.bundles.setOverrides(folder, JSON.stringify(after));
      return view(folder, after);
    },

    setRule: (input, call) => setRule(context, services)(input, call),

    receive: async ({ name, files }) => ({ path: await receiveBundle(environment, name, files) }),
  };
  return services;
}

/** Null gives the profile's own value back. */
function changed(overrides: Overrides, connection: string, fields: Readonly<Record<string, string | null>>): Overrides {
  const own = { ...overrides[connection] };
  for (const [field, value] of Object.entries(fields)) {
    if (value === null) delete own[field];
    else own[field] = value;
  }
  const { [connection]: _before, ...others } = overrides;
  return Object.keys(own).length === 0 ? others : { ...others, [connection]: own };
}
