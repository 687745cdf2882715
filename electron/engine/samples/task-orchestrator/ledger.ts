import type { DirtKind } from './dirt.ts';

/** One thing planted into the legacy file. */
export type PlantedRecord = {
  readonly kind: DirtKind;
  readonly table: 'task_breakdowns' | 'subtasks';
  readonly key: string;
  readonly detail: string;
};

/** One entry that the quarantine must hold when the bundle as it ships has run. */
export type SetAside = {
  readonly step: 'breakdowns' | 'subtasks' | 'dependencies';
  readonly key: string;
  /** Position in the JSON array; null for a whole record, or for an array that cannot be read. */
  readonly item: number | null;
  readonly output: 'task_artifacts' | 'task_dependencies' | null;
  readonly code: string;
};

/** What a dirty file holds, and what must come of it: exactly these entries, everything else arrives. */
export type PlantedLedger = {
  readonly counts: Readonly<Record<DirtKind, number>>;
  readonly planted: readonly PlantedRecord[];
  readonly setAside: readonly SetAside[];
};

/** Collects while the file is written. */
export class Ledger {
  readonly #planted: PlantedRecord[] = [];
  readonly #setAside: SetAside[] = [];

  plant(record: PlantedRecord, setAside: readonly SetAside[]): void {
    this.#planted.push(record);
    this.#setAside.push(...setAside);
  }

  close(kinds: readonly DirtKind[]): PlantedLedger {
    const counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<DirtKind, number>;
    for (const { kind } of this.#planted) counts[kind] += 1;
    return { counts, planted: this.#planted, setAside: this.#setAside };
  }
}
