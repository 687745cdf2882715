import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Servers } from './ends.ts';
import { type RowFiles, rowsTable } from './rows.ts';

/** Milliseconds of a whole command; throws with its output when it fails. */
export function timed(command: string, args: readonly string[], input?: string): number {
  const began = performance.now();
  execFileSync(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
    ...(input === undefined ? {} : { input }),
  });
  return performance.now() - began;
}

export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** One server process that parses a ready text file into a table that is there. */
export function psqlCopy({ postgres }: Servers, database: string, files: RowFiles): number {
  return timed('psql', [
    ...psqlArguments(postgres),
    '-d',
    database,
    '-c',
    `\\copy ${rowsTable} from '${files.postgresText}'`,
  ]);
}

/** `pg_dump` of the whole database into `psql`. */
export function dumpAndRestore({ postgres }: Servers, from: string, to: string): number {
  const { host, port, user } = postgres.fields;
  const at = `-h ${host} -p ${port} -U ${user}`;
  return timed('sh', ['-c', `set -e; pg_dump ${at} ${from} | psql -q -v ON_ERROR_STOP=1 ${at} ${to}`]);
}

/** The client of MariaDB with a ready text file into a table that is there. */
export function loadData({ mariadb }: Servers, database: string, files: RowFiles): number {
  const { host, port, user } = mariadb.fields;
  const to = [
    '--no-defaults',
    '--local-infile=1',
    `--host=${host}`,
    `--port=${port}`,
    `--user=${user}`,
    '--protocol=tcp',
  ];
  const sql = `LOAD DATA LOCAL INFILE '${files.mysqlText}' INTO TABLE ${rowsTable} CHARACTER SET utf8mb4`;
  return timed('mariadb', [...to, database, '-e', sql]);
}

/** pgloader with its defaults, but for the prefetch without which it runs out of memory on MySQL. */
export function pgloader({ postgres }: Servers, source: string, database: string, folder: string): number {
  const { host, port, user } = postgres.fields;
  const prefetch = source.startsWith('mysql:') ? ', prefetch rows = 10000' : '';
  const file = join(folder, 'copy.load');
  writeFileSync(
    file,
    `LOAD DATABASE FROM ${source} INTO postgresql://${user}@${host}:${port}/${database} WITH create tables, create indexes, reset sequences${prefetch};\n`,
  );
  return timed('pgloader', ['--quiet', file]);
}

function psqlArguments({ fields }: Servers['postgres']): string[] {
  return ['-q', '-v', 'ON_ERROR_STOP=1', '-h', fields['host']!, '-p', fields['port']!, '-U', fields['user']!];
}
