import type { ScriptStatement } from '../relational.ts';
import { excerptOf } from '../shared/excerpt.ts';
import { dbFailure, ownFailure, type ServerError } from './errors.ts';
import type { Link } from './link.ts';

/** A token that a semicolon may hide in, or that decides whether one ends a statement; anything else is one character. */
const token =
  /\s+|--[^\n]*|[Ee]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w$]*|[\s\S]/y;

/**
 * Statements of a script as psql takes them apart: a semicolon ends one unless it stands in a string, a dollar quote, a quoted
 * name, a comment (they nest), brackets, or the BEGIN ATOMIC body of a routine. `line` is where the first word stands, from 1.
 */
export function splitScript(sql: string): ScriptStatement[] {
  const text = sql.startsWith('\ufeff') ? ` ${sql.slice(1)}` : sql;
  const statements: ScriptStatement[] = [];
  let at = 0;
  let line = 1;
  let start = -1;
  let startLine = 1;
  let depth = 0;
  let body = new RoutineBody();
  const end = (to: number): void => {
    if (start >= 0) statements.push({ text: text.slice(start, to), line: startLine });
    start = -1;
    depth = 0;
    body = new RoutineBody();
  };
  while (at < text.length) {
    const part = partAt(text, at);
    const to = at + part.length;
    const blank = /^(?:\s|--|\/\*)/.test(part);
    if (!blank && start < 0 && part !== ';') {
      start = at;
      startLine = line;
    }
    line += part.split('\n').length - 1;
    at = to;
    if (blank) continue;
    if (part === '(') depth += 1;
    else if (part === ')') depth = Math.max(0, depth - 1);
    else if (part === ';') {
      if (depth === 0 && !body.open) end(to);
    } else if (/^[A-Za-z_\u0080-\uffff]/.test(part) && !part.endsWith("'")) body.word(part, depth);
  }
  end(text.length);
  return statements;
}

function partAt(text: string, at: number): string {
  if (text.startsWith('/*', at)) return text.slice(at, endOfComment(text, at));
  token.lastIndex = at;
  const part = token.exec(text)?.[0] ?? text.charAt(at);
  // $1 is a parameter; $$ and $tag$ begin a string that ends with the same mark.
  if (part.length < 2 || !part.startsWith('$') || !part.endsWith('$')) return part;
  const close = text.indexOf(part, at + part.length);
  return close < 0 ? text.slice(at) : text.slice(at, close + part.length);
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    if (text.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else if (text.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else at += 1;
  }
  return text.length;
}

/** Counts BEGIN, CASE and END in CREATE FUNCTION and CREATE PROCEDURE, as psql does. */
class RoutineBody {
  readonly #first: string[] = [];
  #depth = 0;

  get open(): boolean {
    return this.#depth > 0;
  }

  word(given: string, brackets: number): void {
    const word = given.toUpperCase();
    if (this.#first.length < 4) this.#first.push(word);
    const [one, two, three, four] = this.#first;
    const named = two === 'OR' && three === 'REPLACE' ? four : two;
    if (one !== 'CREATE' || (named !== 'FUNCTION' && named !== 'PROCEDURE') || brackets > 0) return;
    if (word === 'BEGIN' || (word === 'CASE' && this.#depth > 0)) this.#depth += 1;
    else if (word === 'END' && this.#depth > 0) this.#depth -= 1;
  }
}

/**
 * Executes a script inside the open transaction and returns the number of statements. A failure carries the line in the
 * script and an excerpt with a caret. Statements that would end the transaction or leave it are refused before the first runs.
 */
export async function runScript(
  link: Link,
  sql: string,
  onStatement: (ordinal: number, text: string) => void,
  realSchema: string | null = null,
): Promise<number> {
  const statements = splitScript(sql);
  for (const statement of statements) {
    refuseForeign(statement);
    if (realSchema !== null) refuseReal(statement, realSchema);
  }
  for (const [index, statement] of statements.entries()) {
    onStatement(index + 1, statement.text);
    await runStatement(link, statement);
  }
  return statements.length;
}

/** One statement, never split again; its failure has line and excerpt. */
export async function runStatement(link: Link, statement: ScriptStatement): Promise<void> {
  try {
    // The extended protocol takes one statement only.
    await link.client.query({ text: statement.text, queryMode: 'extended', rowMode: 'array' } as { text: string });
  } catch (error) {
    throw link.failed(placed(error, statement));
  }
}

const endsTransaction =
  /^(BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)|ABORT|PREPARE\s+TRANSACTION)\b/i;
const notHere = /^(COPY\b[\s\S]*\b(?:FROM\s+STDIN|TO\s+STDOUT)|\\[a-z!?]+)/i;

function refuseForeign(statement: ScriptStatement): void {
  const text = withoutComments(statement.text);
  const word = endsTransaction.exec(text)?.[1];
  const other = word === undefined ? notHere.exec(text)?.[1] : undefined;
  if (word === undefined && other === undefined) return;
  const message =
    word !== undefined
      ? `${word.toUpperCase()} is not allowed here. Remove it: the whole script runs in one transaction, together with its record.`
      : other?.startsWith('\\')
        ? `${other} is a command of psql, which the server does not know. Write SQL instead.`
        : 'COPY from or to the client is not possible in a script. Use INSERT, or a records step.';
  throw ownFailure('SCRIPT', 'permanent', `Line ${statement.line}: ${message}`, {
    statement: statement.text,
    line: statement.line,
    excerpt: excerptOf(statement, 0),
  });
}

/** A scratch schema lies beside the real one, where a name with a schema would lead. */
export function refuseReal(statement: ScriptStatement, schema: string): void {
  const name = schema.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`(?<![\\w"'.])(?:"${name}"|${name})\\s*\\.|\\bsearch_path\\b`, 'i').exec(statement.text);
  if (!found) return;
  const message = `Line ${statement.line}: the statement names the schema ${schema}, and the scratch copy is a schema beside it.`;
  throw ownFailure('SCRIPT', 'permanent', `${message} Leave the schema out, or give the user the right CREATEDB.`, {
    statement: statement.text,
    line: statement.line,
    excerpt: excerptOf(statement, found.index),
  });
}

function withoutComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
}

function placed(error: unknown, statement: ScriptStatement): Error {
  const position = Number((error as ServerError).position ?? 0);
  // The server counts characters from 1, JavaScript counts units.
  const offset = position > 0 ? [...statement.text].slice(0, position - 1).join('').length : 0;
  const line = statement.line + statement.text.slice(0, offset).split('\n').length - 1;
  return dbFailure(error, { statement: statement.text, line, excerpt: excerptOf(statement, offset) });
}
