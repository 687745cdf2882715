/** SQL with one column or constraint a line, so that two tables can be compared line by line. Other statements stay as they are. */
export function layOut(sql: string): string {
  return sql
    .split('\n')
    .map((line) => (/^CREATE (TEMP )?TABLE\b/i.test(line) ? layOutTable(line) : line))
    .join('\n');
}

function layOutTable(line: string): string {
  const open = line.indexOf('(');
  if (open < 0) return line;
  const { parts, end } = topLevel(line, open + 1);
  if (end < 0) return line;
  const rest = line.slice(end);
  return [`${line.slice(0, open).trimEnd()} (`, ...parts.map((part) => `  ${part.trim()}`), rest].join('\n');
}

/** What commas part between a bracket and its match, and where the match is; commas in brackets and quotes part nothing. */
function topLevel(text: string, from: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let depth = 0;
  let start = from;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quote) {
      if (sign === quote) quote = '';
    } else if (sign === "'" || sign === '"' || sign === '`') quote = sign;
    else if (sign === '(') depth += 1;
    else if (sign === ')' && depth > 0) depth -= 1;
    else if (sign === ')') return { parts: [...parts, text.slice(start, at)], end: at };
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(start, at + 1));
      start = at + 1;
    }
  }
  return { parts, end: -1 };
}
