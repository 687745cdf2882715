import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ownFailure } from './errors.ts';
import { isLocal, type PostgresEndpoint } from './open.ts';

const run = promisify(execFile);

/** pg_dump and pg_restore that know the server's version. */
export type Tools = { readonly dump: string; readonly restore: string; readonly version: string };

const fileName = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

/**
 * The oldest pair that is not older than the server, since each reads what the one before wrote. Null where there is none;
 * `OVERLAND_POSTGRES_TOOLS` names a folder to look in alone.
 */
export async function findTools(
  serverVersion: number,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Tools | null> {
  const only = variables['OVERLAND_POSTGRES_TOOLS'];
  const found: { readonly tools: Tools; readonly major: number }[] = [];
  for (const folder of only === undefined ? folders(variables['PATH'] ?? '') : [only]) {
    const dump = join(folder, fileName('pg_dump'));
    const restore = join(folder, fileName('pg_restore'));
    if (!existsSync(dump) || !existsSync(restore)) continue;
    const said = await run(dump, ['--version']).catch(() => null);
    const version = /(\d+)(?:\.\d+)*/.exec(said?.stdout ?? '');
    if (version) found.push({ tools: { dump, restore, version: version[0] }, major: Number(version[1]) });
  }
  const needed = Math.floor(serverVersion / 10_000);
  const fit = found.filter((one) => one.major >= needed).sort((a, b) => a.major - b.major);
  return fit[0]?.tools ?? null;
}

/** Where Debian, Red Hat, Homebrew and the installers of Windows and macOS put them, then the path. */
function folders(path: string): string[] {
  const versions = (root: string, under: string): string[] =>
    existsSync(root) ? readdirSync(root).map((name) => join(root, name, under)) : [];
  return [
    ...versions('/usr/lib/postgresql', 'bin'),
    ...versions('/usr', 'bin').filter((folder) => folder.startsWith('/usr/pgsql-')),
    ...versions('C:\\Program Files\\PostgreSQL', 'bin'),
    ...versions('/Library/PostgreSQL', 'bin'),
    ...path.split(delimiter).filter(Boolean),
  ];
}

/** Runs one of the tools against a connection. The password goes by the environment, never by an argument. */
export async function runTool(
  program: string,
  args: readonly string[],
  endpoint: PostgresEndpoint,
  signal?: AbortSignal,
): Promise<string> {
  const { fields, password } = endpoint;
  const tls = fields['tls'] ?? (isLocal(fields['host']) ? 'off' : 'verify');
  const variables: Record<string, string | undefined> = {
    ...process.env,
    PGHOST: fields['host'] ?? 'localhost',
    PGPORT: fields['port'] ?? '5432',
    PGDATABASE: fields['database'],
    PGUSER: fields['user'],
    PGPASSWORD: password ?? undefined,
    PGAPPNAME: 'overland',
    PGSSLMODE: tls === 'off' ? 'disable' : tls === 'verify' ? 'verify-full' : 'require',
    PGSSLROOTCERT: fields['tls_ca'] ?? (tls === 'verify' ? 'system' : undefined),
    PGSSLCERT: fields['tls_cert'],
    PGSSLKEY: fields['tls_key'],
    PGCLIENTENCODING: undefined,
    PGOPTIONS: undefined,
    LC_ALL: 'C',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['--no-password', ...args], {
      env: Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined)),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    let out = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else if (signal?.aborted) reject(signal.reason);
      else {
        const kind = /no space left|could not write/i.test(said) ? 'space' : 'permanent';
        reject(ownFailure('TOOL', kind, `${program} ended with ${code}: ${said.trim()}`));
      }
    });
  });
}
