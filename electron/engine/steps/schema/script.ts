import { relationalDriver } from '../../../drivers/registry.ts';
import {
  DbFailure,
  type RelationalSession,
  type RelationalTransaction,
  type ScriptStatement,
} from '../../../drivers/relational.ts';
import type { PlannedScript, PlannedStatement } from './plan-types.ts';
import { type Engine, kindOfStatement, withoutComments } from './statement-kind.ts';

/** Takes a script apart as the client of the engine does. */
export function splitScript(engine: Engine, sql: string): readonly ScriptStatement[] {
  const split = relationalDriver(engine).split;
  if (!split) throw new Error(`The driver ${engine} cannot take scripts apart.`);
  return split(sql).filter((statement) => withoutComments(statement.text).replace(/;\s*$/, '').trim() !== '');
}

/** How a script runs on this engine: in one transaction, or statement by statement. Statements that cannot run are refused. */
export function planScript(
  engine: Engine,
  sql: string,
  options: { readonly noTransaction: boolean; readonly transactionalDdl: boolean },
): PlannedScript {
  const statements = splitScript(engine, sql);
  const kinds = statements.map((statement) => kindOfStatement(engine, statement.text));
  const way = options.noTransaction || !options.transactionalDdl ? 'statements' : 'transaction';
  for (const [at, statement] of statements.entries()) {
    const kind = kinds[at]!;
    if (kind.runs === 'forbidden') {
      throw refusal(
        statement,
        `${kind.words} is not allowed: the migration keeps its own transactions and connection.`,
      );
    }
    if (way === 'transaction' && kind.runs === 'outside') {
      const advice = 'Write "-- overland: no-transaction" into a migration of its own.';
      throw refusal(statement, `${kind.words} cannot run in a transaction. ${advice}`);
    }
    if (way === 'statements' && kind.runs === 'setting' && engine !== 'mysql') {
      throw refusal(statement, `${kind.words} has no effect on the statements after it: they run one by one.`);
    }
  }
  if (way === 'transaction') return { way, statements: [], count: statements.length };
  const settings: string[] = [];
  const planned = statements.flatMap((statement, at): PlannedStatement[] => {
    const kind = kinds[at]!;
    if (kind.runs === 'setting') {
      settings.push(statement.text.replace(/;\s*$/, ''));
      return [];
    }
    return [
      {
        text: statement.text,
        line: statement.line,
        runs: kind.runs === 'outside' ? 'outside' : 'inside',
        repeatable: kind.repeatable,
        settings: [...settings],
        changes: null,
      },
    ];
  });
  return { way, statements: planned, count: planned.length };
}

/** Runs a script inside a transaction and returns the number of its statements. Those that cannot be in one are refused before. */
export async function runScript(
  session: RelationalSession,
  transaction: RelationalTransaction,
  sql: string,
): Promise<number> {
  const { engine } = session.endpoint;
  if (relationalDriver(engine).split) planScript(engine, sql, { noTransaction: false, transactionalDdl: true });
  return transaction.script(sql, () => undefined);
}

function refusal(statement: ScriptStatement, message: string): DbFailure {
  return new DbFailure(
    { message, code: null, kind: 'permanent', statement: statement.text, table: null, column: null },
    { line: statement.line },
  );
}
