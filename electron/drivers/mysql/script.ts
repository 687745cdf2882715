import type { ScriptProgress, ScriptStatement } from '../relational.ts';
import { excerptOf } from '../shared/excerpt.ts';
import type { MysqlConnection } from './connection.ts';
import { dbFailure, ownFailure } from './errors.ts';
import { splitScript } from './split.ts';

/**
 * Executes the statements of a script one by one and returns their number. DDL commits what was before it and itself;
 * with `progress.done` every other statement is committed too, together with what `done` writes: what it was told of has
 * happened and stays. A failure carries the line in the script and an
 * excerpt with a caret.
 */
export async function runScript(
  connection: MysqlConnection,
  sql: string,
  onStatement: (ordinal: number, text: string) => void,
  progress: ScriptProgress = {},
): Promise<number> {
  const statements = splitScript(sql);
  // All are looked at before the first one runs: what has happened cannot be taken back here.
  for (const statement of statements) refuseForeign(statement);
  for (const [index, statement] of statements.entries()) {
    const ordinal = index + 1;
    if (ordinal < (progress.from ?? 1)) continue;
    onStatement(ordinal, statement.text);
    await runStatement(connection, statement);
    if (!progress.done) continue;
    await progress.done(ordinal, statement.text);
    // What the statement wrote and what `done` recorded of it stay or go together.
    await connection.run('COMMIT');
    await connection.run('START TRANSACTION');
  }
  return statements.length;
}

/** Runs one statement as it is; a failure says where. */
export async function runStatement(connection: MysqlConnection, statement: ScriptStatement): Promise<void> {
  try {
    await connection.run(statement.text);
  } catch (error) {
    throw placed(error, statement);
  }
}

const leaves =
  /^(BEGIN(?!\s+NOT\s+ATOMIC\b)|COMMIT|START\s+TRANSACTION|ROLLBACK(?!\s+(?:WORK\s+)?TO\b)|XA|LOCK\s+TABLES?|UNLOCK\s+TABLES?|USE|SET\s+(?:SESSION\s+|@@(?:SESSION\.)?)?AUTOCOMMIT)\b/i;

function refuseForeign(statement: ScriptStatement): void {
  const word = leaves.exec(statement.text)?.[1]?.replace(/\s+/g, ' ').toUpperCase();
  if (!word) return;
  const advice =
    word === 'USE'
      ? 'The database is that of the connection.'
      : 'Remove it: the script runs in one transaction as far as MySQL has one, together with its record.';
  throw ownFailure('SCRIPT', 'permanent', `Line ${statement.line}: ${word} is not allowed here. ${advice}`, {
    statement: statement.text,
    line: statement.line,
    excerpt: excerptOf(statement, 0),
  });
}

function placed(error: unknown, statement: ScriptStatement): Error {
  const message = error instanceof Error ? error.message : String(error);
  const offset = placeOf(message, statement.text);
  const line = statement.line + statement.text.slice(0, offset).split('\n').length - 1;
  return dbFailure(dbFailure(error).cause ?? error, {
    statement: statement.text,
    line,
    excerpt: excerptOf(statement, offset),
  });
}

/** A syntax error shows the text from where it stumbled, and its line; other errors name what they do not know. */
function placeOf(message: string, text: string): number {
  const syntax = /near '([\s\S]*)' at line (\d+)\s*$/.exec(message);
  if (syntax) {
    const [, near = '', number = '1'] = syntax;
    const begin = nthLine(text, Number(number));
    const found = near === '' ? text.length : text.indexOf(near, begin);
    return found >= 0 ? found : begin;
  }
  const name =
    /(?:Table|column|Key column|table|view|index|key|PROCEDURE|FUNCTION|TRIGGER) '(?:[^'.]*\.)?([^']+)'/i.exec(
      message,
    )?.[1];
  return name === undefined ? 0 : Math.max(0, text.indexOf(name));
}

function nthLine(text: string, number: number): number {
  let at = 0;
  for (let line = 1; line < number; line += 1) {
    const next = text.indexOf('\n', at);
    if (next < 0) return at;
    at = next + 1;
  }
  return at;
}
