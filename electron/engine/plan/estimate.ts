import type { Estimate } from '#shared/contract/plan.ts';

/** Steps run one after the other, so ranges add up; null when no part was measured. */
export function sumEstimates(parts: readonly (Estimate | null)[]): Estimate | null {
  const known = parts.filter((part) => part !== null);
  if (known.length === 0) return null;
  const total = known.reduce((sum, part) => ({
    low: sum.low + part.low,
    likely: sum.likely + part.likely,
    high: sum.high + part.high,
    basis: sum.basis,
  }));
  const bases = [...new Set(known.map((part) => part.basis))];
  const missing = parts.length - known.length;
  return { ...total, basis: [...bases, ...(missing > 0 ? [`${missing} steps not measured`] : [])].join('; ') };
}
