import { profileName } from '../../profile/load-profile.ts';
import type { Profile } from '../../profile/profile.ts';
import { bundleOfRun } from '../../run/bundle-of-run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { type IsSensitive, sensitiveNames } from '../../validation/sensitive.ts';
import { messageOf } from '../failure.ts';

/** What the bundle of a run says about its records. */
export type RunRules = {
  /** Null when the bundle cannot be read any more: then there are no rules to change, and every column is masked. */
  readonly profile: Profile | null;
  /** Text of profile.toml. */
  readonly source: string;
  readonly isSensitive: IsSensitive;
};

export async function runRules(context: EngineContext, run: RunRecord): Promise<RunRules> {
  try {
    const { profile, files } = await bundleOfRun(context, run);
    return { profile, source: files.text(profileName) ?? '', isSensitive: sensitiveNames(profile.sensitive) };
  } catch (error) {
    context.environment.log.warn('The bundle of a run cannot be read; its quarantine is shown masked', {
      run: run.id,
      reason: messageOf(error),
    });
    return { profile: null, source: '', isSensitive: () => true };
  }
}
