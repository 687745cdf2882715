import { RowDigest, sumDigests } from '../values/digest.ts';

/**
 * The digest of a chunk as text: a JSON object from output table to row digest. Empty where a step writes no rows.
 * Stored in the target's chunk table and in the journal; what belongs to a step is the sum over its chunks.
 */
export function writeChunkDigest(digests: ReadonlyMap<string, RowDigest>): string {
  return digests.size === 0
    ? ''
    : JSON.stringify(Object.fromEntries([...digests].map(([table, digest]) => [table, digest.toText()])));
}

/** Throws when the text is not a digest that `writeChunkDigest` wrote. */
export function readChunkDigest(text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('Not a chunk digest.');
  return Object.fromEntries(
    Object.entries(value).map(([table, digest]) => [table, RowDigest.parse(String(digest)).toText()]),
  );
}

/** Sum of the digests of chunks, per output table: `StepDone.digests`. */
export function sumChunkDigests(texts: Iterable<string>): Readonly<Record<string, string>> {
  const byTable = new Map<string, string[]>();
  for (const text of texts) {
    for (const [table, digest] of Object.entries(readChunkDigest(text))) {
      byTable.set(table, [...(byTable.get(table) ?? []), digest]);
    }
  }
  return Object.fromEntries([...byTable].map(([table, all]) => [table, sumDigests(all)]));
}
