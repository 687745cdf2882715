import type { Reject, Value } from '#shared/model/value.ts';
import type { ReadEnv, StepHead } from '../step-kind.ts';
import { fetchLookups } from './block.ts';
import { findClashes } from './clashes.ts';
import { type Compiled, compilePlan } from './compiled.ts';
import type { RecordsPlan } from './plan-types.ts';
import { clashEntry } from './set-aside.ts';

const blockRecords = 1_000;

/**
 * Maps records that were set aside once more, with the rules that the plan has now, and looks whether the target takes their
 * keys. What only a write shows (checks and foreign keys of the target) is not foreseen.
 */
export async function retryPlan(
  plan: RecordsPlan,
  _step: StepHead,
  records: readonly ReadonlyMap<string, Value>[],
  env: ReadEnv,
): Promise<readonly Reject[]> {
  const { connection } = plan.spec.target;
  return retryRecords(compilePlan(plan, await env.session(connection), env), records, connection, env);
}

/** The same for a compiled mapping. */
export async function retryRecords(
  { mapping, outputs }: Pick<Compiled, 'mapping' | 'outputs'>,
  records: readonly ReadonlyMap<string, Value>[],
  connection: string,
  env: ReadEnv,
): Promise<readonly Reject[]> {
  const target = await env.session(connection);
  const rejects: Reject[] = [];
  for (let first = 0; first < records.length; first += blockRecords) {
    env.signal.throwIfAborted();
    const rows = records
      .slice(first, first + blockRecords)
      .map((record) => mapping.columns.map((name) => record.get(name) ?? null));
    const mapped = mapping.map(rows, await fetchLookups(mapping, rows, env));
    rejects.push(...mapped.rejects);
    const { clashes } = await findClashes(target, outputs, mapped, rows.length, true);
    rejects.push(...clashes.map((clash) => clashEntry(mapping, rows[clash.record] ?? [], clash)));
  }
  return rejects;
}
