import { type Difference, OverlandError } from '#shared/model/error.ts';
import type { Fingerprint } from '../../drivers/relational.ts';

/** What was in the plan against what is there now, connection by connection and part by part. */
export function differencesOf(
  planned: Readonly<Record<string, Fingerprint>>,
  now: Readonly<Record<string, Fingerprint>>,
): Difference[] {
  return Object.entries(planned).flatMap(([name, before]) => {
    const after = now[name];
    if (!after) return [];
    const same = before.value === after.value;
    const parts = before.parts.map((part) => {
      const found = after.parts.find((other) => other.object === part.object)?.value ?? 'gone';
      return difference(`${name}, ${part.object}`, part.value, found, part.value === found);
    });
    const added = after.parts
      .filter((part) => !before.parts.some((other) => other.object === part.object))
      .map((part) => difference(`${name}, ${part.object}`, 'was not there', part.value, false));
    const rows = [...parts, ...added];
    if (rows.length === 0 || (!same && rows.every((row) => row.same)))
      rows.unshift(difference(name, short(before.value), short(after.value), same));
    return rows;
  });
}

/** Fails with PLAN_STALE and every comparison when one differs. */
export function refuseStale(differences: readonly Difference[]): void {
  const changed = differences.filter((one) => !one.same);
  if (changed.length === 0) return;
  const names = [...new Set(changed.map((one) => one.what.split(',')[0]))].join(', ');
  throw new OverlandError(
    'PLAN_STALE',
    `${names} changed after the plan was made; the plan that was accepted is the one that runs, or none.`,
    { differences: [...differences] },
    { advice: 'Stop what still writes there, then analyse the plan again.' },
  );
}

export function difference(what: string, inPlan: string, now: string, same: boolean): Difference {
  return { what, inPlan: short(inPlan), now: short(now), same, note: same ? 'same' : 'changed' };
}

function short(value: string): string {
  return /^[0-9a-f]{32,}$/.test(value)
    ? `${value.slice(0, 4)} ${value.slice(4, 8)} ${value.slice(8, 12)} ${value.slice(12, 16)}`
    : value;
}
