import { createHash } from 'node:crypto';
import type { Dialect } from '../../drivers/relational.ts';

/** Gives out names that the target takes: none twice, none too long. */
export class NameGuard {
  readonly #dialect: Dialect;
  readonly #taken = new Map<string, Set<string>>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** As the target compares names; a file of SQLite and most servers of MySQL do not tell the case apart. */
  fold(name: string): string {
    return this.#dialect.engine === 'postgres' ? name : name.toLowerCase();
  }

  fits(name: string): boolean {
    const limit = this.#dialect.nameLimit;
    if (!limit) return true;
    return (limit.unit === 'bytes' ? Buffer.byteLength(name) : name.length) <= limit.most;
  }

  /** False when the scope has the name already. */
  claim(scope: string, name: string): boolean {
    const names = this.#taken.get(scope) ?? new Set<string>();
    this.#taken.set(scope, names);
    if (names.has(this.fold(name))) return false;
    names.add(this.fold(name));
    return true;
  }

  /** The name that is wanted, or one like it that is free; the same each time for the same tables. */
  free(scope: string, wanted: string, table: string): string {
    for (const name of [wanted, `${table}_${wanted}`]) if (this.fits(name) && this.claim(scope, name)) return name;
    for (let number = 0; ; number += 1) {
      const mark = createHash('sha256').update(`${table}\0${wanted}\0${number}`).digest('hex').slice(0, 8);
      let head = wanted;
      while (head.length > 0 && !this.fits(`${head}_${mark}`)) head = head.slice(0, -1);
      const name = `${head}_${mark}`;
      if (this.claim(scope, name)) return name;
    }
  }
}
