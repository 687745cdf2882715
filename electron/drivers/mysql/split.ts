import type { ScriptStatement } from '../relational.ts';

/**
 * Statements of a script as the mysql client takes them apart: the delimiter ends one unless it stands in a string, a quoted
 * name or a comment; `DELIMITER` at the beginning of a statement sets another one. Texts come without delimiters; comments of
 * the form that the server executes belong to them.
 */
export function splitScript(sql: string): ScriptStatement[] {
  const statements: ScriptStatement[] = [];
  const text = sql.startsWith('\ufeff') ? ` ${sql.slice(1)}` : sql;
  let delimiter = ';';
  let start = -1;
  let startLine = 1;
  let line = 1;
  let at = 0;
  const flush = (end: number): void => {
    if (start >= 0) statements.push({ text: text.slice(start, end).trimEnd(), line: startLine });
    start = -1;
  };
  while (at < text.length) {
    const command = start < 0 ? delimiterCommand(text, at) : null;
    if (command) {
      delimiter = command.delimiter;
      at = command.end;
      continue;
    }
    if (text.startsWith(delimiter, at)) {
      flush(at);
      at += delimiter.length;
      continue;
    }
    const part = partAt(text, at);
    if (!part.blank && start < 0) {
      start = at;
      startLine = line;
    }
    line += countLines(text, at, part.end);
    at = part.end;
  }
  flush(text.length);
  return statements;
}

/** `DELIMITER //`, up to the end of its line. */
function delimiterCommand(text: string, at: number): { readonly delimiter: string; readonly end: number } | null {
  commandForm.lastIndex = at;
  const found = commandForm.exec(text);
  return found ? { delimiter: found[1] ?? ';', end: commandForm.lastIndex } : null;
}

const commandForm = /delimiter[ \t]+(\S+)[^\n]*/iy;
const dashComment = /--(?=[\s\p{Cc}]|$)[^\n]*/uy;
const hashComment = /#[^\n]*/y;
/** Not `/*!`, `/*M!` and `/*+`: those are part of the statement. */
const plainComment = /\/\*(?!M?!|\+)[\s\S]*?(?:\*\/|$)/y;
const hint = /\/\*\+[\s\S]*?(?:\*\/|$)/y;
const blanks = /\s+/y;
const quoted = /'(?:[^'\\]|''|\\[\s\S])*'?|"(?:[^"\\]|""|\\[\s\S])*"?|`(?:[^`]|``)*`?/y;
const word = /[\w$\u0080-\uffff]+/y;

function partAt(text: string, at: number): { readonly end: number; readonly blank: boolean } {
  for (const form of [blanks, dashComment, hashComment, plainComment]) {
    form.lastIndex = at;
    if (form.test(text)) return { end: form.lastIndex, blank: true };
  }
  for (const form of [hint, quoted, word]) {
    form.lastIndex = at;
    if (form.test(text)) return { end: form.lastIndex, blank: false };
  }
  return { end: at + 1, blank: false };
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
