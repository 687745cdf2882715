import type { RelationalSession, RelationalTransaction } from '../../../drivers/relational.ts';
import type { Policy } from '../step-kind.ts';

/** How a time limit is set before a statement and taken back after it; empty where the engine has none. */
export function timeoutStatements(
  session: RelationalSession,
  { lockMs, statementMs }: Policy['timeouts'],
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  switch (session.endpoint.engine) {
    case 'sqlite':
      return { before: [], after: [] };
    case 'postgres': {
      const limits = [
        ...(lockMs === null ? [] : [['lock_timeout', lockMs] as const]),
        ...(statementMs === null ? [] : [['statement_timeout', statementMs] as const]),
      ];
      return {
        before: limits.map(([name, ms]) => `SET ${name} = ${ms}`),
        after: limits.map(([name]) => `RESET ${name}`),
      };
    }
    case 'mysql': {
      const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));
      const lock = lockMs === null ? [] : ['lock_wait_timeout', 'innodb_lock_wait_timeout'];
      return {
        before: [
          ...lock.map((name) => `SET SESSION ${name} = ${seconds(lockMs ?? 0)}`),
          // MariaDB alone has a limit for statements that write; others read a comment, and something to do beside it.
          ...(statementMs === null
            ? []
            : [`SET @overland_unused = 0 /*M! , max_statement_time = ${seconds(statementMs)} */`]),
        ],
        after: [
          ...lock.map((name) => `SET SESSION ${name} = DEFAULT`),
          ...(statementMs === null ? [] : ['SET @overland_unused = 0 /*M! , max_statement_time = DEFAULT */']),
        ],
      };
    }
  }
}

/** Runs `work` inside a transaction under the time limits of the policy. */
export async function withTimeouts<T>(
  session: RelationalSession,
  transaction: RelationalTransaction,
  timeouts: Policy['timeouts'],
  work: () => Promise<T>,
): Promise<T> {
  const { before, after } = timeoutStatements(session, timeouts);
  if (session.endpoint.engine === 'postgres') {
    for (const statement of before) await transaction.execute(statement.replace('SET ', 'SET LOCAL '));
    return work();
  }
  for (const statement of before) await transaction.execute(statement);
  try {
    return await work();
  } finally {
    for (const statement of after) await transaction.execute(statement).catch(() => undefined);
  }
}
