import type { Finding } from '#shared/model/finding.ts';
import { type Endpoint, holdsTables, type RelationalSession } from '../../drivers/relational.ts';
import type { RunBundle } from '../run/bundle-of-run.ts';
import type { SessionPool } from '../run/session-pool.ts';
import { ruleFailed } from '../validation/rules.ts';
import { tryRule } from '../validation/try-rule.ts';
import type { PlannedStep } from './analyse.ts';
import { isUnplanned } from './follow-ups.ts';
import { type World, worldTables } from './world.ts';

/**
 * Rules whose statement does not fit the tables that it will find, said before anything is written: those on a source are tried
 * there, those on a target in the scratch copy that the steps were rehearsed in. Where the copy does not hold all tables that
 * the plan expects, the dry run is the first to know.
 */
export async function ruleFindings(
  bundle: RunBundle,
  steps: readonly PlannedStep[],
  pool: SessionPool,
  signal: AbortSignal,
): Promise<Finding[]> {
  const world = steps.at(-1)?.planned.after;
  // Of a plan that cannot be carried out the tables are not known, and a rule that misses one says nothing new.
  if (!world || steps.some(isUnplanned)) return [];
  const findings: Finding[] = [];
  for (const rule of bundle.profile.rules) {
    signal.throwIfAborted();
    const error = await withPredicted(rule.connection, world, pool, signal, (session) =>
      tryRule(rule.sql, session, signal),
    );
    if (error !== null) findings.push(ruleFailed(rule, error, 'then make the plan again.'));
  }
  return findings;
}

/** Calls back with a session on which the tables are as the steps will leave them; null where there is none. */
async function withPredicted<T>(
  name: string,
  world: World,
  pool: SessionPool,
  signal: AbortSignal,
  act: (session: RelationalSession) => Promise<T>,
): Promise<T | null> {
  const connection = pool.connection(name);
  if (connection.access !== 'write') return act(await pool.tables(name));
  const endpoint = world.results.get(`scratch/${name}`) as Endpoint | undefined;
  if (!endpoint) return null;
  const session = await pool.driver(connection).connect(endpoint, 'scratch', pool.environment, signal);
  try {
    if (!holdsTables(session)) return null;
    const there = new Set((await session.catalog(null)).tables.map((table) => table.name));
    return worldTables(world, name).every((table) => there.has(table)) ? await act(session) : null;
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
