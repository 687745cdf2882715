import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import type { Chunk, DbError } from '../../../drivers/relational.ts';
import type { UnitBooks } from '../../run/unit-runner.ts';
import type { QuarantineEntry } from '../step-kind.ts';

/** What a unit tells while it runs, kept in memory. */
export class TestBooks implements UnitBooks {
  counts: Counts = noCounts;
  splits = 0;
  readonly #aside = new Map<string, readonly QuarantineEntry[]>();
  readonly #stopAfter: number | null;
  #committed = 0;

  constructor(stopAfter: number | null) {
    this.#stopAfter = stopAfter;
  }

  get quarantine(): readonly QuarantineEntry[] {
    return [...this.#aside.values()].flat();
  }

  reconciled(chunks: readonly { readonly state: string; readonly counts: Counts | null }[]): void {
    for (const chunk of chunks)
      if (chunk.state === 'done' && chunk.counts) this.counts = addCounts(this.counts, chunk.counts);
  }
  planned(): void {}
  async setAside(chunk: Chunk, entries: readonly QuarantineEntry[]): Promise<void> {
    this.#aside.set(`${chunk.unit} ${chunk.path}`, entries);
  }
  committed(_chunk: Chunk, counts: Counts): void {
    this.counts = addCounts(this.counts, counts);
    this.#committed += 1;
  }
  split(chunk: Chunk, _halves: unknown, _error: DbError): void {
    this.#aside.delete(`${chunk.unit} ${chunk.path}`);
    this.splits += 1;
  }
  retrying(): void {}
  records(): void {}
  mustStop(): string | null {
    return this.#stopAfter !== null && this.#committed >= this.#stopAfter ? 'stopped by the test' : null;
  }
}
