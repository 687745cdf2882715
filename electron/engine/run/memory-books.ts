import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import type { Chunk } from '../../drivers/relational.ts';
import type { QuarantineEntry } from '../steps/step-kind.ts';
import { setAsideOf } from './journal-books.ts';
import type { LiveStep } from './progress.ts';
import type { ActivePhase } from './run-manager.ts';
import type { UnitBooks } from './unit-runner.ts';

export type ReasonSeen = {
  readonly step: string;
  readonly code: string;
  readonly rule: string | null;
  readonly message: string;
  count: number;
};
export type ExampleSeen = {
  readonly step: string;
  readonly key: string;
  readonly value: string;
  readonly reason: string;
};

const examplesPerReason = 3;

/** Books of a dry run: figures, reasons and a few examples in memory; nothing is kept of the records. */
export class MemoryBooks implements UnitBooks {
  counts: Counts = noCounts;
  readonly reasons = new Map<string, ReasonSeen>();
  readonly examples: ExampleSeen[] = [];
  readonly #active: ActivePhase;
  readonly #step: LiveStep;
  readonly #limitRecords: number | null;
  readonly #inHand = new Map<string, number>();
  readonly #pending = new Map<string, readonly QuarantineEntry[]>();

  constructor(active: ActivePhase, step: LiveStep, limitRecords: number | null) {
    this.#active = active;
    this.#step = step;
    this.#limitRecords = limitRecords;
  }

  /** True when a sample was asked for and is read. */
  get enough(): boolean {
    return this.#limitRecords !== null && this.counts.read >= this.#limitRecords;
  }

  reconciled(): void {}

  planned(chunks: readonly unknown[]): void {
    this.#step.chunks = (this.#step.chunks ?? 0) + chunks.length;
  }

  async setAside(chunk: Chunk, entries: readonly QuarantineEntry[]): Promise<void> {
    this.#pending.set(chunk.path, entries);
  }

  committed(chunk: Chunk, counts: Counts): void {
    this.counts = addCounts(this.counts, counts);
    for (const entry of this.#pending.get(chunk.path) ?? []) this.#remember(entry);
    this.#pending.delete(chunk.path);
    this.#inHand.delete(chunk.path);
    this.#step.done += counts.read;
    this.#step.setAside += setAsideOf(counts);
    this.#step.chunksDone += 1;
    this.#active.progress.changed();
  }

  split(chunk: Chunk): void {
    this.#pending.delete(chunk.path);
    this.#inHand.delete(chunk.path);
    if (this.#step.chunks !== null) this.#step.chunks += 1;
  }

  retrying(): void {}

  records(chunk: Chunk, records: number): void {
    const before = this.#inHand.get(chunk.path) ?? 0;
    this.#inHand.set(chunk.path, records);
    if (records > before) this.#active.progress.handled(records - before);
  }

  /** A dry run goes to its end: it is there to find everything. */
  mustStop(): string | null {
    return null;
  }

  #remember(entry: QuarantineEntry): void {
    const key = `${entry.code}\u0000${entry.rule ?? ''}`;
    const seen = this.reasons.get(key);
    if (seen) seen.count += 1;
    else
      this.reasons.set(key, {
        step: this.#step.id,
        code: entry.code,
        rule: entry.rule,
        message: entry.message,
        count: 1,
      });
    if ((seen?.count ?? 1) <= examplesPerReason) {
      this.examples.push({
        step: this.#step.id,
        key: entry.key,
        value: [entry.output, entry.item === null ? null : `item ${entry.item + 1}`, entry.column]
          .filter((part) => part !== null)
          .join(', '),
        reason: entry.message,
      });
    }
  }
}
