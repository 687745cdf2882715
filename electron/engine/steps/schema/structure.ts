import { createHash } from 'node:crypto';
import type { Catalog } from '../../../drivers/relational.ts';
import { trackingTable } from '../../plan/tracking-table.ts';
import { codeOf } from './statement-kind.ts';

/** Digest of each object's statements by name, so that a plan can hold the structure it expects without its text. */
export type Structure = Readonly<Record<string, string>>;

/** Objects that differ between two structures; null where the object is not there. */
export type StructureChanges = Readonly<
  Record<string, { readonly before: string | null; readonly after: string | null }>
>;

export function structureOf(catalog: Catalog): Structure {
  const objects = [
    ...catalog.tables.filter((table) => table.name !== trackingTable).map((table) => [table.name, table.sql] as const),
    ...catalog.others.map((other) => [`${other.kind} ${other.name}`, other.sql] as const),
  ];
  objects.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(objects.map(([name, sql]) => [name, shortDigest(sql)]));
}

export function changesBetween(before: Structure, after: Structure): StructureChanges {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return Object.fromEntries(
    names
      .filter((name) => before[name] !== after[name])
      .map((name) => [name, { before: before[name] ?? null, after: after[name] ?? null }]),
  );
}

/** Changes one after the other, as one. */
export function joinChanges(all: readonly StructureChanges[]): StructureChanges {
  const joined = new Map<string, { before: string | null; after: string | null }>();
  for (const changes of all) {
    for (const [name, { before, after }] of Object.entries(changes))
      joined.set(name, { before: joined.has(name) ? joined.get(name)!.before : before, after });
  }
  return Object.fromEntries([...joined].filter(([, { before, after }]) => before !== after));
}

/** The objects in which two structures differ, and how. */
export function structureDifferences(
  expected: Structure,
  found: Structure,
): { readonly object: string; readonly how: 'missing' | 'additional' | 'changed' }[] {
  return Object.entries(changesBetween(expected, found)).map(([object, { before, after }]) => ({
    object,
    how: after === null ? 'missing' : before === null ? 'additional' : 'changed',
  }));
}

/** Objects that are not as `expected` says (null: gone). Others are not looked at. */
export function unlike(
  expected: Readonly<Record<string, string | null>>,
  found: Structure,
): { readonly object: string; readonly how: 'missing' | 'additional' | 'changed' }[] {
  return Object.entries(expected).flatMap(([object, digest]) => {
    const now = found[object] ?? null;
    if (now === digest) return [];
    return [{ object, how: now === null ? 'missing' : digest === null ? 'additional' : 'changed' } as const];
  });
}

/** `view v` names the object v. */
export function plainName(object: string): string {
  return object.slice(object.indexOf(' ') + 1);
}

/** One digest of many, for a rung of the ladder. */
export function digestOf(structure: Readonly<Record<string, string | null>>): string {
  return shortDigest(JSON.stringify(Object.entries(structure).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Everything in a statement that could be the name of an object; words of SQL among them do no harm. */
export function namesIn(text: string): string[] {
  const names = new Set<string>();
  const token = /"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|\[([^\]]+)\]|([\p{L}_][\p{L}\p{N}_$]*)/gu;
  for (const found of codeOf(text).matchAll(token)) {
    const name = found[1]?.replaceAll('""', '"') ?? found[2]?.replaceAll('``', '`') ?? found[3] ?? found[4];
    if (name === undefined) continue;
    names.add(name);
    // Unquoted names are folded by PostgreSQL.
    if (found[4] !== undefined) names.add(name.toLowerCase());
  }
  return [...names].slice(0, 400);
}

const known = new Map<string, string>();

/** The same texts come again with every migration of a rehearsal. */
function shortDigest(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const digest = createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
  if (known.size > 20_000) known.clear();
  known.set(text, digest);
  return digest;
}
