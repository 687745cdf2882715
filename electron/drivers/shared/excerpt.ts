import type { ScriptStatement } from '../relational.ts';

/** The line of a statement around an offset, with the one before it and a caret under the place. */
export function excerptOf(statement: ScriptStatement, offset: number): string {
  const lines = statement.text.split('\n');
  const before = statement.text.slice(0, offset).split('\n');
  const index = before.length - 1;
  const column = before.at(-1)?.length ?? 0;
  const number = String(statement.line + index);
  const shown = (lines[index] ?? '').replaceAll('\t', ' ').slice(0, 200);
  const previous =
    index > 0 ? [`${String(statement.line + index - 1).padStart(number.length)} | ${lines[index - 1]}`] : [];
  return [...previous, `${number} | ${shown}`, `${' '.repeat(number.length)} | ${' '.repeat(column)}^`].join('\n');
}
