/** Lines before and after a change that tell where it is. */
const context = 4;

/** The part of two texts that differs, with a few lines around it; `line` is the number of its first line, from 1. */
export function aroundChange(
  before: string,
  after: string,
): { readonly before: string; readonly after: string; readonly line: number } {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const from = Math.max(0, start - context);
  const part = (lines: readonly string[]) =>
    lines.slice(from, Math.min(lines.length, lines.length - end + context)).join('\n');
  return { before: part(old), after: part(now), line: from + 1 };
}
