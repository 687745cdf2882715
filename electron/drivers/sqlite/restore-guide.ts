import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem } from '../relational.ts';

const guideName = 'RESTORE.md';

/** Writes or replaces the section of one connection in the point's RESTORE.md: how to go back without Overland. */
export async function writeRestoreGuide(
  folder: string,
  connection: string,
  items: readonly ProtectedItem[],
  env: Environment,
): Promise<void> {
  const path = join(folder, guideName);
  await env.fs.makeFolder(folder);
  const had = (await env.fs.exists(path)) ? await env.fs.readText(path) : '';
  const sections = had
    .split(/^(?=## )/m)
    .filter((section) => section.startsWith('## ') && !section.startsWith(`## ${connection}\n`));
  await env.fs.writeDurable(path, [heading, ...sections, restoreSection(connection, items)].join(''), 0o600);
}

const heading = `# How to go back without Overland

Stop every program that uses the files below. Then run the commands in a shell, in this folder. They check the saved
copies first and change nothing when a check fails.

`;

/** Plain commands for one connection. */
function restoreSection(connection: string, items: readonly ProtectedItem[]): string {
  const main = items.find((item) => !/-(wal|journal)$/.test(item.object)) ?? items[0];
  if (!main) return '';
  const target = shell(main.originalPath);
  const side = ['-wal', '-shm', '-journal'].map((suffix) => shell(main.originalPath + suffix)).join(' ');
  if (main.how === 'absent') {
    return `## ${connection}\n\nThe file did not exist.\n\n\`\`\`sh\nrm -f ${target} ${side}\n\`\`\`\n\n`;
  }
  const checks = items.map((item) => `echo ${shell(`${item.sha256}  ${item.file}`)} | sha256sum -c -`);
  const copies = items.map(
    (item) =>
      `cp ${shell(item.file ?? '')} ${shell(item.originalPath)}${item.mode === null ? '' : ` && chmod ${(item.mode & 0o777).toString(8)} ${shell(item.originalPath)}`}`,
  );
  const grade =
    main.how === 'byte_copy'
      ? 'The copy has the same bytes as the file had.'
      : 'The copy has the same content; others had the file open, so its bytes may differ.';
  const commands = [...checks, `rm -f ${side}`, ...copies, `sync`].join(' && \\\n');
  return `## ${connection}\n\n${grade}\n\n\`\`\`sh\n${commands}\n\`\`\`\n\n`;
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
