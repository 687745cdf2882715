export type StepNeeds = { readonly id: string; readonly needs: readonly string[] };

/**
 * Steps in an order in which each comes after what it needs; ties keep the given order. Needs that are not among the steps
 * are passed over. When there is a circle, its ids, the first one again at the end.
 */
export function orderSteps<S extends StepNeeds>(
  steps: readonly S[],
): { readonly ordered: readonly S[] } | { readonly circle: readonly string[] } {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ordered: S[] = [];
  let left = [...steps];
  const done = new Set<string>();
  while (left.length > 0) {
    const next = left.find((step) => step.needs.every((id) => done.has(id) || !byId.has(id)));
    if (!next) return { circle: circleAmong(left) };
    ordered.push(next);
    done.add(next.id);
    left = left.filter((step) => step !== next);
  }
  return { ordered };
}

/** Each of these steps needs another of them, so that following the needs must come back. */
function circleAmong(left: readonly StepNeeds[]): string[] {
  const byId = new Map(left.map((step) => [step.id, step]));
  const path: string[] = [];
  let here = left[0];
  while (here && !path.includes(here.id)) {
    path.push(here.id);
    here = byId.get(here.needs.find((id) => byId.has(id)) ?? '');
  }
  if (!here) return path;
  return [...path.slice(path.indexOf(here.id)), here.id];
}
