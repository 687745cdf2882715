import type { OtherSession } from '../others.ts';

/** `psql as app since 2026-11-20 01:16 UTC`; the same application and user once, with how many and since when the first. */
export function othersText(sessions: readonly OtherSession[]): readonly string[] {
  const groups = new Map<string, { count: number; since: string | null }>();
  for (const { application, user, since } of sessions) {
    const name = user === null ? application : `${application} as ${user}`;
    const had = groups.get(name);
    const first = had?.since && (since === null || had.since < since) ? had.since : since;
    groups.set(name, { count: (had?.count ?? 0) + 1, since: first });
  }
  return [...groups].map(([name, { count, since }]) => {
    const when = since === null ? '' : ` since ${since.slice(0, 16).replace('T', ' ')} UTC`;
    return `${name}${when}${count > 1 ? ` (${count})` : ''}`;
  });
}
