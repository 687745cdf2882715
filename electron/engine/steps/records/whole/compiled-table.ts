import type { Row } from '#shared/model/value.ts';
import { typeFacts } from '../../../../drivers/dialect.ts';
import type { RelationalSession } from '../../../../drivers/relational.ts';
import { compileRow, sameStored } from '../../../copy/convert.ts';
import type { PlannedColumn } from '../../../copy/types.ts';
import { compileMapping } from '../../../values/mapping.ts';
import { MappingDoesNotCompile } from '../../../values/mapping-error.ts';
import type { MappingProblem } from '../../../values/mapping-types.ts';
import type { ReadEnv, StepHead, WorkEnv } from '../../step-kind.ts';
import type { Compiled, Output } from '../compiled.ts';
import type { RecordsPlan } from '../plan-types.ts';
import type { ColumnSpec, RecordsSpec } from '../spec-types.ts';
import type { RecordsUnit } from '../unit-context.ts';
import type { WholePlan, WholeTable } from './plan-types.ts';
import type { TableRule, WholeSpec } from './spec-types.ts';
import { TableMapping, type TableRules } from './table-mapping.ts';

/** A table of the plan, ready to be read, written and compared. */
export type CompiledTable = Omit<Compiled, 'mapping'> & {
  readonly mapping: TableMapping;
  readonly table: WholeTable;
  /** Whether the run makes the table. */
  readonly made: boolean;
  /** The table as a step of its own, for what both forms share. */
  readonly plan: RecordsPlan;
};

/** Compiled when it was planned; a problem now is `MappingDoesNotCompile`. */
export function compileTable(plan: WholePlan, table: WholeTable, env: ReadEnv): CompiledTable {
  const result = tryCompileTable(plan.spec, table, env);
  if ('problems' in result)
    throw new MappingDoesNotCompile(`The set of rules of ${table.copy.source}`, result.problems);
  return result.compiled;
}

export function tryCompileTable(
  spec: WholeSpec,
  table: WholeTable,
  env: Pick<ReadEnv, 'maps' | 'constants' | 'run'>,
): { readonly compiled: CompiledTable } | { readonly problems: readonly MappingProblem[] } {
  const { copy } = table;
  const rule = spec.tables.find((one) => one.table === copy.source) ?? null;
  const step = stepOf(spec, table, rule);
  const rules = compileRules(step, table, rule, env);
  if (rules && 'problems' in rules) return rules;
  const columns = copy.columns.map((column) => afterSet(column, rule));
  const mapping = new TableMapping({
    table: copy.source,
    target: copy.target,
    columns,
    sourceKey: table.sourceKey,
    targetKey: table.targetKey,
    convert: compileRow(columns),
    rules,
    typesKey: `${spec.key}.types`,
  });
  const output = outputOf(spec, table);
  const plan: RecordsPlan = {
    spec: step,
    source: { from: { kind: 'table', table: copy.source }, columns: mapping.columns, key: table.sourceKey },
    sourceColumns: table.sourceColumns,
    outputs: [output],
    chunk: table.chunk,
    records: table.records,
  };
  return {
    compiled: { mapping, outputs: [output], read: plan.source, table, made: spec.target.mode === 'create', plan },
  };
}

/** What the parts of a `records` unit share, for one table. */
export function tableUnit(
  compiled: CompiledTable,
  step: StepHead,
  env: WorkEnv,
  ends: { readonly source: RelationalSession; readonly target: RelationalSession },
): Omit<RecordsUnit, 'samples'> {
  const { mapping, outputs, read, plan, table } = compiled;
  // A replay comes when the foreign keys are there.
  const purpose = compiled.made && env.mode !== 'replay' ? 'bulk' : 'rows';
  return { id: `${step.id}/${table.copy.source}`, mapping, outputs, read, plan, step, env, ...ends, purpose };
}

function outputOf(spec: WholeSpec, table: WholeTable): Output {
  const { copy, info, rowsBefore, digestBefore, keep, referredBy, targetKey } = table;
  const columns = copy.columns.map((column) => column.target);
  const comparable = copy.columns.filter((column) => column.comparable).map((column) => column.target);
  const key = targetKey.length > 0 ? targetKey : columns;
  const mode = spec.target.mode === 'create' ? 'insert' : spec.target.mode;
  return {
    table: copy.target,
    info,
    rowsBefore,
    digestBefore,
    keep,
    referredBy,
    index: 0,
    spec: { table: copy.target, columns, key, mode, surrogate: [] },
    comparable,
    sameStored,
    stored: comparable.length === columns.length ? asItIs : onlyColumns(columns, comparable),
  };
}

function asItIs(row: Row): Row {
  return row;
}

function onlyColumns(all: readonly string[], wanted: readonly string[]): (row: Row) => Row {
  const at = wanted.map((name) => all.indexOf(name));
  const result = new Array(at.length).fill(null);
  return (row) => {
    for (let index = 0; index < at.length; index += 1) result[index] = row[at[index] as number];
    return result;
  };
}

function stepOf(spec: WholeSpec, { copy, sourceKey, targetKey }: WholeTable, rule: TableRule | null): RecordsSpec {
  const set = rule?.set ?? [];
  const given = new Set(set.map((one) => one.column));
  return {
    key: rule?.key ?? spec.key,
    source: {
      connection: spec.source.connection,
      from: { kind: 'table', table: copy.source },
      key: sourceKey,
      columns: copy.columns.map((column) => column.source),
      optional: [],
    },
    target: {
      connection: spec.target.connection,
      mode: spec.target.mode === 'create' ? 'insert' : spec.target.mode,
    },
    undo: spec.undo === 'drop_created' ? 'delete_written' : spec.undo,
    parallel: spec.parallel,
    where: rule?.where ?? null,
    lookups: [],
    reject: [],
    outputs: [
      {
        key: rule?.key ?? spec.key,
        table: copy.target,
        keyColumns: targetKey,
        surrogate: [],
        copy: copy.columns.filter((column) => !given.has(column.source)).map((column) => column.source),
        drop: [],
        set,
        fan: { kind: 'one' },
        lookups: [],
        reject: [],
      },
    ],
  };
}

/** Null where a table has neither `where` nor `set`. */
function compileRules(
  step: RecordsSpec,
  table: WholeTable,
  rule: TableRule | null,
  env: Pick<ReadEnv, 'maps' | 'constants' | 'run'>,
): TableRules | { readonly problems: readonly MappingProblem[] } | null {
  if (rule === null || (rule.where === null && rule.set.length === 0)) return null;
  const { sourceColumns } = table;
  const { maps, constants, run } = env;
  const result = compileMapping(step, {
    maps,
    constants,
    run,
    sourceColumns,
    // The conversion that follows knows the column better.
    targetColumns: () => null,
    holds: { nul: true, nan: true, negativeZero: true },
  });
  if ('problems' in result) return result;
  const emitted = result.mapping.outputs[0]!.columns;
  return {
    mapping: result.mapping,
    order: table.copy.columns.map((column) => emitted.indexOf(column.source)),
  };
}

/** A value that a rule computes may be of another class than the column it was computed for. */
function afterSet(column: PlannedColumn, rule: TableRule | null): PlannedColumn {
  const set = rule?.set.find((one) => one.column === column.source);
  if (!set || keepsClass(set)) return column;
  const from = { engine: 'sqlite', facts: typeFacts('any'), labels: null } as const;
  return { ...column, convert: { ...column.convert, from } };
}

function keepsClass({ column, value, map, cast, default: instead }: ColumnSpec): boolean {
  return value.kind === 'expression' && value.text === `row.${column}` && !map && !cast && !instead;
}
