import type { Value } from '#shared/model/value.ts';
import { labelsOf } from '../../drivers/mysql/types.ts';
import type { ColumnDetails, ColumnInfo, Engine, TableDetails, TableInfo } from '../../drivers/relational.ts';
import { compileColumn } from './convert.ts';
import { Fault } from './fault.ts';
import { designTables } from './plan-types.ts';
import type { DesignRequest, PlannedColumn, PlannedTable, SchemaDesign, TypeRule } from './types.ts';

type ColumnGiven = Partial<Omit<ColumnInfo, 'details'>> & { readonly details?: Partial<ColumnDetails> };

/** A column as a catalog gives it; for tests. */
export function column(name: string, declaredType: string, given: ColumnGiven = {}): ColumnInfo {
  const labels = /^(?:enum|set)\((.*)\)$/is.exec(declaredType)?.[1];
  return {
    name,
    declaredType,
    // The declared type says what is meant, unless a test says otherwise.
    type: { t: 'opaque', engine: '', name: declaredType },
    nullable: true,
    defaultText: null,
    generated: false,
    ...given,
    details: {
      generatedAs: null,
      identity: null,
      onUpdate: null,
      collation: null,
      comment: null,
      labels: labels === undefined ? null : labelsOf(labels),
      ...given.details,
    },
  };
}

type TableGiven = Partial<Omit<TableInfo, 'details'>> & { readonly details?: Partial<TableDetails> };

export function table(name: string, columns: readonly ColumnInfo[], given: TableGiven = {}): TableInfo {
  return {
    name,
    columns,
    primaryKey: [],
    uniques: [],
    foreignKeys: [],
    rows: 0,
    sql: '',
    ...given,
    details: { checks: [], indexes: [], comment: null, bytes: null, notCarried: [], ...given.details },
  };
}

export function design(
  source: Engine,
  target: Engine,
  tables: readonly TableInfo[],
  more: Partial<DesignRequest> = {},
): SchemaDesign {
  return designTables({ source, target, tables, rules: [], renames: new Map(), taken: [], ...more });
}

export function designOne(
  source: Engine,
  target: Engine,
  one: TableInfo,
  more: Partial<DesignRequest> = {},
): PlannedTable {
  return design(source, target, [one], more).tables[0] as PlannedTable;
}

/** A column of one engine on its way to another, and what becomes of its values. */
export function way(source: Engine, declared: string, target: Engine, rule: TypeRule = {}, given: ColumnGiven = {}) {
  const rules = [{ key: 'steps.x.types."t.c"', pattern: 't.c', rule }];
  const planned = designOne(source, target, table('t', [column('c', declared, given)]), { rules });
  const carried = JSON.parse(JSON.stringify(planned.columns[0])) as PlannedColumn;
  const convert = compileColumn(carried);
  return {
    column: carried,
    type: carried.targetType,
    checks: planned.design.checks,
    /** No work per value. */
    passes: convert === null,
    /** The value in the target, or the code of the fault. */
    of: (value: Value): Value | { readonly fault: string } => {
      const result = convert ? convert(value) : value;
      return result instanceof Fault ? { fault: result.code } : result;
    },
  };
}
