import type { ScriptStatement } from '../relational.ts';
import { excerptOf } from '../shared/excerpt.ts';
import type { Connection } from './database.ts';
import { dbFailure, ownFailure } from './errors.ts';

/**
 * Statements of a script as the sqlite3 shell takes them apart: a semicolon ends one unless it stands in a string, a
 * quoted name, a comment or the body of a trigger. `line` is where the first word stands, from 1.
 */
export function splitScript(sql: string): ScriptStatement[] {
  const statements: ScriptStatement[] = [];
  let start = -1;
  let startLine = 1;
  let line = 1;
  let words: string[] = [];
  let sawSemicolon = false;
  let trigger = false;
  const token =
    /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/g;
  const text = sql.startsWith('\ufeff') ? ` ${sql.slice(1)}` : sql;
  for (const found of text.matchAll(token)) {
    const part = found[0];
    const blank = /^(?:\s|--|\/\*)/.test(part);
    if (!blank && start < 0 && part !== ';') {
      start = found.index;
      startLine = line;
    }
    line += part.split('\n').length - 1;
    if (blank) continue;
    if (part === ';') {
      // A trigger ends at "; END ;", as in sqlite3_complete().
      if (trigger && !(words.at(-1) === 'END' && sawSemicolon)) {
        sawSemicolon = true;
        words = [];
        continue;
      }
      if (start >= 0) statements.push({ text: text.slice(start, found.index + 1), line: startLine });
      start = -1;
      words = [];
      sawSemicolon = false;
      trigger = false;
      continue;
    }
    words.push(part.toUpperCase());
    // Only the first words and the one just before a semicolon matter.
    if (!trigger && words.length <= 4) trigger = beginsTrigger(words);
    if (trigger && sawSemicolon && words.length > 1) sawSemicolon = false;
  }
  if (start >= 0) statements.push({ text: text.slice(start), line: startLine });
  return statements;
}

function beginsTrigger(words: readonly string[]): boolean {
  const [first, ...rest] = words[0] === 'EXPLAIN' ? words.slice(1) : words;
  if (first !== 'CREATE') return false;
  const second = rest[0] === 'TEMP' || rest[0] === 'TEMPORARY' ? rest[1] : rest[0];
  return second === 'TRIGGER';
}

/**
 * Executes a script inside the open transaction and returns the number of statements. A failure carries the line in the
 * script and an excerpt with a caret. Statements that would end the transaction or leave it are refused.
 */
export function runScript(db: Connection, sql: string, onStatement: (ordinal: number, text: string) => void): number {
  const statements = splitScript(sql);
  // All are looked at before the first one runs, so that nothing has to be taken back for a word that can be seen.
  for (const statement of statements) refuseForeign(statement);
  statements.forEach((statement, index) => {
    onStatement(index + 1, statement.text);
    try {
      const prepared = db.prepare(statement.text);
      if (prepared.reader) prepared.all();
      else prepared.run();
    } catch (error) {
      throw placed(error, statement);
    }
  });
  return statements.length;
}

const endsTransaction = /^(BEGIN|COMMIT|END|ROLLBACK(?!\s+(?:TRANSACTION\s+)?TO\b))\b/i;
const notInside = /^(VACUUM|ATTACH|DETACH)\b/i;

function refuseForeign(statement: ScriptStatement): void {
  const word = endsTransaction.exec(statement.text)?.[1] ?? notInside.exec(statement.text)?.[1];
  if (!word) return;
  const advice = endsTransaction.test(statement.text)
    ? 'Remove it: the whole script runs in one transaction, together with its record.'
    : 'It cannot run inside the transaction of a script.';
  throw ownFailure(
    'SCRIPT',
    'permanent',
    `Line ${statement.line}: ${word.toUpperCase()} is not allowed here. ${advice}`,
    {
      statement: statement.text,
      line: statement.line,
      excerpt: excerptOf(statement, 0),
    },
  );
}

function placed(error: unknown, statement: ScriptStatement): Error {
  const message = error instanceof Error ? error.message : String(error);
  const offset = Math.max(0, placeOf(message, statement.text));
  const line = statement.line + statement.text.slice(0, offset).split('\n').length - 1;
  return dbFailure(error, { statement: statement.text, line, excerpt: excerptOf(statement, offset) });
}

/** SQLite names the word it stumbled on but not its place; the last one that stands alone is the likeliest. */
function placeOf(message: string, text: string): number {
  const word =
    /^near "([\s\S]+)": syntax error$/.exec(message)?.[1] ??
    /^no such (?:table|column|function|collation sequence|index|trigger|view): (?:main\.)?(.+)$/.exec(message)?.[1] ??
    /^(?:table|index|view|trigger) "?([^"]+?)"? already exists$/.exec(message)?.[1] ??
    /^unrecognized token: "([\s\S]+)"$/.exec(message)?.[1] ??
    /^table \S+ has no column named (.+)$/.exec(message)?.[1];
  if (!word) return 0;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const alone = /^\w+$/.test(word) ? new RegExp(`\\b${escaped}\\b`, 'gi') : new RegExp(escaped, 'gi');
  const places = [...text.matchAll(alone)].map((found) => found.index);
  return places.length === 1 || !message.startsWith('near') ? (places[0] ?? 0) : (places.at(-1) ?? 0);
}
