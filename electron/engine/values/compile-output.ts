import type { RecordsOutput } from '../steps/records/spec-types.ts';
import { type ColumnBuilder, compileColumn, intoColumn } from './compile-column.ts';
import type { CompiledLookup } from './compile-lookup.ts';
import { compileRejects } from './compile-reject.ts';
import { type Emitter, eachItem, oneRow, unpivotRows } from './emitters.ts';
import type { Evaluate } from './frame.ts';
import type { Holds, MappingColumn, MappingOutput } from './mapping-types.ts';
import type { Names } from './names.ts';
import type { ProblemSink } from './problem-sink.ts';

/** Builds the rows of one output table. */
export type CompiledOutput = Emitter & { readonly facts: MappingOutput };

export type OutputContext = {
  readonly position: number;
  readonly lookups: readonly CompiledLookup[];
  readonly target: ReadonlyMap<string, MappingColumn> | null;
  readonly sourceColumns: readonly string[];
  readonly holds: Holds;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names for the columns: lookups of this output and its item included. */
  readonly names: Names;
  /** Names for the list of a fan-out, which is had before its lookups. */
  readonly listNames: Names;
  readonly problems: ProblemSink;
};

export function compileOutput(spec: RecordsOutput, context: OutputContext): CompiledOutput {
  const columns = [...copies(spec, context), ...sets(spec, context)];
  const rejects = compileRejects(spec.reject, context.names, context.problems);
  const shared = { columns, rejects, lookups: context.lookups, position: context.position };
  switch (spec.fan.kind) {
    case 'one':
      return { facts: factsOf(spec, columns), ...oneRow(shared) };
    case 'each':
      return { facts: factsOf(spec, columns), ...eachItem(spec.fan, shared, context) };
    case 'unpivot': {
      const { name, value } = spec.fan.into;
      const extra = [name, value].map((column) => ({ column, from: null }));
      return { facts: factsOf(spec, [...columns, ...extra]), ...unpivotRows(spec.fan, shared, context) };
    }
  }
}

function factsOf(spec: RecordsOutput, columns: readonly Pick<ColumnBuilder, 'column' | 'from'>[]): MappingOutput {
  return {
    table: spec.table,
    columns: columns.map(({ column }) => column),
    key: spec.keyColumns,
    surrogate: spec.surrogate,
    from: columns.map(({ from }) => from),
  };
}

function copies(spec: RecordsOutput, context: OutputContext): ColumnBuilder[] {
  const { names, target, problems, holds } = context;
  const key = `${spec.key}.copy`;
  return copied(spec, context).flatMap((column) => {
    problems.use(column, key);
    const index = names.columns.get(column);
    const to = target?.get(column) ?? null;
    // An older source has no such column: the target's default is better than a null that it refuses.
    if (index === null && to && !to.nullable) return [];
    const evaluate: Evaluate = typeof index === 'number' ? (frame) => frame.row[index] : () => null;
    return [
      { column, build: intoColumn(evaluate, column, key, to, holds), from: typeof index === 'number' ? column : null },
    ];
  });
}

function copied(spec: RecordsOutput, { sourceColumns, target }: OutputContext): string[] {
  if (!spec.copy.includes('*')) return [...spec.copy];
  const taken = new Set([...spec.drop, ...spec.surrogate, ...spec.set.map(({ column }) => column)]);
  if (spec.fan.kind === 'unpivot') taken.add(spec.fan.into.name).add(spec.fan.into.value);
  const both = sourceColumns.filter((column) => !taken.has(column) && (target?.has(column) ?? true));
  return [...new Set([...both, ...spec.copy.filter((column) => column !== '*')])];
}

function sets(spec: RecordsOutput, { target, holds, maps, names, problems }: OutputContext): ColumnBuilder[] {
  return spec.set.map((column) =>
    compileColumn(column, target?.get(column.column) ?? null, holds, maps, names, problems),
  );
}
