import type { Problem } from '#shared/model/finding.ts';
import { problemAt } from './migration-problem.ts';

/** One direction of a migration as it stands in a file. */
export type Script = {
  readonly file: string;
  /** The line before its first one (a section of a file starts later). */
  readonly offset: number;
  readonly text: string;
  /** The text is a value in a JSON file: its lines are not those of the file. */
  readonly inJson: boolean;
  readonly noTransaction: boolean;
};

type Way = 'up' | 'down';
type Mark = { readonly way: Way; readonly index: number; readonly noTransaction: boolean };

/** Ours, and those of dbmate, goose and sql-migrate. What follows the direction is an option. */
const marks = [
  /^--\s*(up|down)\s*()$/i,
  /^--\s*migrate:(up|down)\b\s*(.*)$/i,
  /^--\s*\+goose\s+(up|down)\s*()$/i,
  /^--\s*\+migrate\s+(up|down)\b\s*(.*)$/i,
] as const;
const directive = /^--\s*overland:\s*(.*?)\s*$/i;
const gooseDirective = /^--\s*\+goose\s+no\s+transaction\s*$/i;

/** Takes a file with both directions apart. */
export function readSections(
  file: string,
  text: string,
): { readonly up?: Script; readonly down?: Script } | { readonly problem: Problem } {
  const lines = text.split('\n');
  const found = lines.flatMap((line, index): Mark[] => {
    const mark = markOf(line.trim());
    return mark ? [{ ...mark, index }] : [];
  });
  if (found.length === 0) {
    const advice = 'Begin each direction with a line of its own: -- up, then -- down.';
    return { problem: problemAt(file, 1, `${file} has neither a section "-- up" nor a section "-- down".`, advice) };
  }
  const header = directives(file, lines.slice(0, found[0]!.index), 0);
  if ('problem' in header) return header;
  const scripts: { up?: Script; down?: Script } = {};
  for (const [at, mark] of found.entries()) {
    if (scripts[mark.way]) {
      const message = `${file} has a second section "-- ${mark.way}".`;
      return { problem: problemAt(file, mark.index + 1, message, 'Join the two sections.') };
    }
    const end = found[at + 1]?.index ?? lines.length;
    // What stands above the first section (a header with `needs`, a licence) belongs to it.
    const start = at === 0 ? 0 : mark.index + 1;
    const own = directives(file, lines.slice(mark.index + 1, end), mark.index + 1);
    if ('problem' in own) return own;
    scripts[mark.way] = {
      file,
      offset: start,
      text: lines.slice(start, end).join('\n'),
      inJson: false,
      noTransaction: mark.noTransaction || own.noTransaction || header.noTransaction,
    };
  }
  return scripts;
}

/** A file that is one direction. */
export function readWhole(file: string, text: string): { readonly script: Script } | { readonly problem: Problem } {
  const own = directives(file, text.split('\n'), 0);
  if ('problem' in own) return own;
  return { script: { file, offset: 0, text, inJson: false, noTransaction: own.noTransaction } };
}

function markOf(line: string): Omit<Mark, 'index'> | null {
  for (const pattern of marks) {
    const match = pattern.exec(line);
    if (!match) continue;
    const noTransaction = /\btransaction\s*:\s*false\b|\bnotransaction\b/i.test(match[2] ?? '');
    return { way: match[1]!.toLowerCase() as Way, noTransaction };
  }
  return null;
}

function directives(
  file: string,
  lines: readonly string[],
  offset: number,
): { readonly noTransaction: boolean } | { readonly problem: Problem } {
  let noTransaction = false;
  for (const [index, line] of lines.entries()) {
    if (gooseDirective.test(line.trim())) noTransaction = true;
    const word = directive.exec(line.trim())?.[1];
    if (word === undefined) continue;
    if (word.toLowerCase() !== 'no-transaction') {
      const message = `"-- overland: ${word}" is no instruction.`;
      return { problem: problemAt(file, offset + index + 1, message, 'Known is "-- overland: no-transaction".') };
    }
    noTransaction = true;
  }
  return { noTransaction };
}
