import type { Problem } from '#shared/model/finding.ts';

export function problemAt(file: string, line: number | null, message: string, advice: string | null): Problem {
  return { file, line, column: line === null ? null : 1, key: null, message, advice };
}

/** Numbers by their value, other names by their text with the numbers in it: `migration_9_a` before `migration_10_a`. */
export function compareIds(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (const [at, part] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const both = /^\d/.test(part) && /^\d/.test(other);
    const difference = both ? compareText(BigInt(part), BigInt(other)) : compareText(part, other);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** By code units: the same order on every machine. */
export function compareText<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function linesOf(text: string): string[] {
  return text.replace(/\r\n?/g, '\n').split('\n');
}
