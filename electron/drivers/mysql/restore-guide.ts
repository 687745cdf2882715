import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem } from '../relational.ts';
import { othersObject } from './fingerprint.ts';
import type { MysqlEndpoint } from './open.ts';

/** Writes RESTORE.md: how to go back without Overland, by the plain client. */
export async function writeRestoreGuide(
  folder: string,
  { fields }: MysqlEndpoint,
  items: readonly ProtectedItem[],
  env: Environment,
): Promise<void> {
  const client = [
    'mariadb',
    `--host=${shell(fields['host'] ?? 'localhost')}`,
    ...(fields['port'] ? [`--port=${shell(fields['port'])}`] : []),
    ...(fields['user'] ? [`--user=${shell(fields['user'])}`] : []),
    '--password --default-character-set=utf8mb4',
    shell(fields['database'] ?? ''),
  ].join(' ');
  const saved = items.filter((item) => item.file !== null);
  const checks = saved.map((item) => `echo ${shell(`${item.sha256}  ${item.file}`)} | sha256sum -c -`);
  const tables = saved.filter((item) => item.object !== othersObject).map((item) => shell(item.file ?? ''));
  const objects = saved.find((item) => item.object === othersObject);
  const load = tables.length > 0 ? [`cat ${tables.join(' ')} | ${client}`] : [];
  const text = `# How to go back without Overland

Stop every program that uses the database. Then run the commands in a shell, in this folder. They check the saved copies
first and change nothing when a check fails. The client \`mysql\` does as well as \`mariadb\`.

\`\`\`sh
${[...checks, ...load].join(' && \\\n')}
\`\`\`

Each table is dropped and made again with its rows. Tables that were made since stay; drop those that the migration made.

Views, triggers, routines and events: dropping a table drops its triggers. \`${objects?.file ?? 'objects.sql'}\` has the text of
all of them; drop those that are still there, then run

\`\`\`sh
${client} < ${shell(objects?.file ?? 'objects.sql')}
\`\`\`
`;
  await env.fs.writeDurable(join(folder, 'RESTORE.md'), text, 0o600);
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
