import type { Clock, Secrets } from '../environment.ts';
import type { FileSystem } from '../file-system.ts';
import type { KeyStore } from './key-store.ts';

export type SecretsOptions = {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly fs: FileSystem;
  readonly clock: Clock;
  /** Null where the host has none. */
  readonly keyStore: KeyStore | null;
  /** Told every value before it is handed out, so that the redactor knows it. */
  readonly onValue: (value: string) => void;
};

/**
 * Secrets from `OVERLAND_SECRET_<NAME>`, the file that `OVERLAND_SECRET_<NAME>_FILE` names, the password in the
 * address `OVERLAND_CONNECTION_<X>` (as `<X>_PASSWORD`), this session's memory and the key store, in this order. `<NAME>` is the secret's name in capitals, anything but letters and digits as `_`.
 */
export function createSecrets(options: SecretsOptions): Secrets {
  const session = new Map<string, { value: string; bundle: string | null; setAt: string }>();
  const { variables, keyStore } = options;

  async function fromEnvironment(name: string): Promise<string | null> {
    const variable = variableOf(name);
    const direct = variables[variable];
    if (direct !== undefined && direct !== '') return direct;
    const file = variables[`${variable}_FILE`];
    if (!file) return addressPassword(variables, name);
    // One line end at the end comes from the editor, not from the secret.
    return (await options.fs.readText(file)).replace(/\r?\n$/, '');
  }

  return {
    async get(name) {
      const value =
        (await fromEnvironment(name)) ?? session.get(name)?.value ?? (keyStore ? await keyStore.get(name) : null);
      if (value) options.onValue(value);
      return value;
    },
    async where(name) {
      if ((await fromEnvironment(name).catch(() => null)) !== null) return 'environment';
      if (session.has(name)) return 'session';
      return keyStore && (await keyStore.get(name)) !== null ? 'key_store' : null;
    },
    async list() {
      const stored = keyStore ? await keyStore.list() : [];
      const names = environmentNames(variables);
      return [
        ...stored.map((one) => ({ ...one, where: 'key_store' as const })),
        ...[...session].map(([name, one]) => ({
          name,
          bundle: one.bundle,
          where: 'session' as const,
          setAt: one.setAt,
        })),
        ...names.map((name) => ({ name, bundle: null, where: 'environment' as const, setAt: null })),
      ];
    },
    async set(name, value, keep, bundle) {
      options.onValue(value);
      const setAt = options.clock.now().toISOString();
      if (keep === 'session') {
        session.set(name, { value, bundle, setAt });
        return;
      }
      const note = keyStore ? await keyStore.note() : noKeyStore;
      if (!keyStore || note !== null) throw new Error(`The secret '${name}' was not kept. ${note ?? noKeyStore}`);
      await keyStore.set(name, value, bundle, setAt);
      session.delete(name);
    },
    async remove(name) {
      session.delete(name);
      await keyStore?.remove(name);
    },
    note: async () => (keyStore ? keyStore.note() : noKeyStore),
  };
}

/** The password inside an address of the environment. */
function addressPassword(variables: SecretsOptions['variables'], name: string): string | null {
  const connection = /^(.+)_PASSWORD$/.exec(variableOf(name).slice('OVERLAND_SECRET_'.length))?.[1];
  const address = connection === undefined ? undefined : variables[`OVERLAND_CONNECTION_${connection}`];
  const password = address === undefined ? undefined : /^[^:/?#]+:\/\/[^/?#@]*?:([^/?#]*)@/.exec(address)?.[1];
  if (!password) return null;
  try {
    return decodeURIComponent(password);
  } catch {
    return null;
  }
}

/** `db-password` is read from `OVERLAND_SECRET_DB_PASSWORD`. */
export function variableOf(name: string): string {
  return `OVERLAND_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

const noKeyStore =
  'This host has no key store. Values are kept in memory until the engine ends, or come from OVERLAND_SECRET_<NAME>.';

function environmentNames(variables: Readonly<Record<string, string | undefined>>): string[] {
  const names = new Set<string>();
  for (const [variable, value] of Object.entries(variables)) {
    const connection = /^OVERLAND_CONNECTION_(.+)$/.exec(variable)?.[1];
    if (connection && addressPassword(variables, `${connection}_PASSWORD`) !== null)
      names.add(`${connection.toLowerCase()}_password`);
    if (!variable.startsWith('OVERLAND_SECRET_') || !value) continue;
    names.add(
      variable
        .slice('OVERLAND_SECRET_'.length)
        .replace(/_FILE$/, '')
        .toLowerCase(),
    );
  }
  return [...names].sort();
}
