import { figure } from '#shared/model/figures.ts';
import type { Planned } from '../../step-kind.ts';
import type { TableForecast } from './forecast.ts';
import type { WholePlan } from './plan-types.ts';

/** What becomes of each column's type, and what was seen in it. */
export function wholeTypeTable(plan: WholePlan, seen: readonly TableForecast[]): Planned<unknown>['types'] {
  const { source, target } = plan.spec;
  return plan.tables.flatMap(({ copy }, at) =>
    copy.columns.map((column, index) => ({
      column: `${source.connection}.${copy.source}.${column.source}`,
      sourceType: column.sourceType,
      target: `${target.connection}.${copy.target}.${column.target}`,
      targetType: column.targetType,
      fit: column.fit,
      rule: column.rules.length === 0 ? null : column.rules.join(', '),
      seen: [seenText(seen[at], index), column.words].filter((text) => text !== '').join('. '),
    })),
  );
}

function seenText(seen: TableForecast | undefined, column: number): string {
  const facts = seen?.columns[column];
  if (!seen || !facts || seen.records === 0) return '';
  const parts: string[] = [];
  if (facts.longest > 0) parts.push(`longest ${figure(facts.longest)}`);
  if (facts.nulls > 0) parts.push(`${figure(facts.nulls)} null`);
  return parts.join(', ');
}
