import type { ColumnInfo, TableInfo } from '../../drivers/relational.ts';
import { meaningOf } from './source-facts.ts';
import { ruleFor } from './type-rules.ts';
import type { DesignProblem, DesignRequest, PlannedColumn, PlannedTable } from './types.ts';

/** A table that the target has already: nothing is designed, and the values are fitted to its columns. */
export function planExisting(
  request: DesignRequest,
  table: TableInfo,
  existing: TableInfo,
): { readonly table: PlannedTable; readonly problems: readonly DesignProblem[] } {
  const problems: DesignProblem[] = [];
  const columns: PlannedColumn[] = [];
  const given = new Set<string>();
  for (const column of table.columns) {
    const found = sameName(existing, column.name, request);
    if (found?.generated) {
      given.add(found.name);
      continue;
    }
    if (found) {
      given.add(found.name);
      columns.push(planOne(request, table, column, found));
    } else {
      problems.push({
        table: table.name,
        column: column.name,
        code: 'column_missing',
        message: `The target's \`${existing.name}\` has no column \`${column.name}\``,
        advice: 'Add it to the target, or name the column in [not_carried].',
        rule: null,
      });
    }
  }
  for (const column of existing.columns) {
    const needed = !column.nullable && column.defaultText === null && !column.generated && !column.details?.identity;
    if (!needed || given.has(column.name)) continue;
    problems.push({
      table: table.name,
      column: column.name,
      code: 'column_required',
      message: `The column \`${column.name}\` of the target's \`${existing.name}\` needs a value, and the source has none`,
      advice: 'Give the column a default, or let a rule set it.',
      rule: null,
    });
  }
  return { table: { ...asItIs(existing), source: table.name, columns }, problems };
}

function sameName({ columns }: TableInfo, name: string, { target }: DesignRequest): ColumnInfo | undefined {
  const exact = columns.find((one) => one.name === name);
  if (exact || target === 'postgres') return exact;
  return columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function planOne(request: DesignRequest, table: TableInfo, column: ColumnInfo, found: ColumnInfo): PlannedColumn {
  const from = meaningOf(request.source, column);
  const to = meaningOf(request.target, found);
  const { rule, keys } = ruleFor(request.rules, {
    table: table.name,
    column: column.name,
    declaredType: column.declaredType,
  });
  const same = request.source === request.target && JSON.stringify(from) === JSON.stringify(to);
  const own = ['other', 'array', 'any'].includes(to.facts.family) && request.target === 'postgres';
  return {
    source: column.name,
    target: found.name,
    sourceType: column.declaredType,
    targetType: found.declaredType,
    fit: same ? 'exact' : keys.length > 0 || from.facts.family !== to.facts.family ? 'rule' : 'widened',
    rules: keys,
    words: '',
    comparable: same || !own,
    convert: {
      from: { engine: request.source, ...from },
      to: { engine: request.target, ...to },
      // The type is that of the table that is there.
      rule: { ...rule, to: undefined },
      nullable: found.nullable,
    },
  };
}

function asItIs(existing: TableInfo): PlannedTable {
  const identity = existing.columns.find((column) => (column.details?.identity ?? null) !== null)?.name ?? null;
  return {
    source: existing.name,
    target: existing.name,
    design: {
      name: existing.name,
      columns: existing.columns.map((column) => ({
        name: column.name,
        declaredType: column.declaredType,
        nullable: column.nullable,
        defaultText: column.defaultText,
        generatedAs: column.details?.generatedAs ?? null,
        identity: column.name === identity,
        onUpdate: column.details?.onUpdate ?? null,
        collation: column.details?.collation ?? null,
        comment: column.details?.comment ?? null,
      })),
      primaryKey: existing.primaryKey,
      checks: existing.details?.checks ?? [],
      foreignKeys: existing.foreignKeys,
      comment: existing.details?.comment ?? null,
    },
    columns: [],
    indexes: [],
    foreignKeys: [],
    identity,
    notCarried: [],
    notes: [],
  };
}
