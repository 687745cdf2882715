import type { PlannedStep } from './analyse.ts';

/** By connection, the objects that the plan rests on; a connection that is not named is watched whole. */
export type Watched = Readonly<Record<string, readonly string[]>>;

/** What all steps watch together: a connection that one of them watches whole is watched whole. */
export function watchedBy(steps: readonly PlannedStep[]): Watched {
  const objects = new Map<string, Set<string> | null>();
  for (const { step, planned } of steps) {
    for (const name of Object.values(step.kind.connections(step.spec)).flat()) {
      const own = planned.watches?.[name];
      const known = objects.get(name);
      objects.set(name, own === undefined || known === null ? null : new Set([...(known ?? []), ...own]));
    }
  }
  return Object.fromEntries([...objects].flatMap(([name, own]) => (own ? [[name, [...own].sort()]] : [])));
}
