import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { type Access, DbFailure, type Endpoint, type ServerEndpoint } from '../relational.ts';
import { codeOf, dbFailure, ownFailure } from './errors.ts';
import { Link } from './link.ts';
import { literal, quote, scratchPrefix } from './names.ts';

export type PostgresEndpoint = ServerEndpoint & { readonly engine: 'postgres' };

export function postgresEndpoint(endpoint: Endpoint): PostgresEndpoint {
  if (endpoint.engine !== 'postgres') throw new Error(`Not a PostgreSQL endpoint: ${endpoint.name}`);
  return endpoint as PostgresEndpoint;
}

const connectTimeoutMs = 10_000;
const lockTimeoutMs = 10_000;

/**
 * Opens a connection whose values mean one thing: UTF-8, UTC, ISO dates, floats in full. Row-level security raises an error
 * instead of hiding rows. Fails with a DbFailure; `connectionFailure` puts it into words for the first connection of a session.
 */
export async function openLink(endpoint: PostgresEndpoint, access: Access, signal?: AbortSignal): Promise<Link> {
  signal?.throwIfAborted();
  const { fields, password } = endpoint;
  const client = new pg.Client({
    host: fields['host'] ?? 'localhost',
    port: Number(fields['port'] ?? 5432),
    ...(fields['database'] === undefined ? {} : { database: fields['database'] }),
    ...(fields['user'] === undefined ? {} : { user: fields['user'] }),
    ...(password === null ? {} : { password }),
    ssl: await tlsOptions(fields),
    connectionTimeoutMillis: milliseconds(fields['connect_timeout'], connectTimeoutMs, 'connect_timeout'),
    application_name: 'overland',
    client_encoding: 'UTF8',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Every value arrives as the server's text; decoding is ours.
    types: { getTypeParser: () => (value: string) => value },
  });
  const link = new Link(client);
  const cut = (): void => link.destroy();
  signal?.addEventListener('abort', cut, { once: true });
  try {
    await client.connect();
    await link.start(settings(endpoint, access));
    return link;
  } catch (error) {
    link.destroy();
    signal?.throwIfAborted();
    throw error instanceof DbFailure ? error : dbFailure(connectError(error));
  } finally {
    signal?.removeEventListener('abort', cut);
  }
}

/** SQL that every session of ours begins with. */
function settings(endpoint: PostgresEndpoint, access: Access): string {
  const { fields } = endpoint;
  const lock = milliseconds(fields['lock_timeout'], lockTimeoutMs, 'lock_timeout');
  const statement = milliseconds(fields['statement_timeout'], 0, 'statement_timeout');
  const set: [string, string][] = [
    ['TimeZone', 'UTC'],
    ['DateStyle', 'ISO, YMD'],
    ['IntervalStyle', 'postgres'],
    ['extra_float_digits', '3'],
    ['bytea_output', 'hex'],
    ['xmloption', 'content'],
    ['lc_monetary', 'C'],
    ['standard_conforming_strings', 'on'],
    ['row_security', 'off'],
    ['synchronize_seqscans', 'off'],
    ['default_transaction_isolation', 'read committed'],
    ['default_transaction_deferrable', 'off'],
    ['idle_in_transaction_session_timeout', '0'],
    ['lock_timeout', String(lock)],
    ['statement_timeout', String(statement)],
    ['default_transaction_read_only', access === 'read' ? 'on' : 'off'],
  ];
  const path = searchPath(endpoint);
  return [
    ...set.map(([name, value]) => `SET ${name} = ${literal(value)}`),
    ...(path === null ? [] : [`SET search_path = ${path}`]),
  ].join('; ');
}

/** Extensions often live in `public`; what is scratch must not find anything there. */
function searchPath({ fields }: PostgresEndpoint): string | null {
  const { schema } = fields;
  if (schema === undefined) return null;
  return schema === 'public' || schema.startsWith(scratchPrefix) ? quote(schema) : `${quote(schema)}, public`;
}

export function isLocal(host: string | undefined): boolean {
  return (
    host === undefined || host === '' || host.startsWith('/') || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host)
  );
}

/** `require` encrypts without asking who is there; `verify` also checks certificate and name. */
async function tlsOptions(fields: Readonly<Record<string, string>>): Promise<false | ConnectionOptions> {
  const mode = fields['tls'] ?? (isLocal(fields['host']) ? 'off' : 'verify');
  if (mode === 'off') return false;
  const file = async (name: string): Promise<string | undefined> => {
    const path = fields[`tls_${name}`] ?? fields[name];
    return path === undefined ? undefined : readFile(path, 'utf8');
  };
  const [ca, cert, key] = await Promise.all([file('ca'), file('cert'), file('key')]);
  return {
    rejectUnauthorized: mode === 'verify',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(fields['host'] && !/^[\d.:]+$/.test(fields['host']) ? { servername: fields['host'] } : {}),
  };
}

/** "10s", "500ms", "2m" or bare milliseconds. */
function milliseconds(text: string | undefined, otherwise: number, field: string): number {
  if (text === undefined) return otherwise;
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text.trim());
  if (!found) throw ownFailure('FIELD', 'permanent', `${field} = "${text}" is no time such as "10s".`);
  const unit = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }[found[2] ?? 'ms'] ?? 1;
  return Math.round(Number(found[1]) * unit);
}

function connectError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (codeOf(error) === null && /timeout expired|timed? ?out/i.test(message))
    return Object.assign(new Error('The server did not answer in time', { cause: error }), { code: 'ETIMEDOUT' });
  return error;
}

/** CONNECTION with one finding, in words for an operator. */
export function connectionError(endpoint: PostgresEndpoint, message: string, advice: string, cause?: unknown) {
  const where = whereOf(endpoint);
  const finding = makeFinding({ severity: 'error', category: 'connection', message, path: where, suggestion: advice });
  return new OverlandError(
    'CONNECTION',
    `${endpoint.name} (${where}): ${message}`,
    { connection: endpoint.name, findings: [finding] },
    { advice, cause },
  );
}

export function whereOf({ fields }: PostgresEndpoint): string {
  return `${fields['host'] ?? 'localhost'}:${fields['port'] ?? '5432'}/${fields['database'] ?? fields['user'] ?? ''}`;
}

/** What the first connection of a session failed of, and what to do about it. */
export function connectionFailure(endpoint: PostgresEndpoint, error: unknown): unknown {
  if (!(error instanceof DbFailure)) return error;
  const { code, message } = error.error;
  const words = (text: string, advice: string): Error => connectionError(endpoint, text, advice, error);
  const user = endpoint.fields['user'] ?? 'this user';
  if (code === 'ECONNREFUSED' || code === 'ENOENT')
    return words('Nobody listens there.', 'Check host and port, and that the server is running.');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return words('The name of the host is not known.', 'Check `host`, or the network and VPN.');
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH')
    return words('The server did not answer in time.', 'Check the network, a firewall, or raise `connect_timeout`.');
  if (code === '28P01' || code === '28000')
    return words(`The server refuses the user: ${message}.`, `Check user and password of ${user}, and pg_hba.conf.`);
  if (code === '3D000') return words(`There is no such database: ${message}.`, 'Check `database`, or create it.');
  if (code === '57P03') return words(`The server is not ready: ${message}.`, 'Wait a moment and try again.');
  if (code === '53300')
    return words(`The server takes no more connections: ${message}.`, 'End others, or raise max_connections.');
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code ?? ''))
    return words(
      `The certificate of the server is not trusted (${code}).`,
      'Name its authority in `tls_ca`; or, where the way to the server is safe, set tls = "require".',
    );
  if (/does not support SSL/i.test(message))
    return words(
      'The server does not encrypt.',
      'Switch TLS on at the server, or set tls = "off" where the way is safe.',
    );
  return words(message, 'Check the fields of this connection.');
}
