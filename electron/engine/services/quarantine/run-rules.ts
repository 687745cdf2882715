import { profileName } from '../../profile/load-profile.ts';
import type { Profile } from '../../profile/profile.ts';
import { bundleOfRun } from '../../run/bundle-of-run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { type IsSensitive, sensitiveNames } from '../../validation/sensitive.ts';
import { messageOf } from '../failure.ts';
import { type DecidingColumns, decidingColumnsOf } from './deciding-columns.ts';

/** What the bundle of a run says about its records. */
export type RunRules = {
  /** Null when the bundle cannot be read any more: then there are no rules to change, and every column is masked. */
  readonly profile: Profile | null;
  /** Text of profile.toml. */
  readonly source: string;
  readonly isSensitive: IsSensitive;
  /** Source columns that decided about what was set aside, as far as the profile tells. */
  readonly decidingColumns: DecidingColumns;
};

export async function rulesOfRun(context: EngineContext, run: RunRecord): Promise<RunRules> {
  try {
    const { profile, files } = await bundleOfRun(context, run);
    const source = files.text(profileName) ?? '';
    return {
      profile,
      source,
      isSensitive: sensitiveNames(profile.sensitive),
      decidingColumns: decidingColumnsOf(source),
    };
  } catch (error) {
    context.environment.log.warn('The bundle of a run cannot be read; its quarantine is shown masked', {
      run: run.id,
      reason: messageOf(error),
    });
    return { profile: null, source: '', isSensitive: () => true, decidingColumns: () => [] };
  }
}
