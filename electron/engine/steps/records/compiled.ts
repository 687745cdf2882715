import type { Row, Value } from '#shared/model/value.ts';
import type { OutputSpec, ReadSpec, RelationalSession } from '../../../drivers/relational.ts';
import { compileMapping } from '../../values/mapping.ts';
import { MappingDoesNotCompile } from '../../values/mapping-error.ts';
import type { CompiledMapping, MappingContext, MappingProblem } from '../../values/mapping-types.ts';
import type { ReadEnv } from '../step-kind.ts';
import type { PlannedOutput, RecordsPlan } from './plan-types.ts';
import type { RecordsSpec } from './spec.ts';
import { comparableColumns, storedRow } from './stored-form.ts';

/** An output table of a step, ready to be written and compared. */
export type Output = PlannedOutput & {
  /** Position in `CompiledMapping.outputs`. */
  readonly index: number;
  readonly spec: OutputSpec;
  readonly comparable: readonly string[];
  /** The row as the target gives it back; the same object each time. */
  readonly stored: (row: Row) => Row;
  /** Whether two values of a column that is not `comparable` are the same; `sameValue` unless given. */
  readonly sameStored?: (written: Value, stored: Value) => boolean;
};

export type Compiled = {
  readonly mapping: CompiledMapping;
  readonly outputs: readonly Output[];
  /** What is read, with the columns that this mapping takes: a changed rule may need another one. */
  readonly read: ReadSpec;
};

/** Compiles the mapping of a stored plan. It was compiled when it was planned; a problem now is `MappingDoesNotCompile`. */
export function compilePlan(plan: RecordsPlan, target: RelationalSession, env: ReadEnv): Compiled {
  const tables = new Map(plan.outputs.map((output) => [output.table, output]));
  const result = compile(plan.spec, plan.sourceColumns, (table) => tables.get(table)?.info.columns ?? null, env);
  if ('problems' in result) throw new MappingDoesNotCompile(`The mapping of ${plan.spec.key}`, result.problems);
  const { mapping } = result;
  const outputs = plan.outputs.map((planned): Output => {
    const index = mapping.outputs.findIndex((output) => output.table === planned.table);
    const output = mapping.outputs[index]!;
    const comparable = comparableColumns(planned.info, output.surrogate);
    return {
      ...planned,
      index,
      spec: {
        table: output.table,
        columns: output.columns,
        key: output.key,
        mode: plan.spec.target.mode,
        surrogate: output.surrogate,
      },
      comparable,
      stored: storedRow(target.endpoint.engine, planned.info, output.columns, comparable),
    };
  });
  return { mapping, outputs, read: { ...plan.source, columns: mapping.columns } };
}

export function compile(
  spec: RecordsSpec,
  sourceColumns: MappingContext['sourceColumns'],
  targetColumns: MappingContext['targetColumns'],
  env: Pick<ReadEnv, 'maps' | 'constants' | 'run'>,
): { readonly mapping: CompiledMapping } | { readonly problems: readonly MappingProblem[] } {
  return compileMapping(spec, { maps: env.maps, constants: env.constants, run: env.run, sourceColumns, targetColumns });
}
