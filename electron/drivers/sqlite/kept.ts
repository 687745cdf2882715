import type { Connection } from './database.ts';

type Kept = { readonly version: () => unknown; at: unknown; readonly made: Map<string, unknown> };

const keptBy = new WeakMap<Connection, Kept>();

/**
 * What `make` gives, made once per connection as long as the file's structure is the same: to prepare a statement and to ask
 * for the columns of its table takes longer than to find a row.
 */
export function keptFor<T>(db: Connection, key: string, make: () => T): T {
  const kept = keptBy.get(db) ?? newKept(db);
  const at = kept.version();
  if (at !== kept.at) {
    kept.made.clear();
    kept.at = at;
  }
  const known = kept.made.get(key);
  if (known !== undefined) return known as T;
  const made = make();
  kept.made.set(key, made);
  return made;
}

function newKept(db: Connection): Kept {
  const version = db.prepare('PRAGMA schema_version').pluck();
  const kept: Kept = { version: () => version.get(), at: null, made: new Map() };
  keptBy.set(db, kept);
  return kept;
}
