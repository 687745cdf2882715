import type { Holder } from '#shared/model/error.ts';
import type { Fence } from '../chunk.ts';

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

/** Why a process is no longer the one that may write; `known` is the epoch that the target has. */
export function fencedWords(fence: Fence, known: unknown): string {
  return known === undefined || known === null
    ? `The target does not know run ${fence.runId}; enter it first.`
    : `Run ${fence.runId} was taken over: the target is at epoch ${known}, this process at ${fence.epoch}.`;
}
