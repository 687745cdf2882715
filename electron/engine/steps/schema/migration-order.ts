import type { Problem } from '#shared/model/finding.ts';
import { compareIds, problemAt } from './migration-problem.ts';
import type { Migration } from './migrations.ts';

/** The order in which migrations run: by what they need; among those that are free the smallest id goes first. */
export function orderMigrations(
  migrations: readonly Migration[],
): { readonly migrations: readonly Migration[] } | { readonly problems: readonly Problem[] } {
  const problems = [...sameIds(migrations), ...unknownNeeds(migrations)];
  if (problems.length > 0) return { problems };
  const left = [...migrations].sort((a, b) => compareIds(a.id, b.id));
  const done = new Set<string>();
  const ordered: Migration[] = [];
  while (left.length > 0) {
    const at = left.findIndex((migration) => migration.needs.every((id) => done.has(id)));
    if (at < 0) return { problems: [cycleProblem(left, migrations)] };
    const [next] = left.splice(at, 1);
    ordered.push(next!);
    done.add(next!.id);
  }
  return { migrations: ordered };
}

function sameIds(migrations: readonly Migration[]): Problem[] {
  const first = new Map<string, Migration>();
  return migrations.flatMap((migration) => {
    const key = /^\d+$/.test(migration.id) ? String(BigInt(migration.id)) : migration.id;
    const earlier = first.get(key);
    first.set(key, earlier ?? migration);
    if (!earlier) return [];
    const message = `Migrations ${earlier.title} and ${migration.title} have the same number.`;
    return [problemAt(migration.file, null, message, 'Give each migration a number of its own.')];
  });
}

function unknownNeeds(migrations: readonly Migration[]): Problem[] {
  const known = new Set(migrations.map((migration) => migration.id));
  return migrations.flatMap((migration) =>
    migration.needs
      .filter((id) => !known.has(id))
      .map((id) =>
        problemAt(
          migration.file,
          migration.needsLine,
          `Migration ${migration.title} needs ${id}, which is not in the folder.`,
          `Known are ${[...known].join(', ')}.`,
        ),
      ),
  );
}

function cycleProblem(left: readonly Migration[], all: readonly Migration[]): Problem {
  const byId = new Map(all.map((migration) => [migration.id, migration]));
  const inCycle = new Set(left.map((migration) => migration.id));
  const path: string[] = [];
  let at = left[0]!;
  while (!path.includes(at.id)) {
    path.push(at.id);
    at = byId.get(at.needs.find((id) => inCycle.has(id))!)!;
  }
  const cycle = [...path.slice(path.indexOf(at.id)), at.id];
  return problemAt(
    at.file,
    at.needsLine,
    `The migrations need each other in a circle: ${cycle.join(' needs ')}.`,
    at.inJson ? 'Remove one of these dependencies.' : 'Remove one of these "-- needs:" lines.',
  );
}
