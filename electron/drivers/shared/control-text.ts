import type { Holder } from '#shared/model/error.ts';
import type { ChunkState, Counts } from '#shared/model/run.ts';
import type { Value } from '#shared/model/value.ts';
import type { Bounds, Fence } from '../chunk.ts';
import type { LedgerChunk } from '../target-control.ts';

/** The holder as JSON; how alive it is is found out by whoever asks. */
export function holderText(holder: Holder): string {
  return JSON.stringify(holder);
}

/** "2" before "10", "17.0" before "17.1". */
export function comparePaths(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = Number(left[index] ?? -1) - Number(right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Rows of our chunk table as `path, bounds, state, counts, digest`, in the order of their paths. */
export function ledgerChunks(unit: string, rows: readonly (readonly Value[])[]): readonly LedgerChunk[] {
  return rows
    .map(([path, bounds, state, counts, digest]) => ({
      unit,
      path: path as string,
      bounds: JSON.parse(bounds as string) as Bounds,
      state: state as ChunkState,
      counts: counts === null ? null : (JSON.parse(counts as string) as Counts),
      digest: digest as string | null,
    }))
    .sort((a, b) => comparePaths(a.path, b.path));
}

/** Why a process is no longer the one that may write; `known` is the epoch that the target has. */
export function fencedWords(fence: Fence, known: unknown): string {
  return known === undefined || known === null
    ? `The target does not know run ${fence.runId}; enter it first.`
    : `Run ${fence.runId} was taken over: the target is at epoch ${known}, this process at ${fence.epoch}.`;
}
