import type { Counts, OutputCounts } from '#shared/model/run.ts';

/** What a writer did with the rows of an output. */
export type Loaded = { readonly inserted: number; readonly updated: number; readonly same: number };

/** The counts of a mapped block with what the writer did with its rows; `same` keeps the items that were repeated. */
export function addLoaded(counts: Counts, loaded: Readonly<Record<string, Loaded>>): Counts {
  const outputs: Record<string, OutputCounts> = {};
  for (const [table, output] of Object.entries(counts.outputs)) {
    const { inserted, updated, same } = loaded[table] ?? { inserted: 0, updated: 0, same: 0 };
    outputs[table] = {
      ...output,
      inserted: output.inserted + inserted,
      updated: output.updated + updated,
      same: output.same + same,
    };
  }
  return { ...counts, outputs };
}
