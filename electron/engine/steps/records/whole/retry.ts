import type { Reject, Value } from '#shared/model/value.ts';
import type { ReadEnv, StepHead } from '../../step-kind.ts';
import { retryRecords } from '../retry.ts';
import { compileTable } from './compiled-table.ts';
import type { WholePlan } from './plan-types.ts';

/** Converts records that were set aside once more. A record belongs to the tables that have its columns. */
export async function retryWhole(
  plan: WholePlan,
  _step: StepHead,
  records: readonly ReadonlyMap<string, Value>[],
  env: ReadEnv,
): Promise<readonly Reject[]> {
  const rejects: Reject[] = [];
  for (const table of plan.tables) {
    const compiled = compileTable(plan, table, env);
    const columns = JSON.stringify(compiled.mapping.columns);
    const own = records.filter((record) => JSON.stringify([...record.keys()]) === columns);
    if (own.length > 0) rejects.push(...(await retryRecords(compiled, own, plan.spec.target.connection, env)));
  }
  return rejects;
}
