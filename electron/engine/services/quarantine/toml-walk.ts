import type { KeyPath } from '../../profile/key-path.ts';
import type { TomlTable } from '../../profile/toml-source.ts';

/** The value at a path; undefined where it leads nowhere. */
export function at(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((here, part) => {
    if (Array.isArray(here)) return typeof part === 'number' ? here[part] : undefined;
    return isTable(here) && Object.hasOwn(here, part) ? here[part as string] : undefined;
  }, value);
}

/** Entries of a table; none of anything else. */
export function entries(value: unknown): [string, unknown][] {
  return isTable(value) ? Object.entries(value) : [];
}

export function isTable(value: unknown): value is TomlTable {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
