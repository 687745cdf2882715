import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem } from '../relational.ts';
import { literal } from './names.ts';
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
  const tool =
    'by pg_dump. The first commands write what was made since into since.sql: look at it, it is dropped by the second.';
  const psql = `PGSSLMODE=${mode} psql ${where} -v ON_ERROR_STOP=1`;
  const check = `echo ${shell(`${item.sha256}  ${file}`)} | sha256sum -c -`;
  const restore = file.endsWith('.sql')
    ? `${psql} -f ${shell(file)}`
    : `PGSSLMODE=${mode} pg_restore ${where} --clean --if-exists --single-transaction --exit-on-error -L objects.list ${shell(file)}`;
  const list = `pg_restore --list ${shell(file)} | grep -v ' SCHEMA - ' > objects.list`;
  const since = `${psql} -Atc ${shell(tablesSince(schema, item))} > since.sql`;
  const blocks = file.endsWith('.sql')
    ? [[check, restore]]
    : [
        [check, list, since],
        [`${psql} -1 -f since.sql`, restore],
      ];
  const commands = blocks.map((block) => block.join(' && \\\n')).join('\n```\n\n```sh\n');
  const text = `# How to go back without Overland

Stop every program that uses the database. Then run the commands in a shell, in this folder. They check the saved copy first
and change nothing when a check fails; the restore is one transaction. The password is asked for, or taken from PGPASSWORD or
~/.pgpass.

## ${name}

Schema ${schema} as it was, saved ${file.endsWith('.sql') ? own : tool}

\`\`\`sh
${commands}
\`\`\`

Overland's own tables in the schema overland tell of runs; when no other run works on this database, they go by

\`\`\`sh
${psql} -c 'DROP SCHEMA IF EXISTS overland CASCADE'
\`\`\`
`;
  await env.fs.writeDurable(join(folder, 'RESTORE.md'), text, 0o600);
}

/** Prints a statement for each table that was not there when the point was saved. */
function tablesSince(schema: string, { fingerprint }: ProtectedItem): string {
  const saved = (fingerprint?.parts ?? []).map((part) => literal(part.object)).join(', ');
  return `SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE;', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${literal(schema)} AND c.relkind IN ('r', 'p') AND c.relname <> ALL (ARRAY[${saved}]::text[])`;
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
