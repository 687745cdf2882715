import { didYouMean } from '../profile/suggest.ts';
import type { RecordsOutput } from '../steps/records/spec-types.ts';
import type { MappingColumn } from './mapping-types.ts';
import type { ProblemSink } from './problem-sink.ts';

/** Whether the columns that are written fit the table. Nothing can be said of a table that is not known. */
export function checkTarget(
  output: RecordsOutput,
  columns: readonly string[],
  target: ReadonlyMap<string, MappingColumn> | null,
  problems: ProblemSink,
): void {
  if (!target) return;
  const { table } = output;
  for (const column of columns) {
    const found = target.get(column);
    const key = keyOf(output, column);
    if (!found) {
      const advice = didYouMean(column, target.keys());
      problems.add({
        code: 'unknown_target_column',
        key,
        table,
        column,
        message: `The table ${table} has no column ${column}`,
        advice,
      });
    } else if (found.generated) {
      const message = `The column ${column} of ${table} is computed by the target and cannot be written`;
      problems.add({ code: 'generated_target_column', key, table, column, message, advice: 'Leave it out.' });
    }
  }
  for (const column of [...output.keyColumns, ...output.surrogate]) {
    if (target.has(column) || columns.includes(column)) continue;
    const key = `${output.key}.${output.keyColumns.includes(column) ? 'key' : 'surrogate'}`;
    const advice = didYouMean(column, target.keys());
    problems.add({
      code: 'unknown_target_key',
      key,
      table,
      column,
      message: `The table ${table} has no column ${column}`,
      advice,
    });
  }
  for (const { name, nullable, defaultText, generated } of target.values()) {
    if (nullable || generated || defaultText !== null || columns.includes(name) || output.surrogate.includes(name))
      continue;
    problems.add({
      code: 'required_column_not_set',
      key: output.key,
      table,
      column: name,
      message: `The column ${name} of ${table} must have a value and no rule gives it one`,
      advice: 'Add it to copy or set, or to surrogate when the target numbers it.',
    });
  }
}

function keyOf(output: RecordsOutput, column: string): string {
  const set = output.set.find((one) => one.column === column);
  if (set) return set.key;
  if (output.copy.includes(column) || output.copy.includes('*')) return `${output.key}.copy`;
  return output.fan.kind === 'unpivot' ? `${output.fan.key}.into` : output.key;
}
