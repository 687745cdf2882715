import type { Value } from '#shared/model/value.ts';
import type { Engine } from '../../drivers/relational.ts';
import { dialectOf } from './dialects.ts';
import type { PlannedColumn, PlannedTable } from './types.ts';

/** What the target takes for one text: values that give the same text here clash in a unique key. */
export type Fold = (text: string) => string;

/**
 * How a column of the target compares text; null when byte by byte. Of MySQL's collations the usual ones are told by their
 * name: `_bin` drops blanks at the end, `_ci` the case, `_ai` and the general ones the accents too. A forecast, no promise.
 */
export function foldOf(engine: Engine, collation: string | null): Fold | null {
  if (engine === 'postgres') return null;
  if (engine === 'sqlite') {
    if (/^nocase$/i.test(collation ?? '')) return (text) => text.replace(/[A-Z]+/g, (found) => found.toLowerCase());
    return /^rtrim$/i.test(collation ?? '') ? trimmed : null;
  }
  // What our own tables have.
  const name = (collation ?? 'utf8mb4_bin').toLowerCase();
  const keepsBlanks = /_nopad_|_0900_/.test(name);
  const end: Fold = keepsBlanks ? (text) => text : trimmed;
  if (/_bin$/.test(name) || name === 'binary') return keepsBlanks || name === 'binary' ? null : trimmed;
  if (/_as_cs$|_cs$/.test(name)) return keepsBlanks ? null : trimmed;
  if (/_as_ci$/.test(name)) return (text) => end(text).toLowerCase();
  return (text) =>
    end(text)
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .replaceAll('\u00df', 's')
      .toLowerCase();
}

function trimmed(text: string): string {
  return text.replace(/ +$/, '');
}

/** A unique key, or the primary key, over text that the target compares otherwise than byte by byte. */
export type FoldedKey = {
  /** As the target names them. */
  readonly columns: readonly string[];
  /** Positions among the planned columns. */
  readonly places: readonly number[];
  readonly folds: readonly (Fold | null)[];
};

/** Keys of a table whose values may clash in the target although they are different in the source. */
export function foldedKeys(table: PlannedTable, engine: Engine): FoldedKey[] {
  const uniques = table.indexes
    .filter((index) => index.unique && index.where === null && index.parts.every((part) => part.column !== null))
    .map((index) => index.parts.map((part) => part.column as string));
  return [table.design.primaryKey, ...uniques].flatMap((columns) => {
    const places = columns.map((name) => table.columns.findIndex((column) => column.target === name));
    if (columns.length === 0 || places.includes(-1)) return [];
    const folds = places.map((place) => foldFor(table, table.columns[place] as PlannedColumn, engine));
    return folds.every((fold) => fold === null) ? [] : [{ columns, places, folds }];
  });
}

function foldFor({ design }: PlannedTable, { target, targetType }: PlannedColumn, engine: Engine): Fold | null {
  const family = dialectOf(engine).facts(targetType).family;
  if (family !== 'text' && family !== 'enum' && family !== 'set') return null;
  const named = /\bcollate\s+["'`]?(\w+)/i.exec(targetType)?.[1];
  return foldOf(engine, named ?? design.columns.find((column) => column.name === target)?.collation ?? null);
}

/** Counts records whose key clashes with that of another record. Keeps the keys, so it is given a sample or one table. */
export class ClashCounter {
  readonly key: FoldedKey;
  readonly #seen = new Map<string, Value[]>();
  #clashes = 0;
  #example: readonly [Value[], Value[]] | null = null;

  constructor(key: FoldedKey) {
    this.key = key;
  }

  /** Two records that clash. */
  get example(): readonly [Value[], Value[]] | null {
    return this.#example;
  }

  get clashes(): number {
    return this.#clashes;
  }

  /** A row after its conversion. Null never clashes. */
  add(row: readonly Value[]): void {
    const values = this.key.places.map((place) => row[place] ?? null);
    if (values.includes(null)) return;
    const folded = values.map((value, at) => {
      const fold = this.key.folds[at];
      return typeof value === 'string' ? `"${fold ? fold(value) : value}` : String(value);
    });
    const key = folded.join('\0');
    const before = this.#seen.get(key);
    if (!before) this.#seen.set(key, values);
    else {
      this.#clashes += 1;
      this.#example ??= [before, values];
    }
  }
}

/** `3 values of users.email differ only in case, accents or blanks and would be the same key in the target.` */
export function clashWords(table: string, { key, clashes }: ClashCounter): string {
  const names = key.columns.map((column) => `${table}.${column}`).join(', ');
  const what = clashes === 1 ? '1 value' : `${clashes} values`;
  return `${what} of ${names} would be the same key as another one in the target, which does not tell case, accents or blanks at the end apart.`;
}
