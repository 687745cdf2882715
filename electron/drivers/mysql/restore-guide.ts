import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem } from '../relational.ts';
import { othersObject } from './fingerprint.ts';
import { literal } from './names.ts';
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
  const since = `${client} --skip-column-names --batch --execute=${shell(tablesSince(saved))} > since.sql`;
  const drop = `(echo 'SET foreign_key_checks = 0;'; cat since.sql) | ${client}`;
  const load = tables.length > 0 ? [`cat ${tables.join(' ')} | ${client}`] : [];
  const text = `# How to go back without Overland

Stop every program that uses the database. Then run the commands in a shell, in this folder. They check the saved copies
first and change nothing when a check fails. The client \`mysql\` does as well as \`mariadb\`.

\`\`\`sh
${[...checks, since].join(' && \\\n')}
\`\`\`

Look at since.sql: it drops the tables that were made since, those of Overland's own among them. Then each saved table is
dropped and made again with its rows, and views, triggers and routines are made again as they were. Those that the migration
made stay; drop them by hand.

\`\`\`sh
${[drop, ...load, `${client} < ${shell(objects?.file ?? 'objects.sql')}`].join(' && \\\n')}
\`\`\`
`;
  await env.fs.writeDurable(join(folder, 'RESTORE.md'), text, 0o600);
}

/** Prints a statement for each table that was not there when the point was saved. */
function tablesSince(saved: readonly ProtectedItem[]): string {
  const names = saved.map((item) => literal(item.object)).join(', ');
  return `SELECT CONCAT('DROP TABLE IF EXISTS \`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\`;') FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME NOT IN (${names})`;
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
