import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';

/** Findings of one category that are listed; the rest is counted. */
const listed = 200;

/** Findings about single files, of which there may be a million. */
export class FindingList {
  readonly #found: Finding[] = [];
  readonly #counts = new Map<string, { readonly first: Finding; count: number }>();

  add(findings: Iterable<Finding>): void {
    for (const finding of findings) {
      const key = `${finding.severity} ${finding.category}`;
      const known = this.#counts.get(key) ?? { first: finding, count: 0 };
      known.count += 1;
      this.#counts.set(key, known);
      if (known.count <= listed) this.#found.push(finding);
    }
  }

  /** What is not listed stands as one finding of its category and severity. */
  all(): readonly Finding[] {
    const more = [...this.#counts.values()]
      .filter(({ count }) => count > listed)
      .map(({ first: { severity, category, rule }, count }) =>
        makeFinding({
          severity,
          category,
          message: `${figure(count - listed)} more of the same kind are not listed.`,
          count: count - listed,
          rule,
        }),
      );
    return [...this.#found, ...more];
  }
}
