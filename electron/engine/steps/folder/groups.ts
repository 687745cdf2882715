import type { Bounds } from '../step-kind.ts';

/** Most files of a group, which is one chunk. */
export const groupFiles = 64;

/** Ranges of a list of files by position: at most `groupFiles`, and so many bytes, one file at least. */
export function* rangesOf(sizes: readonly number[], mostBytes = Number.POSITIVE_INFINITY): Generator<Bounds> {
  let start = 0;
  let bytes = 0;
  const group = (end: number): Bounds => ({
    from: start === 0 ? null : String(start - 1),
    to: String(end - 1),
    inclusive: 'to',
    records: end - start,
  });
  for (const [at, size] of sizes.entries()) {
    if (at > start && (at - start >= groupFiles || bytes + size > mostBytes)) {
      yield group(at);
      start = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (sizes.length > start) yield group(sizes.length);
}

/** The files of one of these ranges. */
export function groupAt<F>(files: readonly F[], { from, to }: Bounds): readonly F[] {
  return files.slice(from === null ? 0 : Number(from) + 1, Number(to) + 1);
}
