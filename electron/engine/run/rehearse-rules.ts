import { ruleFailed } from '../validation/rules.ts';
import { tryRule } from '../validation/try-rule.ts';
import type { RunBundle } from './bundle-of-run.ts';
import type { ActivePhase } from './run-manager.ts';
import type { SessionPool } from './session-pool.ts';
import { StepFailure } from './unit-runner.ts';

/**
 * The rules against what the steps left in scratch. One that cannot be run ends the dry run: after execute it would be too late
 * to find out. Rows that a rule returns are told; of a sample they mean nothing, since what they refer to may not be in it.
 */
export async function rehearseRules(
  bundle: RunBundle,
  { control, event }: ActivePhase,
  pool: SessionPool,
  sample: number | null,
): Promise<void> {
  for (const rule of bundle.profile.rules) {
    const session = await pool.tables(rule.connection);
    const error = await tryRule(rule.sql, session, control.signal);
    if (error !== null) {
      const { message, suggestion } = ruleFailed(rule, error, 'then make the plan again.');
      throw new StepFailure(message, suggestion === null ? {} : { advice: suggestion });
    }
    if (sample !== null) continue;
    const { rows } = await session.query(rule.sql, 1, control.signal);
    if (rows.length === 0) continue;
    const text = `Rule ${rule.id} finds rows in the scratch copy, and would after the run: ${rule.message ?? 'it must return none'}`;
    event({ severity: 'warning', code: 'rule_predicted', step: null, text });
  }
}
