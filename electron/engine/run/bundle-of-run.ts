import { OverlandError } from '#shared/model/error.ts';
import type { ProfileChange } from '../profile/apply-changes.ts';
import { loadProfile } from '../profile/load-profile.ts';
import type { BundleFiles, Overrides, Profile } from '../profile/profile.ts';
import type { EngineContext } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';

export type RunBundle = { readonly profile: Profile; readonly files: BundleFiles; readonly hash: string };

/** The bundle of a run as it is on disk now, with the run's overrides. */
export async function bundleOfRun(
  context: EngineContext,
  run: Pick<RunRecord, 'bundle_path' | 'overrides'>,
  changes: readonly ProfileChange[] = [],
): Promise<RunBundle> {
  return openBundle(context, run.bundle_path, JSON.parse(run.overrides) as Overrides, changes);
}

/** Reads and parses a bundle; fails with BUNDLE_INVALID and all problems. */
export async function openBundle(
  context: EngineContext,
  path: string,
  overrides: Overrides,
  changes: readonly ProfileChange[] = [],
): Promise<RunBundle> {
  const loaded = await loadProfile(path, { overrides, changes, kinds: context.kinds });
  if ('problems' in loaded) {
    throw new OverlandError(
      'BUNDLE_INVALID',
      `This bundle cannot be opened: ${loaded.problems.length} problems in profile.toml.`,
      {
        bundle: path,
        problems: [...loaded.problems],
      },
    );
  }
  return { profile: loaded.profile, files: loaded.files, hash: loaded.hash };
}
