import { basename, dirname, resolve } from 'node:path';
import { profileName } from '../../profile/load-profile.ts';
import type { Overrides } from '../../profile/profile.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { notFound } from '../failure.ts';

/** The bundle's folder, absolute, whether the folder or its profile.toml was given. NOT_FOUND when nothing is there. */
export async function bundleFolder(context: Pick<EngineContext, 'environment'>, path: string): Promise<string> {
  const { fs } = context.environment;
  const given = resolve(path);
  if (!(await fs.exists(given))) throw notFound('file or folder', given, 'Choose the folder that holds profile.toml.');
  return basename(given) === profileName ? dirname(given) : given;
}

/** What the operator set on this machine for connections of the bundle. */
export function overridesOf(context: Pick<EngineContext, 'journal'>, folder: string): Overrides {
  const known = context.journal.bundles.find(folder);
  return known === null ? {} : (JSON.parse(known.overrides) as Overrides);
}
