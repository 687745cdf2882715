import { basename, resolve } from 'node:path';
import { assertNever, OverlandError } from '#shared/model/error.ts';
import type { Endpoint } from '../../drivers/endpoint.ts';
import type { Secrets } from '../../platform/environment.ts';
import type { ProfileConnection } from './profile.ts';

/** The connection as a driver takes it: paths relative to the bundle made absolute, secrets looked up by name. */
export async function resolveEndpoint(
  connection: ProfileConnection,
  folder: string,
  secrets: Secrets,
): Promise<Endpoint> {
  const { name, engine, fields } = connection;
  switch (engine) {
    case 'sqlite':
    case 'sqlite-vec':
    case 'folder':
      return { engine, name, path: resolve(folder, fields['path'] ?? '') };
    case 'postgres':
    case 'mysql':
    case 'pgvector':
      return { engine, name, fields: withFiles(fields, folder), password: await secretOf(connection, secrets) };
    case 'qdrant':
    case 'chroma': {
      const { url = '', ...rest } = fields;
      return { engine, name, url, fields: rest, apiKey: await secretOf(connection, secrets) };
    }
    default:
      return assertNever(engine, 'engine');
  }
}

/** The endpoint as a person names it: the file's or folder's name, the address, or host and database. */
export function targetText(endpoint: Endpoint): string {
  if ('path' in endpoint) return basename(endpoint.path);
  if ('url' in endpoint) return endpoint.url.replace(/^https?:\/\//, '');
  const { host, database } = endpoint.fields;
  return [host, database].filter((part) => part !== undefined).join(' / ') || endpoint.name;
}

/** Files of certificates stand relative to the bundle, as every path of a profile. */
function withFiles(fields: Readonly<Record<string, string>>, folder: string): Readonly<Record<string, string>> {
  const files = ['tls_ca', 'tls_cert', 'tls_key'].filter((field) => fields[field] !== undefined);
  return { ...fields, ...Object.fromEntries(files.map((field) => [field, resolve(folder, fields[field]!)])) };
}

async function secretOf(connection: ProfileConnection, secrets: Secrets): Promise<string | null> {
  const [name] = connection.secrets;
  if (name === undefined) return null;
  const value = await secrets.get(name);
  if (value === null)
    throw new OverlandError('SECRET_MISSING', `Secret ${name} of connection "${connection.name}" is not set.`, {
      names: [name],
    });
  return value;
}
