import { figure } from '#shared/model/figures.ts';
import { fewWords, settledBy } from '../../../copy/forecast-words.ts';
import type { Planned } from '../../step-kind.ts';
import type { Misfits, TableForecast } from './forecast.ts';
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
      seen: [
        ...unfitIn(seen[at], column.source).map(({ code, count }) => fewWords(code, count)),
        seenText(seen[at], index),
        column.words,
      ]
        .filter((text) => text !== '')
        .join('. '),
      rules: {
        place: `${copy.source}.${column.source}`,
        unfit: unfitIn(seen[at], column.source).reduce((sum, { count }) => sum + count, 0),
        settles: [...new Set(unfitIn(seen[at], column.source).flatMap(({ code }) => settledBy(column, code)))],
      },
    })),
  );
}

/** Values of the column that its conversion does not take. */
function unfitIn(seen: TableForecast | undefined, column: string): readonly Misfits[] {
  return (seen?.misfits ?? []).filter((one) => one.column === column);
}

function seenText(seen: TableForecast | undefined, column: number): string {
  const facts = seen?.columns[column];
  if (!seen || !facts || seen.records === 0) return '';
  const parts: string[] = [];
  if (facts.longest > 0) parts.push(`longest ${figure(facts.longest)}`);
  if (facts.nulls > 0) parts.push(`${figure(facts.nulls)} null`);
  return parts.join(', ');
}
