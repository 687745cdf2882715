import type { KeyPath } from '../../profile/key-path.ts';
import type { ProblemList } from '../../profile/problems.ts';
import { didYouMean } from '../../profile/suggest.ts';
import type { RecordsShape } from './spec-shape.ts';
import type { RecordsOutput, RecordsSpec } from './spec-types.ts';

/** Names that must agree within a step, as far as no database is needed to tell. */
export function checkNames(spec: RecordsSpec, shape: RecordsShape, problems: ProblemList): void {
  checkSource(spec, problems);
  for (const output of spec.outputs) checkOutput(output, ['into', output.table], shape, problems);
}

function checkSource({ source }: RecordsSpec, problems: ProblemList): void {
  repeated(source.key, ['source', 'key'], problems);
  repeated(source.columns ?? [], ['source', 'columns'], problems);
  for (const [index, name] of source.key.entries()) {
    if (source.optional.includes(name)) {
      problems.add(
        ['source', 'optional'],
        `The key column \`${name}\` cannot be optional`,
        'Every record needs its key.',
      );
    } else if (source.columns && !source.columns.includes(name)) {
      problems.add(['source', 'key', index], `The key column \`${name}\` is not in \`columns\``, 'Add it to columns.');
    }
  }
}

function checkOutput(output: RecordsOutput, path: KeyPath, shape: RecordsShape, problems: ProblemList): void {
  const { fan } = output;
  const written = new Map<string, KeyPath>();
  const write = (column: string, at: KeyPath): void => {
    const before = written.get(column);
    if (before)
      problems.add(at, `The column \`${column}\` is given twice`, `The other is \`${problems.key(before)}\`.`);
    written.set(column, at);
  };
  output.copy.forEach((column, index) => {
    if (column !== '*') write(column, [...path, 'copy', index]);
  });
  for (const { column } of output.set) write(column, [...path, 'set', column]);
  if (fan.kind === 'unpivot') {
    write(fan.into.name, [...path, 'unpivot', 'into', 'name']);
    write(fan.into.value, [...path, 'unpivot', 'into', 'value']);
    if (fan.rows.length === 0)
      problems.add([...path, 'unpivot', 'rows'], '`rows` is empty', 'Name at least one value.');
  }
  const all = output.copy.includes('*');
  if (output.drop.length > 0 && !all) {
    problems.add([...path, 'drop'], '`drop` has an effect only beside `copy = ["*"]`', 'Leave the column out of copy.');
  }
  for (const [index, column] of output.surrogate.entries()) {
    if (written.has(column)) {
      const message = `The column \`${column}\` is a surrogate and is also written`;
      problems.add([...path, 'surrogate', index], message, 'A surrogate is numbered by the target.');
    }
  }
  for (const [index, column] of output.keyColumns.entries()) {
    if (!written.has(column) && !all) {
      const message = `The key column \`${column}\` gets no value`;
      problems.add([...path, 'key', index], message, didYouMean(column, written.keys()) ?? 'Add it to copy or set.');
    }
  }
  if (written.size === 0 && !all) problems.add(path, 'No column gets a value', 'Add copy or set.');
  copiedColumns(output, path, shape, problems);
}

/** A copied column that `columns` leaves out would never arrive. */
function copiedColumns(output: RecordsOutput, path: KeyPath, shape: RecordsShape, problems: ProblemList): void {
  const { columns, optional } = shape.source;
  if (!columns) return;
  for (const [index, column] of output.copy.entries()) {
    if (column === '*' || columns.includes(column) || optional.includes(column)) continue;
    const message = `The column \`${column}\` is not in \`source.columns\``;
    problems.add([...path, 'copy', index], message, didYouMean(column, columns));
  }
}

function repeated(names: readonly string[], path: KeyPath, problems: ProblemList): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) problems.add([...path, index], `\`${name}\` is named twice`, 'Remove one.');
  });
}
