import { connect, isIP, type Socket } from 'node:net';
import mysql from 'mysql2';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Access, Endpoint, ServerEndpoint } from '../relational.ts';
import { MysqlConnection } from './connection.ts';
import { codeOf, errnoOf } from './errors.ts';

export type MysqlEndpoint = ServerEndpoint & { readonly engine: 'mysql' };

/** What every session of ours knows of its server. */
export type Server = {
  readonly maria: boolean;
  readonly version: string;
  /** Of the version, for comparisons: 10.11.6 is 101106. */
  readonly number: number;
  readonly localInfile: boolean;
  /** The binary log takes statements, which rules READ COMMITTED out. */
  readonly logsStatements: boolean;
};

const defaultTimeoutMs = 10_000;

/** Strict, with a backslash that escapes and a 0 that stays 0; dates that others could store can be stored again. */
const sqlMode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO';

/** Settings of every session. What the server or the account has for them must not change a value. */
export function sessionSettings(server: Server, access: Access): string[] {
  return [
    `SET SESSION sql_mode = '${sqlMode}', time_zone = '+00:00', autocommit = 1, sql_select_limit = 18446744073709551615,
       sql_quote_show_create = 1, sql_notes = 1, max_error_count = 1000, foreign_key_checks = 1, unique_checks = 1,
       lock_wait_timeout = 50, innodb_lock_wait_timeout = 50, wait_timeout = 28800, net_write_timeout = 3600,
       net_read_timeout = 3600, sql_big_selects = 1`,
    'SET NAMES utf8mb4 COLLATE utf8mb4_general_ci',
    ...(server.maria ? [] : ['SET SESSION information_schema_stats_expiry = 0']),
    `SET SESSION TRANSACTION ISOLATION LEVEL ${access === 'read' || server.logsStatements ? 'REPEATABLE READ' : 'READ COMMITTED'}`,
    // A statement that would write fails with 1792, DDL as well.
    ...(access === 'read' ? ['SET SESSION TRANSACTION READ ONLY'] : []),
  ];
}

export function mysqlEndpoint(endpoint: Endpoint): MysqlEndpoint {
  if (endpoint.engine !== 'mysql') throw new Error(`Not a MySQL endpoint: ${endpoint.name}`);
  return endpoint as MysqlEndpoint;
}

/** Opens one connection, set up for `access`. Fails with CONNECTION, in words for an operator. */
export async function openConnection(
  endpoint: MysqlEndpoint,
  access: Access,
  env: Environment,
  signal?: AbortSignal,
): Promise<{ readonly connection: MysqlConnection; readonly server: Server }> {
  signal?.throwIfAborted();
  const raw = mysql.createConnection(await options(endpoint, env));
  const connection = new MysqlConnection(raw);
  const onAbort = (): void => connection.destroy();
  signal?.addEventListener('abort', onAbort);
  try {
    await new Promise<void>((resolve, reject) => {
      raw.once('error', reject);
      raw.connect((error) => (error ? reject(error) : resolve()));
    });
    const [facts] = await connection.rows('SELECT @@version, @@version_comment, @@local_infile');
    const log = await connection.rows("SHOW VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format')");
    const logsStatements = ['ON', 'STATEMENT'].every((word) => log.some(([, value]) => value === word));
    const server = { ...serverOf(String(facts?.[0]), String(facts?.[1]), facts?.[2]), logsStatements };
    for (const setting of sessionSettings(server, access)) await connection.run(setting);
    return { connection, server };
  } catch (error) {
    connection.destroy();
    signal?.throwIfAborted();
    throw openFailure(error, endpoint);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function serverOf(version: string, comment: string, localInfile: unknown): Omit<Server, 'logsStatements'> {
  const maria = /mariadb/i.test(`${version} ${comment}`);
  const [major = 0, minor = 0, patch = 0] = (/\d+\.\d+\.\d+/.exec(version.replace(/^5\.5\.5-/, ''))?.[0] ?? '')
    .split('.')
    .map(Number);
  return { maria, version, number: major * 10_000 + minor * 100 + patch, localInfile: localInfile === 1n };
}

async function options(endpoint: MysqlEndpoint, env: Environment): Promise<mysql.ConnectionOptions> {
  const { fields, password } = endpoint;
  const host = fields['host'] ?? 'localhost';
  const port = Number(fields['port'] ?? 3306);
  const connectTimeout = milliseconds(fields['connect_timeout']) ?? defaultTimeoutMs;
  const ssl = await tlsOptions(endpoint, env);
  return {
    ...(isSocket(host) ? { socketPath: host } : { host, port }),
    ...(ssl && isIP(host) !== 0 ? { stream: () => namedSocket(host, port) } : {}),
    ...(fields['user'] === undefined ? {} : { user: fields['user'] }),
    ...(password === null ? {} : { password }),
    ...(fields['database'] === undefined ? {} : { database: fields['database'] }),
    ...(ssl ? { ssl } : {}),
    connectTimeout,
    charset: 'UTF8MB4_GENERAL_CI',
    connectAttributes: { program_name: 'overland' },
    // IGNORE_SPACE would make function names reserved words in scripts; the rest is of no use here.
    flags: ['-IGNORE_SPACE', '-ODBC'],
    trace: false,
    // Multi-row inserts have one text per width of a table.
    maxPreparedStatements: 64,
  };
}

/**
 * mysql2 compares the certificate of a host that is given by its address with the name `localhost`: Node takes that where
 * the socket does not know what it was connected to. This one knows.
 */
function namedSocket(host: string, port: number): Socket {
  const socket = connect(port, host);
  socket.setKeepAlive(true);
  socket.setNoDelay(true);
  return Object.assign(socket, { _host: host });
}

/** `10s`, `500ms`, `1min`. */
function milliseconds(text: string | undefined): number | null {
  const found = /^(\d+(?:\.\d+)?) ?(ms|s|min)$/.exec(text ?? '');
  return found ? Number(found[1]) * { ms: 1, s: 1000, min: 60_000 }[found[2] as 'ms' | 's' | 'min'] : null;
}

async function tlsOptions(endpoint: MysqlEndpoint, env: Environment): Promise<mysql.SslOptions | null> {
  const { fields } = endpoint;
  const mode = tlsMode(fields);
  if (mode === 'off') return null;
  const read = async (field: string): Promise<string | undefined> => {
    const file = fields[field];
    return file === undefined ? undefined : env.fs.readText(file);
  };
  const [ca, cert, key] = await Promise.all([read('tls_ca'), read('tls_cert'), read('tls_key')]);
  return {
    rejectUnauthorized: mode === 'verify',
    verifyIdentity: mode === 'verify',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Verification unless the server is this machine, where nobody can stand between. */
export function tlsMode(fields: Readonly<Record<string, string>>): 'off' | 'require' | 'verify' {
  const { tls } = fields;
  if (tls === 'off' || tls === 'require' || tls === 'verify') return tls;
  return isLocal(fields['host'] ?? 'localhost') ? 'off' : 'verify';
}

function isLocal(host: string): boolean {
  return isSocket(host) || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isSocket(host: string): boolean {
  return host.startsWith('/') || host.startsWith('\\\\.\\pipe\\');
}

/** Where the server is, as a person names it; never with a password. */
export function whereOf({ fields }: MysqlEndpoint): string {
  const host = fields['host'] ?? 'localhost';
  const address = isSocket(host) ? host : `${host}:${fields['port'] ?? 3306}`;
  return `${address} / ${fields['database'] ?? '(no database)'}`;
}

export function connectionError(endpoint: MysqlEndpoint, message: string, advice: string, cause?: unknown) {
  const path = whereOf(endpoint);
  const finding = makeFinding({ severity: 'error', category: 'connection', message, path, suggestion: advice });
  return new OverlandError(
    'CONNECTION',
    `${endpoint.name} (${path}): ${message}`,
    { connection: endpoint.name, findings: [finding] },
    { advice, cause },
  );
}

function openFailure(error: unknown, endpoint: MysqlEndpoint): Error {
  if (error instanceof OverlandError) return error;
  const [message, advice] = wordsFor(error, endpoint);
  return connectionError(endpoint, message, advice, error);
}

function wordsFor(error: unknown, { fields }: MysqlEndpoint): readonly [string, string] {
  const user = fields['user'] ?? '(no user)';
  switch (errnoOf(error)) {
    case 1044:
      return [
        `The user ${user} has no right to the database ${fields['database']}.`,
        'Grant it, or choose another user; `overland check --grants` prints the statements.',
      ];
    case 1045:
    case 1698:
      return [`The server refuses the user ${user} with this password.`, 'Check user and secret of the connection.'];
    case 1049:
      return [
        `The server has no database ${fields['database']}.`,
        'Create it, or correct the name: CREATE DATABASE name CHARACTER SET utf8mb4.',
      ];
    case 1040:
    case 1203:
      return ['The server has no connection left.', 'Wait, or end sessions that are not needed.'];
    case 1130:
      return ['The server does not accept connections from this machine.', 'Allow this host for the user.'];
  }
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return ['No server answers at this address.', 'Check host and port, and that the server runs.'];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ['The name of the host is not known.', 'Check the host, and the network.'];
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['The server cannot be reached in time.', 'Check the network, a firewall, or set connect_timeout.'];
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return [
        'The server does not offer TLS.',
        'Switch it on at the server, or set tls = "off" if the network between is trusted.',
      ];
    case 'HANDSHAKE_SSL_ERROR':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'CERT_HAS_EXPIRED':
      return [
        `The certificate of the server is not accepted: ${textOf(error)}.`,
        'Give its authority in tls_ca; or set tls = "require", which encrypts without knowing the server.',
      ];
  }
  return [`The connection failed: ${textOf(error)}.`, 'See the log for the details. Nothing was changed.'];
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\.$/, '');
}
