import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem } from '../relational.ts';
import { isLocal, type PostgresEndpoint } from './open.ts';

/** Writes the RESTORE.md of a connection: how to go back without Overland. No password stands in it. */
export async function writeRestoreGuide(
  folder: string,
  endpoint: PostgresEndpoint,
  item: ProtectedItem,
  schema: string,
  env: Environment,
): Promise<void> {
  const { fields, name } = endpoint;
  const file = item.file ?? '';
  const tls = fields['tls'] ?? (isLocal(fields['host']) ? 'off' : 'verify');
  const mode = tls === 'off' ? 'disable' : tls === 'verify' ? 'verify-full' : 'require';
  const where = [
    `-h ${shell(fields['host'] ?? 'localhost')}`,
    `-p ${shell(fields['port'] ?? '5432')}`,
    ...(fields['user'] ? [`-U ${shell(fields['user'])}`] : []),
    `-d ${shell(fields['database'] ?? fields['user'] ?? 'postgres')}`,
  ].join(' ');
  const own = 'by Overland. Everything else in the schema is dropped first, tables that were made since among it.';
  const tool = 'by pg_dump. Tables that were made since stay; drop them before when they refer to older ones.';
  const check = `echo ${shell(`${item.sha256}  ${file}`)} | sha256sum -c -`;
  const restore = file.endsWith('.sql')
    ? `PGSSLMODE=${mode} psql ${where} -v ON_ERROR_STOP=1 -f ${shell(file)}`
    : `PGSSLMODE=${mode} pg_restore ${where} --clean --if-exists --single-transaction --exit-on-error -L objects.list ${shell(file)}`;
  const list = `pg_restore --list ${shell(file)} | grep -v ' SCHEMA - ' > objects.list`;
  const commands = [check, ...(file.endsWith('.sql') ? [] : [list]), restore].join(' && \\\n');
  const text = `# How to go back without Overland

Stop every program that uses the database. Then run the commands in a shell, in this folder. They check the saved copy first
and change nothing when a check fails; the restore is one transaction. The password is asked for, or taken from PGPASSWORD or
~/.pgpass.

## ${name}

Schema ${schema} as it was, saved ${file.endsWith('.sql') ? own : tool}

\`\`\`sh
${commands}
\`\`\`
`;
  await env.fs.writeDurable(join(folder, 'RESTORE.md'), text, 0o600);
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
