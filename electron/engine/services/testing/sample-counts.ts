import type { Counts } from '#shared/model/run.ts';

/** The instant of a clock time on the day of the sample run, UTC. */
export function at(clock: string): string {
  return `2026-11-20T${clock}.000Z`;
}

/** Ledger of the step `breakdowns`. */
export const breakdowns: Counts = {
  read: 2000,
  filtered: 0,
  rejected: 0,
  accepted: 2000,
  outputs: {
    generic_tasks: { emitted: 2000, inserted: 2000, updated: 0, same: 0, rejected: 0 },
    legacy_task_mapping: { emitted: 2000, inserted: 2000, updated: 0, same: 0, rejected: 0 },
  },
};

/** Ledger of the step `subtasks`. */
export function subtasks(setAside: boolean): Counts {
  const lost = setAside ? 3 : 0;
  const accepted = 15_964 - lost;
  return {
    read: 15_964,
    filtered: 0,
    rejected: lost,
    accepted,
    outputs: {
      generic_tasks: { emitted: accepted, inserted: accepted, updated: 0, same: 0, rejected: 0 },
      task_artifacts: {
        emitted: 20_120,
        inserted: 20_120 - (setAside ? 2 : 0),
        updated: 0,
        same: 0,
        rejected: setAside ? 2 : 0,
      },
    },
  };
}
