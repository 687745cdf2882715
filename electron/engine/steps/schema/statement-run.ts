import { DbFailure, type RelationalSession, type RelationalTransaction } from '../../../drivers/relational.ts';
import type { Policy } from '../step-kind.ts';
import { withTransaction } from '../transaction.ts';
import type { PlannedStatement } from './plan-types.ts';
import { timeoutStatements, withTimeouts } from './timeouts.ts';

export const noTimeouts: Policy['timeouts'] = { lockMs: null, statementMs: null };

/** Runs a statement in the open transaction, with the settings that stand before it in its script. */
export async function runInside(
  session: RelationalSession,
  transaction: RelationalTransaction,
  statement: PlannedStatement,
  timeouts: Policy['timeouts'],
): Promise<void> {
  const settings = settingStatements(statement.settings);
  await placed(statement, () =>
    withTimeouts(session, transaction, timeouts, async () => {
      for (const text of settings.before) await transaction.execute(text);
      try {
        // The client of MySQL would take a block with semicolons apart once more.
        if (session.endpoint.engine === 'mysql') await transaction.execute(statement.text);
        else await transaction.script(statement.text, () => undefined);
      } finally {
        for (const text of settings.after) await transaction.execute(text).catch(() => undefined);
      }
    }),
  );
}

/** Runs a statement outside of any transaction. */
export async function runOutside(
  session: RelationalSession,
  statement: PlannedStatement,
  timeouts: Policy['timeouts'],
  signal?: AbortSignal,
): Promise<void> {
  const limits = timeoutStatements(session, timeouts);
  const settings = settingStatements(statement.settings);
  const before = [...limits.before, ...settings.before];
  const after = [...settings.after, ...limits.after];
  await placed(statement, async () => {
    try {
      await direct(session, [...before, statement.text, ...after], signal);
    } catch (error) {
      // The connection serves the steps that follow as well.
      if (after.length > 0) await direct(session, after).catch(() => undefined);
      throw error;
    }
  });
}

/** Without a way of its own, a driver whose structure statements commit by themselves runs them in a transaction that is thrown away. */
export async function direct(
  session: RelationalSession,
  statements: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  if (session.direct) {
    await session.direct(statements, signal);
    return;
  }
  if (session.can.transactionalDdl) throw new Error(`${session.endpoint.engine} cannot run outside of a transaction.`);
  await withTransaction(
    session,
    async (transaction) => {
      for (const statement of statements) await transaction.execute(statement);
    },
    'structure',
  );
}

/**
 * MySQL: what a script sets for its session is set before each of its statements and put back after it, since they may run on
 * different connections and the session goes on to other steps.
 */
function settingStatements(settings: readonly string[]): { readonly before: string[]; readonly after: string[] } {
  const variables = settings.flatMap((text) =>
    [...text.matchAll(/(?:^SET\s+|,\s*)(?:SESSION\s+|@@(?:SESSION\.)?)?([A-Za-z_]\w*)\s*:?=/gi)].map(
      (found) => found[1]!,
    ),
  );
  const names = [...new Set(variables.map((name) => name.toLowerCase()))];
  const resetsNames = settings.some((text) => /^SET\s+(?:NAMES|CHARACTER\s+SET|CHARSET)\b/i.test(text));
  return {
    before: [...names.map((name) => `SET @overland_${name} = @@SESSION.${name}`), ...settings],
    after: [
      ...names.map((name) => `SET SESSION ${name} = @overland_${name}`),
      ...(resetsNames ? ['SET NAMES utf8mb4'] : []),
    ],
  };
}

/** Puts the statement's line in its script on a failure. */
async function placed<T>(statement: PlannedStatement, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
    throw new DbFailure(
      { ...error.error, statement: error.error.statement ?? statement.text.slice(0, 2000) },
      { line: statement.line + (error.line ?? 1) - 1, cause: error, ...(error.excerpt && { excerpt: error.excerpt }) },
    );
  }
}
