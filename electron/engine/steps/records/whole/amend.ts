import { ruleFor } from '../../../copy/type-rules.ts';
import type { PlannedColumn } from '../../../copy/types.ts';
import type { WholePlan } from './plan-types.ts';
import type { WholeSpec } from './spec-types.ts';

/** The plan under changed rules for types and tables, for a replay; null when the change reaches further than what a value becomes. */
export function amendWhole(plan: WholePlan, spec: WholeSpec): WholePlan | null {
  if (withoutRules(plan.spec) !== withoutRules(spec)) return null;
  const tables = plan.tables.map((table) => ({
    ...table,
    copy: { ...table.copy, columns: table.copy.columns.map((column) => amended(column, table.copy.source, spec)) },
  }));
  const columns = (of: WholePlan['tables']) => of.flatMap((table) => table.copy.columns);
  const before = columns(plan.tables);
  // The column is made: another type would need another one.
  const retyped = columns(tables).some((column, at) => column.convert.rule.to !== before[at]!.convert.rule.to);
  return retyped ? null : { ...plan, spec, tables };
}

function amended(column: PlannedColumn, table: string, spec: WholeSpec): PlannedColumn {
  const { rule, keys } = ruleFor(spec.types, { table, column: column.source, declaredType: column.sourceType });
  return { ...column, rules: keys, convert: { ...column.convert, rule } };
}

function withoutRules(spec: WholeSpec): string {
  return JSON.stringify({
    ...spec,
    types: [],
    tables: spec.tables.map(({ table, rename, chunk, keyColumns, set }) => ({
      table,
      rename,
      chunk,
      keyColumns,
      set: set.map((one) => one.column).sort(),
    })),
  });
}
