import { counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { OtherObject, RelationalSession, TableInfo } from '../../../../drivers/relational.ts';
import { nearest } from '../../../profile/suggest.ts';
import type { StepHead } from '../../step-kind.ts';
import { isPattern, matchesAny } from './pattern.ts';
import type { WholeSpec } from './spec-types.ts';

export type Chosen = {
  readonly tables: readonly TableInfo[];
  /** All tables of the source, for names that are near. */
  readonly all: readonly TableInfo[];
  readonly others: readonly OtherObject[];
  /** What keeps the step from being carried out. */
  readonly findings: readonly Finding[];
};

/** The tables that the step names, and every name of the profile that the source does not have. */
export async function chooseTables(spec: WholeSpec, step: StepHead, source: RelationalSession): Promise<Chosen> {
  const { tables: all, others } = await source.catalog(null);
  const { tables: wanted, except, connection } = spec.source;
  const tables = all.filter(({ name }) => matchesAny(name, wanted) && !matchesAny(name, except));
  const names = all.map((table) => table.name);
  const findings: Finding[] = schemaOf(spec.source, source, step, `${spec.key}.source.schema`);
  for (const name of wanted) {
    if (isPattern(name) || names.includes(name)) continue;
    findings.push(missing(step, `${connection}.${name}`, `${spec.key}.source.tables`, connection, name, names));
  }
  for (const rule of spec.tables) {
    const table = all.find((one) => one.name === rule.table);
    if (!table) {
      findings.push(missing(step, `${connection}.${rule.table}`, rule.key, connection, rule.table, names));
      continue;
    }
    const columns = table.columns.map((column) => column.name);
    const used = [
      ...rule.set.map(({ column, key }) => ({ column, key })),
      ...(rule.keyColumns ?? []).map((column) => ({ column, key: `${rule.key}.key` })),
    ];
    for (const { column, key } of used)
      if (!columns.includes(column)) findings.push(noColumn(step, connection, rule.table, column, key, columns));
  }
  if (tables.length === 0 && findings.length === 0) {
    const message = `The source ${connection} has no table that this step names.`;
    const suggestion = names.length === 0 ? 'It holds no table.' : `It holds ${names.join(', ')}.`;
    findings.push(critical(step, 'source_table_missing', connection, message, suggestion, `${spec.key}.source.tables`));
  }
  return { tables, all, others, findings };
}

/** A connection reads and writes one schema; a step cannot choose another one. */
export function schemaOf(
  end: { readonly connection: string; readonly schema: string | null },
  session: RelationalSession,
  step: StepHead,
  key: string,
): Finding[] {
  const { endpoint } = session;
  if (end.schema === null) return [];
  const is =
    endpoint.engine === 'sqlite'
      ? 'main'
      : endpoint.engine === 'postgres'
        ? (endpoint.fields.schema ?? 'public')
        : (endpoint.fields.database ?? '');
  if (is === end.schema) return [];
  const field = endpoint.engine === 'postgres' ? 'schema' : 'database';
  const suggestion =
    endpoint.engine === 'sqlite'
      ? 'A file has one schema; leave the key out.'
      : `Write ${field} = "${end.schema}" at connections.${end.connection}, or leave the key out.`;
  const message = `The connection ${end.connection} works in ${is}, and the step names ${end.schema}.`;
  return [critical(step, 'schema_differs', end.connection, message, suggestion, key)];
}

/** Names that are in the source and stay there: views, routines, triggers. Each with its text. */
export function leftBehind(chosen: Chosen, step: StepHead): Finding[] {
  const triggers = chosen.tables.flatMap((table) =>
    table.sql
      .split(/;\n(?=CREATE )/)
      .filter((text) => /^CREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\b/i.test(text))
      .map((sql) => ({ kind: 'trigger', name: triggerName(sql), sql })),
  );
  const known = new Set(triggers.map((trigger) => trigger.name));
  const others = chosen.others.filter((other) => other.kind !== 'trigger' || !known.has(other.name));
  return [...others, ...triggers].map((other) =>
    makeFinding({
      severity: 'warning',
      category: 'object_not_copied',
      step: step.id,
      path: other.name,
      message: `The ${other.kind.replaceAll('_', ' ')} ${other.name} is not copied.`,
      oldValue: other.sql,
      suggestion: 'Its text is in the report. Bring what the application needs over by a schema step.',
    }),
  );
}

function triggerName(sql: string): string {
  const found = /TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"((?:[^"]|"")+)"|`([^`]+)`|\[([^\]]+)\]|([^\s]+))/i.exec(sql);
  return (found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4] ?? 'without a name').replaceAll('""', '"');
}

function missing(
  step: StepHead,
  path: string,
  rule: string,
  connection: string,
  name: string,
  names: readonly string[],
): Finding {
  const near = nearest(name, names);
  const suggestion = near
    ? `Did you mean ${near}?`
    : `It holds ${counted(names.length, 'table')}: ${names.join(', ')}.`;
  const message = `The source ${connection} has no table ${name}.`;
  return critical(step, 'source_table_missing', path, message, suggestion, rule);
}

function noColumn(
  step: StepHead,
  connection: string,
  table: string,
  column: string,
  rule: string,
  columns: readonly string[],
): Finding {
  const near = nearest(column, columns);
  const message = `Table ${connection}.${table} has no column ${column}.`;
  const suggestion = near ? `Did you mean ${near}?` : `It has ${columns.join(', ')}.`;
  return critical(step, 'unknown_source_column', `${connection}.${table}.${column}`, message, suggestion, rule);
}

export function critical(
  step: StepHead,
  category: string,
  path: string,
  message: string,
  suggestion: string | null,
  rule: string | null,
): Finding {
  return makeFinding({ severity: 'critical', category, step: step.id, path, message, suggestion, rule });
}
