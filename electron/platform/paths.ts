import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Paths } from './environment.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Files in the scratch folder that begin so hold the rows of a query, for whichever runs read it. */
export const spoolPrefix = 'spool-';

/** The data folder: `home` when given (`--home`), else `OVERLAND_HOME`, else the platform's application data. */
export function homeFolder(
  variables: Variables,
  options: { readonly home?: string | undefined; readonly platform?: NodeJS.Platform; readonly user?: string } = {},
): string {
  const user = options.user ?? homedir();
  const given = options.home || variables.OVERLAND_HOME;
  if (given) return resolve(given);
  switch (options.platform ?? process.platform) {
    case 'win32':
      return join(variables.APPDATA || join(user, 'AppData', 'Roaming'), 'Overland');
    case 'darwin':
      return join(user, 'Library', 'Application Support', 'Overland');
    default:
      return join(variables.XDG_DATA_HOME || join(user, '.local', 'share'), 'overland');
  }
}

/** Lays out the data folder. It holds production data, so nobody else may look: folders are 0700. */
export function makePaths(home: string, resources: string): Paths {
  const paths: Paths = {
    home,
    journal: join(home, 'journal.db'),
    settings: join(home, 'settings.json'),
    points: join(home, 'points'),
    scratch: join(home, 'scratch'),
    logs: join(home, 'logs'),
    reports: join(home, 'reports'),
    resources,
  };
  for (const folder of [home, paths.points, paths.scratch, paths.logs, paths.reports]) {
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined && process.platform !== 'win32') chmodSync(folder, 0o700);
  }
  return paths;
}
