import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';

const guideName = 'RESTORE.md';

/**
 * Writes RESTORE.md at the top of a rollback point, from those that the drivers wrote: one page from which the whole point is
 * brought back without Overland, wherever its folder lies by then.
 */
export async function writePointGuide(
  location: string,
  point: {
    readonly run: string;
    readonly bundle: string;
    readonly createdAt: string;
    readonly connections: readonly string[];
  },
  env: Environment,
): Promise<void> {
  const sections: string[] = [];
  for (const connection of point.connections) {
    const own = join(location, connection, guideName);
    if (await env.fs.exists(own)) sections.push(sectionOf(connection, await env.fs.readText(own)));
  }
  const heading = `# How to go back without Overland

The state before run ${point.run} of ${point.bundle}, saved ${point.createdAt}. Run the commands in one shell, in this folder, from the
top to the bottom. Where Overland still works, \`overland rollback\` is the better way: it leaves alone what others wrote since.

`;
  await env.fs.writeDurable(join(location, guideName), heading + sections.join(''), 0o600);
}

/** The driver's page one level lower, its commands in its own folder. */
function sectionOf(connection: string, text: string): string {
  const body = text.replace(/^# .*\n+/, '').replace(/^## (.*)$/gm, '### $1');
  const into = (where: string) => `\`\`\`sh\ncd ${where}\n\`\`\`\n\n`;
  const folder = `'./${connection.replaceAll("'", `'\\''`)}'`;
  return `## ${connection}\n\n${into(folder)}${body.trimEnd()}\n\n${into('..')}`;
}
