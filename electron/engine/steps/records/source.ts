import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { CanonicalType } from '#shared/model/value.ts';
import { DbFailure, type ReadSpec, type RelationalSession, type TableInfo } from '../../../drivers/relational.ts';
import { nearest } from '../../profile/suggest.ts';
import type { StepHead } from '../step-kind.ts';
import type { RecordsSpec } from './spec.ts';

export type SourceFacts = {
  readonly columns: readonly {
    readonly name: string;
    readonly type: CanonicalType;
    readonly declared: string | null;
  }[];
  readonly records: number | null;
  /** All tables of the source, for coverage. */
  readonly tables: readonly TableInfo[];
};

/** The columns that the source has, or why it cannot be read. */
export async function examineSource(
  spec: RecordsSpec,
  step: StepHead,
  source: RelationalSession,
): Promise<{ readonly facts: SourceFacts } | { readonly findings: readonly Finding[] }> {
  const { tables } = await source.catalog(null);
  const { from, key } = spec.source;
  if (from.kind === 'table') {
    const table = tables.find((one) => one.name === from.table);
    if (!table) return { findings: [tableMissing(spec, step, from.table, tables)] };
    const columns = table.columns.map(({ name, type, declaredType }) => ({ name, type, declared: declaredType }));
    return { facts: { columns, records: table.rows, tables } };
  }
  try {
    const read: ReadSpec = { from: { kind: 'query', sql: from.sql, name: step.id }, columns: null, key };
    const { columns, rows } = await source.describe(read);
    const declared = new Map(
      tables
        .flatMap((table) => (mentions(from.sql, table.name) ? table.columns : []))
        .map((column) => [column.name, column.declaredType]),
    );
    return {
      facts: {
        columns: columns.map((column) => ({ ...column, declared: declared.get(column.name) ?? null })),
        records: rows,
        tables,
      },
    };
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
    return { findings: [queryFails(spec, step, from.file, error, tables)] };
  }
}

/**
 * Source columns that the step reads, as `connection.table.column`. A query reads the columns that the mapping takes from its
 * result, and those that its text names.
 */
export function readsOf(spec: RecordsSpec, used: readonly string[], tables: readonly TableInfo[]): string[] {
  const { connection, from } = spec.source;
  if (from.kind === 'table') return used.map((column) => `${connection}.${from.table}.${column}`);
  return tables
    .filter((table) => mentions(from.sql, table.name))
    .flatMap((table) =>
      table.columns
        .filter((column) => used.includes(column.name) || mentions(withoutComments(from.sql), column.name))
        .map((column) => `${connection}.${table.name}.${column.name}`),
    );
}

function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}

function mentions(sql: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, 'i').test(sql);
}

function tableMissing(spec: RecordsSpec, step: StepHead, name: string, tables: readonly TableInfo[]): Finding {
  const names = tables.map((table) => table.name);
  const near = nearest(name, names);
  const there = names.length === 0 ? 'It holds no table.' : `It holds ${names.join(', ')}.`;
  return makeFinding({
    severity: 'critical',
    category: 'source_table_missing',
    step: step.id,
    path: `${spec.source.connection}.${name}`,
    message: `The source ${spec.source.connection} has no table ${name}. ${there}`,
    suggestion: near
      ? `Did you mean ${near}? Otherwise point the connection at another file.`
      : 'Point the connection at another file, or change the table in the profile.',
  });
}

function queryFails(
  spec: RecordsSpec,
  step: StepHead,
  file: string,
  failure: DbFailure,
  tables: readonly TableInfo[],
): Finding {
  const wanted = /no such (?:table|column): (?:\w+\.)?(\w+)/i.exec(failure.error.message)?.[1];
  const names = tables.flatMap((table) => [table.name, ...table.columns.map((column) => column.name)]);
  const near = wanted ? nearest(wanted, names) : null;
  return makeFinding({
    severity: 'critical',
    category: 'query_fails',
    step: step.id,
    path: failure.line === null ? file : `${file}:${failure.line}`,
    message: `The query of ${step.id} does not run on ${spec.source.connection}: ${failure.error.message}`,
    suggestion: near
      ? `Did you mean ${near}?`
      : `The source holds ${tables.map((table) => table.name).join(', ') || 'no table'}.`,
  });
}
