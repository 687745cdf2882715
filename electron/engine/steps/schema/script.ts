import { DbFailure, type RelationalTransaction } from '../../../drivers/relational.ts';

const endsTransaction = /^(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|ATTACH|DETACH|VACUUM)\b/i;

/**
 * Runs a script inside a transaction and returns the number of its statements. Statements that would end the transaction, or
 * cannot be in one, are refused before they run.
 */
export async function runScript(transaction: RelationalTransaction, sql: string): Promise<number> {
  return transaction.script(sql, (_ordinal, text) => {
    const match = endsTransaction.exec(withoutComments(text));
    if (!match) return;
    throw new DbFailure(
      {
        message: `${match[0].toUpperCase()} is not allowed: every migration runs in one transaction of its own.`,
        code: null,
        kind: 'permanent',
        statement: text,
        table: null,
        column: null,
      },
      { line: lineOf(sql, text) },
    );
  });
}

function withoutComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
}

function lineOf(sql: string, statement: string): number {
  const at = sql.indexOf(statement);
  if (at < 0) return 1;
  const skipped = statement.length - withoutComments(statement).length;
  return sql.slice(0, at + skipped).split('\n').length;
}
