import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { ProtectedItem } from '../protection.ts';

/** RESTORE.md of a folder: plain commands that bring its files back without Overland. */
export async function writeFolderGuide(
  folder: string,
  connection: string,
  items: readonly ProtectedItem[],
  env: Environment,
): Promise<void> {
  const saved = items.filter((item) => item.file !== null);
  const checks = [...new Map(saved.map((item) => [item.file, item])).values()].map(
    (item) => `echo ${shell(`${item.sha256}  ${item.file}`)} | sha256sum -c --quiet -`,
  );
  const copies = saved.map(
    (item) =>
      `cp ${shell(item.file ?? '')} ${shell(item.originalPath)} && chmod ${((item.mode ?? 0o600) & 0o7777).toString(8)} ${shell(item.originalPath)}`,
  );
  const removals = items.filter((item) => item.file === null).map((item) => `rm -f ${shell(item.originalPath)}`);
  const commands = [...checks, ...copies, ...removals, 'sync'].join(' && \\\n');
  const text = `# How to go back without Overland

Stop every program that uses the files below. Then run the commands in a shell, in this folder. They check the saved
copies first and change nothing when a check fails.

## ${connection}

${saved.length} files as they were; ${removals.length} that were not there are removed.

\`\`\`sh
${commands}
\`\`\`
`;
  await env.fs.writeDurable(join(folder, 'RESTORE.md'), text, 0o600);
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
