import type { StepHead, UnitWork, WorkEnv } from '../../step-kind.ts';
import { actionUnit, type WholeContext } from './action-unit.ts';
import { compileTable } from './compiled-table.ts';
import type { WholePlan } from './plan-types.ts';
import { rowsUnit } from './table-unit.ts';

/** The tables are made, then filled one after the other, then what needs all rows is done. A replay only fills. */
export async function* wholeUnits(plan: WholePlan, step: StepHead, env: WorkEnv): AsyncIterable<UnitWork> {
  const context: WholeContext = {
    plan,
    tables: plan.tables.map((table) => compileTable(plan, table, env)),
    step,
    env,
    source: await env.session(plan.spec.source.connection),
    target: await env.session(plan.spec.target.connection),
  };
  const only = env.onlyKeys;
  if (only === null && plan.make.length > 0) yield actionUnit(context, 'make', plan.make);
  for (const compiled of context.tables) {
    if (only === null || hasKeyOf(compiled.table.copy.source, only)) yield rowsUnit(context, compiled);
  }
  if (only === null && plan.finish.length > 0) yield actionUnit(context, 'finish', plan.finish);
}

function hasKeyOf(table: string, keys: ReadonlySet<string>): boolean {
  for (const key of keys) if (key.startsWith(`${table} / `)) return true;
  return false;
}
