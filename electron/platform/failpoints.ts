/**
 * Named places before and after every commit, fsync and rename, so that a test can end the process at each of them.
 * A build for users carries them too; they do nothing unless `OVERLAND_FAILPOINT` names one.
 */
export const failpointNames = [
  'journal.commit.before',
  'journal.commit.after',
  'chunk.plan.commit.before',
  'chunk.plan.commit.after',
  'chunk.claim.after',
  'chunk.commit.before',
  'chunk.commit.after',
  'chunk.split.commit.before',
  'chunk.split.commit.after',
  'migration.statement.before',
  'migration.statement.after',
  'migration.commit.before',
  'migration.commit.after',
  'undo.chunk.commit.before',
  'undo.chunk.commit.after',
  'undo.migration.commit.before',
  'undo.migration.commit.after',
  'lease.commit.before',
  'lease.commit.after',
  'control.commit.before',
  'control.commit.after',
  'spool.commit.before',
  'spool.commit.after',
  'file.copy.part',
  'file.fsync.before',
  'file.fsync.after',
  'file.rename.before',
  'file.rename.after',
  'file.remove.before',
  'file.remove.after',
  'point.item.after',
  'point.verified.before',
  'restore.swap.before',
  'restore.swap.after',
] as const;
export type FailpointName = (typeof failpointNames)[number];

export interface Failpoints {
  /** Returns at once, or never: a test may end the process here. Synchronous, since it stands inside transactions. */
  hit(name: FailpointName): void;
}

export const noFailpoints: Failpoints = { hit: () => undefined };

/**
 * Reads `OVERLAND_FAILPOINT=name:count`: the process kills itself (SIGKILL) at the count-th time that the place is reached.
 * `OVERLAND_FAILPOINT=any:count` counts every place. `OVERLAND_FAILPOINT_LOG=FILE` appends each name that is reached.
 */
export function failpointsFromEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  act: { readonly kill: () => void; readonly log: (file: string, line: string) => void },
): Failpoints {
  const wanted = variables['OVERLAND_FAILPOINT'];
  const file = variables['OVERLAND_FAILPOINT_LOG'];
  if (!wanted && !file) return noFailpoints;
  const [place, countText] = (wanted ?? '').split(':');
  let left = Number(countText ?? '1');
  return {
    hit(name) {
      if (file) act.log(file, name);
      if (place !== name && place !== 'any') return;
      left -= 1;
      if (left === 0) act.kill();
    },
  };
}
