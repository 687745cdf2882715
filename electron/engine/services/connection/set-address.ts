import type { Services } from '#shared/contract/services.ts';
import { openBundle } from '../../profile/open-bundle.ts';
import type { ProfileConnection } from '../../profile/profile.ts';
import { isAddressed, parseServerAddress } from '../../profile/server-address.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { bundleFolder, overridesOf } from '../bundle/bundle-folder.ts';
import { invalidInput, notFound } from '../failure.ts';

type SetAddress = Services['connection']['setAddress'];

/** Takes an address apart: its fields hold for this machine, its password becomes the connection's secret. */
export function setAddress(context: EngineContext, bundle: Services['bundle']): SetAddress {
  const { secrets } = context.environment;
  return async ({ path, connection: name, url, keep }, call) => {
    const folder = await bundleFolder(context, path);
    const { profile } = await openBundle(folder, { kinds: context.kinds, overrides: overridesOf(context, folder) });
    const connection = profile.connections.get(name);
    if (connection === undefined) throw notFound('connection', name);
    const { fields, password } = takenApart(connection, url);
    if (password === null) {
      return { bundle: await bundle.override({ path, connection: name, fields }, call), secret: null };
    }
    const secret = secretNameOf(connection);
    if (keep === null)
      throw invalidInput('url', `The address of ${name} holds a password.`, withoutPassword(name, secret));
    const note = keep === 'key_store' ? await secrets.note() : null;
    if (note !== null) throw invalidInput('keep', note, 'Keep it for this session instead.');
    const named = connection.secrets.includes(secret) ? {} : { secret };
    const view = await bundle.override({ path, connection: name, fields: { ...fields, ...named } }, call);
    await secrets.set(secret, password, keep, folder);
    return { bundle: view, secret };
  };
}

function takenApart({ name, engine }: ProfileConnection, url: string) {
  if (!isAddressed(engine)) throw invalidInput('url', `Connection ${name} of engine ${engine} has no such address.`);
  const parsed = parseServerAddress(engine, url);
  if ('message' in parsed) throw invalidInput('url', `${parsed.message}.`, parsed.advice);
  return parsed;
}

/** The profile's own name for it, else one made of the connection's name. */
function secretNameOf({ name, secrets }: ProfileConnection): string {
  return secrets[0] ?? `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_PASSWORD`;
}

function withoutPassword(name: string, secret: string): string {
  return `Leave the password out and set OVERLAND_SECRET_${secret}, or give the whole address as OVERLAND_CONNECTION_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}.`;
}
