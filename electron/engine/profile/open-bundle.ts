import { OverlandError } from '#shared/model/error.ts';
import { counted } from '#shared/model/figures.ts';
import { type LoadedProfile, type LoadOptions, loadProfile } from './load-profile.ts';

/** Reads and parses a bundle, by its folder or its profile.toml; fails with BUNDLE_INVALID and all problems. */
export async function openBundle(path: string, options: LoadOptions): Promise<LoadedProfile> {
  const loaded = await loadProfile(path, options);
  if (!('problems' in loaded)) return loaded;
  const problems = [...loaded.problems];
  const data = { bundle: path, problems };
  if (options.changes && options.changes.length > 0) {
    const message = `The changed rules do not fit this bundle: ${counted(problems.length, 'problem')}.`;
    throw new OverlandError('BUNDLE_INVALID', message, data, {
      advice: 'Correct what was typed. Nothing was changed.',
    });
  }
  throw new OverlandError(
    'BUNDLE_INVALID',
    `This bundle cannot be opened: ${counted(problems.length, 'problem')}.`,
    data,
    { advice: 'The team that wrote the bundle can mend these. Nothing was connected and nothing was changed.' },
  );
}
