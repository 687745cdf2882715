import type { KeyFate } from '#shared/contract/plan.ts';
import type { Converted } from './convert-file.ts';

/** A key of the sources over all files, and what becomes of it. */
export type KeyRow = Omit<KeyFate, 'step'>;
const most = 2000;

/** Gathers the fates of keys; elements of lists count as one key. */
export class KeyTable {
  readonly #rows = new Map<string, { row: Omit<KeyRow, 'files'>; files: Set<string>; to: Set<string> }>();

  add(converted: Converted | null): void {
    for (const { key, fate, to, advice } of converted?.fates ?? []) {
      const name = key.replace(/\[\d+\]/g, '[]');
      const id = `${fate} ${name}`;
      const known = this.#rows.get(id);
      if (!known && this.#rows.size >= most) continue;
      const entry = known ?? {
        row: { key: name, fate, to: [], advice },
        files: new Set<string>(),
        to: new Set<string>(),
      };
      entry.files.add(converted?.source ?? '');
      for (const one of to) entry.to.add(one.replace(/\[\d+\]/g, '[]'));
      this.#rows.set(id, entry);
    }
  }

  rows(): KeyRow[] {
    return [...this.#rows.values()].map(({ row, files, to }) => ({ ...row, to: [...to], files: files.size }));
  }
}
