import type { Counts } from '#shared/model/run.ts';
import { isTaken, type PlannedFile } from './plan-types.ts';

/** Both ledgers of a group, from the plan and what was set aside: the same however often a group is begun. */
export function makeCounts(files: readonly PlannedFile[], setAside: ReadonlySet<string>, output: string): Counts {
  const rejected = files.filter(({ source }) => setAside.has(source)).length;
  const filtered = files.filter(({ fate }) => fate === 'leave').length;
  const taken = files.filter(isTaken).filter(({ source }) => !setAside.has(source));
  const same = taken.filter(({ fate }) => fate === 'same').length;
  const inserted = taken.filter(({ fate, beforeSha }) => fate === 'write' && beforeSha === null).length;
  const updated = taken.length - same - inserted;
  return {
    read: files.length,
    filtered,
    rejected,
    accepted: taken.length,
    outputs: { [output]: { emitted: taken.length, inserted, updated, same, rejected: 0 } },
  };
}
