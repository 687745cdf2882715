import type { Severity } from '#shared/model/run.ts';

/** Worst first. */
export const severities: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

const rank: Readonly<Record<Severity, number>> = { critical: 0, error: 1, warning: 2, info: 3 };

/** Sorts the worst first; findings of one severity keep their order. */
export function bySeverity<T extends { readonly severity: Severity }>(a: T, b: T): number {
  return rank[a.severity] - rank[b.severity];
}

/** The worst severity in the list; null when it is empty. */
export function worstOf(findings: readonly { readonly severity: Severity }[]): Severity | null {
  let worst: Severity | null = null;
  for (const { severity } of findings) if (worst === null || rank[severity] < rank[worst]) worst = severity;
  return worst;
}
