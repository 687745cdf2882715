import { createHash } from 'node:crypto';
import type { Catalog } from '../../../drivers/relational.ts';
import { trackingTable } from '../../plan/tracking-table.ts';

/** Digest of each object's statements by name, so that a plan can hold the structure it expects without its text. */
export type Structure = Readonly<Record<string, string>>;

export function structureOf(catalog: Catalog): Structure {
  const objects = [
    ...catalog.tables.filter((table) => table.name !== trackingTable).map((table) => [table.name, table.sql] as const),
    ...catalog.others.map((other) => [`${other.kind} ${other.name}`, other.sql] as const),
  ];
  objects.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(objects.map(([name, sql]) => [name, shortDigest(sql)]));
}

/** The objects in which two structures differ, and how. */
export function structureDifferences(
  expected: Structure,
  found: Structure,
): { readonly object: string; readonly how: 'missing' | 'additional' | 'changed' }[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names.flatMap((object) => {
    const was = expected[object];
    const is = found[object];
    if (was === is) return [];
    return [{ object, how: is === undefined ? 'missing' : was === undefined ? 'additional' : 'changed' } as const];
  });
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
}
