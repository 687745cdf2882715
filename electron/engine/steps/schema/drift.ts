import type { Catalog } from '../../../drivers/relational.ts';
import { structureOf, unlike } from './structure.ts';
import type { AppliedMigration } from './tracking.ts';

export type Drift = {
  readonly objects: readonly {
    readonly object: string;
    readonly how: 'missing' | 'additional' | 'changed';
    /** The last migration that touched it. */
    readonly migration: string;
  }[];
  /** Applied migrations of which nothing is known, so that objects may be missing above. */
  readonly unknown: number;
};

/** Holds the live structure against what each applied migration left, in the order in which they were applied. */
export function driftOf(applied: readonly AppliedMigration[], live: Catalog): Drift {
  const order = [...applied].sort((a, b) => compare(a.appliedAt, b.appliedAt) || compare(a.id, b.id));
  const expected = new Map<string, { digest: string | null; migration: string }>();
  let unknown = 0;
  for (const row of order) {
    const objects = row.structure?.objects;
    if (!objects) unknown += 1;
    for (const [object, digest] of Object.entries(objects ?? {})) expected.set(object, { digest, migration: row.id });
  }
  const digests = Object.fromEntries([...expected].map(([object, { digest }]) => [object, digest]));
  return {
    objects: unlike(digests, structureOf(live)).map((one) => ({
      ...one,
      migration: expected.get(one.object)!.migration,
    })),
    unknown,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
