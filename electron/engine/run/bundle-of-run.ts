import type { ProfileChange } from '../profile/apply-changes.ts';
import type { LoadedProfile } from '../profile/load-profile.ts';
import { openBundle } from '../profile/open-bundle.ts';
import type { Overrides } from '../profile/profile.ts';
import type { EngineContext } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';

export type RunBundle = Pick<LoadedProfile, 'profile' | 'files' | 'hash'>;

/** The bundle of a run as it is on disk now, with the run's overrides; fails with BUNDLE_INVALID and all problems. */
export async function bundleOfRun(
  context: EngineContext,
  run: Pick<RunRecord, 'bundle_path' | 'overrides'>,
  changes: readonly ProfileChange[] = [],
): Promise<RunBundle> {
  const overrides = JSON.parse(run.overrides) as Overrides;
  return openBundle(run.bundle_path, { kinds: context.kinds, overrides, changes });
}
