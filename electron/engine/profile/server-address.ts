/** Engines whose connections may be given as an address, with the schemes that name them. */
const schemes = {
  postgres: ['postgres', 'postgresql'],
  pgvector: ['postgres', 'postgresql'],
  mysql: ['mysql', 'mariadb'],
} as const;
export type AddressedEngine = keyof typeof schemes;

/** An address taken apart. The password is null when it has none; it goes to a key store and never into `fields`. */
export type ServerAddress = { readonly fields: Readonly<Record<string, string>>; readonly password: string | null };
export type BadAddress = { readonly message: string; readonly advice: string };

const sample = {
  postgres: 'postgres://app@db-01:5432/shop',
  pgvector: 'postgres://app@db-01:5432/shop',
  mysql: 'mysql://app@db-01:3306/shop',
};

/** Parameters of the engines' own clients that say the same as a field of ours. */
const parameters: Readonly<Record<string, string>> = {
  sslmode: 'tls',
  'ssl-mode': 'tls',
  tls: 'tls',
  sslrootcert: 'tls_ca',
  'ssl-ca': 'tls_ca',
  sslcert: 'tls_cert',
  'ssl-cert': 'tls_cert',
  sslkey: 'tls_key',
  'ssl-key': 'tls_key',
  schema: 'schema',
  currentschema: 'schema',
  connect_timeout: 'connect_timeout',
  host: 'host',
};

const tlsModes: Readonly<Record<string, string>> = {
  disable: 'off',
  disabled: 'off',
  off: 'off',
  allow: 'off',
  prefer: 'require',
  preferred: 'require',
  require: 'require',
  required: 'require',
  'verify-ca': 'verify',
  verify_ca: 'verify',
  'verify-full': 'verify',
  verify_identity: 'verify',
  verify: 'verify',
};

export function isAddressed(engine: string): engine is AddressedEngine {
  return Object.hasOwn(schemes, engine);
}

/** Takes an address such as `postgres://app@db-01:5432/shop?sslmode=verify-full` apart. Messages never repeat a password. */
export function parseServerAddress(engine: AddressedEngine, text: string): ServerAddress | BadAddress {
  const wrong = (message: string): BadAddress => ({ message, advice: `For example ${sample[engine]}.` });
  const url = readUrl(text);
  if (url === null) return wrong('The address cannot be read');
  const scheme = url.protocol.slice(0, -1);
  if (!schemes[engine].some((one) => one === scheme))
    return wrong(`An address of ${engine} does not begin with ${scheme}:`);
  const parts = [url.hostname, url.username, url.password, url.pathname.slice(1)].map(decoded);
  if (parts.includes(null)) return wrong('The address holds a % that begins no character code');
  const [host, user, password, database] = parts as string[];
  if (database!.includes('/')) return wrong('The address names more than one database');
  const fields: Record<string, string> = {};
  if (host) fields['host'] = host.replace(/^\[(.*)\]$/, '$1');
  if (url.port) fields['port'] = url.port;
  if (database) fields['database'] = database;
  if (user) fields['user'] = user;
  for (const [name, value] of url.searchParams) {
    const field = parameters[name.toLowerCase()];
    if (field === undefined) return wrong(`The address has a parameter that is not known: ${name}`);
    const known =
      field === 'tls' ? tlsModes[value.toLowerCase()] : field === 'connect_timeout' ? seconds(value) : value;
    if (known === undefined) return wrong(`The address has ${name}=${value}, which is not known`);
    fields[field] = known;
  }
  return { fields, password: password ? password : null };
}

function readUrl(text: string): URL | null {
  try {
    return new URL(text.trim());
  } catch {
    return null;
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** libpq gives whole seconds. */
function seconds(text: string): string {
  return /^\d+$/.test(text) ? `${text}s` : text;
}
