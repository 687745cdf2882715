import { addCounts, type Counts, noCounts, type OutputCounts } from '#shared/model/run.ts';
import type { LoadResult } from '../../../drivers/relational.ts';
import { RowDigest } from '../../values/digest.ts';
import { writeChunkDigest } from '../chunk-digest.ts';
import type { Block } from './block.ts';
import type { Output } from './compiled.ts';

/** Both ledgers and the digests of a chunk while it is written. */
export class Tally {
  #counts: Counts = noCounts;
  readonly #digests: ReadonlyMap<string, RowDigest>;

  constructor(outputs: readonly Output[]) {
    this.#digests = new Map(outputs.map((output) => [output.table, new RowDigest()]));
  }

  get counts(): Counts {
    return this.#counts;
  }

  get digest(): string {
    return writeChunkDigest(this.#digests);
  }

  /** What the mapping says of a block, and the records that could not be read. */
  addBlock(block: Block): void {
    const unreadable = block.unreadable.length;
    this.#counts = addCounts(this.#counts, block.mapped.counts);
    if (unreadable > 0) this.#counts = addCounts(this.#counts, { ...noCounts, read: unreadable, rejected: unreadable });
  }

  /** Records that the mapping took and the target does not: they are set aside whole, so their rows count as never emitted. */
  setAside(records: number, rows: ReadonlyMap<string, number>): void {
    this.#counts = addCounts(this.#counts, {
      ...noCounts,
      rejected: records,
      accepted: -records,
      outputs: Object.fromEntries([...rows].map(([table, count]) => [table, { ...noOutput, emitted: -count }])),
    });
  }

  addRow(output: Output, row: Parameters<Output['stored']>[0]): void {
    this.#digests.get(output.table)!.add(output.stored(row));
  }

  loaded(output: Output, result: LoadResult): void {
    this.#counts = addCounts(this.#counts, {
      ...noCounts,
      outputs: {
        [output.table]: { ...noOutput, inserted: result.inserted, updated: result.updated, same: result.same },
      },
    });
  }
}

const noOutput: OutputCounts = { emitted: 0, inserted: 0, updated: 0, same: 0, rejected: 0 };
