import type { RelationalSession } from '../../drivers/relational.ts';

/** Why the statement of a rule cannot be run here; null when it can. Reads no row where the engine lets it. */
export async function tryRule(sql: string, session: RelationalSession, signal: AbortSignal): Promise<unknown> {
  const bare = sql.trim().replace(/;\s*$/, '');
  try {
    await session.query(`SELECT * FROM (\n${bare}\n) AS overland_rule WHERE 1 = 0`, 1, signal);
    return null;
  } catch {
    signal.throwIfAborted();
  }
  // Not every statement can stand there, and the error is to name the line of the statement itself.
  try {
    await session.query(sql, 1, signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return error;
  }
}
