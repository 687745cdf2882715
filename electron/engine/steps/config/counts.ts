import type { Counts } from '#shared/model/run.ts';
import type { PlannedFile } from './plan-types.ts';

/** Both ledgers of a group, from the plan and what was set aside: the same however often a group is begun. */
export function makeCounts(files: readonly PlannedFile[], setAside: ReadonlySet<string>, output: string): Counts {
  const taken = files.filter(({ source }) => !setAside.has(source));
  const same = taken.filter(({ sha, beforeSha }) => sha === beforeSha).length;
  const inserted = taken.filter(({ beforeSha }) => beforeSha === null).length;
  return {
    read: files.length,
    filtered: 0,
    rejected: files.length - taken.length,
    accepted: taken.length,
    outputs: {
      [output]: { emitted: taken.length, inserted, updated: taken.length - same - inserted, same, rejected: 0 },
    },
  };
}
