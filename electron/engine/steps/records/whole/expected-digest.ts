import type { RelationalSession } from '../../../../drivers/relational.ts';
import { RowDigest } from '../../../values/digest.ts';
import { readChunkDigest } from '../../chunk-digest.ts';
import type { Output } from '../compiled.ts';

/** In the digest of a chunk: rows that were written before and that this chunk took out again. */
export function removedFrom(table: string): string {
  return `removed/${table}`;
}

/** Digest of what the run wrote into a table and left there, by these sums over its chunks. */
export function writtenDigest(digests: Readonly<Record<string, string>>, table: string): RowDigest {
  const written = RowDigest.parse(digests[table] ?? noRows);
  const removed = digests[removedFrom(table)];
  if (removed !== undefined) written.subtract(RowDigest.parse(removed));
  return written;
}

/** The same from the chunks that the target keeps, undone ones included: what was written before anything was taken back. */
export async function digestOfChunks(
  target: RelationalSession,
  runId: string,
  units: readonly string[],
  table: string,
): Promise<RowDigest> {
  const sums = { [table]: new RowDigest(), [removedFrom(table)]: new RowDigest() };
  for (const unit of units) {
    for (const { state, digest } of await target.control.chunks(runId, unit)) {
      if (digest === null || (state !== 'done' && state !== 'undone')) continue;
      const own = readChunkDigest(digest);
      for (const [name, sum] of Object.entries(sums)) if (own[name]) sum.merge(RowDigest.parse(own[name]));
    }
  }
  const written = sums[table]!;
  written.subtract(sums[removedFrom(table)]!);
  return written;
}

/** Digest of what the table holds now. */
export async function digestOfTable(
  target: RelationalSession,
  output: Pick<Output, 'table' | 'comparable'>,
  signal: AbortSignal,
  onRows: (rows: number) => void = () => undefined,
): Promise<RowDigest> {
  const found = new RowDigest();
  for await (const batch of target.scan(output.table, output.comparable, signal)) {
    found.addAll(batch.rows);
    onRows(found.rows);
  }
  return found;
}

const noRows = new RowDigest().toText();
