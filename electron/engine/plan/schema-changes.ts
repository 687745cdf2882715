import type { DryRunView } from '#shared/contract/dry-run.ts';
import { counted } from '#shared/model/figures.ts';
import type { Catalog, ColumnInfo, TableInfo } from '../../drivers/relational.ts';

type SchemaChange = DryRunView['schema'][number];

/**
 * What differs between two structures, tables first, each group by name; `before` and `after` are an object's statements,
 * empty when it is not there.
 */
export function schemaChanges(before: Catalog, after: Catalog): SchemaChange[] {
  return [...tableChanges(before, after), ...otherChanges(before, after)];
}

function tableChanges(before: Catalog, after: Catalog): SchemaChange[] {
  const old = new Map(before.tables.map((table) => [table.name, table]));
  const now = new Map(after.tables.map((table) => [table.name, table]));
  return names(old, now).flatMap((name): SchemaChange[] => {
    const was = old.get(name);
    const is = now.get(name);
    if (is && !was) return [{ object: name, change: 'new', summary: describeTable(is), before: '', after: is.sql }];
    if (was && !is) {
      return [{ object: name, change: 'dropped', summary: describeTable(was), before: was.sql, after: '' }];
    }
    if (!was || !is || was.sql === is.sql) return [];
    return [{ object: name, change: 'changed', summary: describeDifference(was, is), before: was.sql, after: is.sql }];
  });
}

function otherChanges(before: Catalog, after: Catalog): SchemaChange[] {
  const old = new Map(before.others.map((other) => [other.name, other]));
  const now = new Map(after.others.map((other) => [other.name, other]));
  return names(old, now).flatMap((name): SchemaChange[] => {
    const was = old.get(name);
    const is = now.get(name);
    if (was?.sql === is?.sql) return [];
    return [
      {
        object: name,
        change: was ? (is ? 'changed' : 'dropped') : 'new',
        summary: (is ?? was)!.kind,
        before: was?.sql ?? '',
        after: is?.sql ?? '',
      },
    ];
  });
}

function names(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
}

function describeTable(table: TableInfo): string {
  const parts = [counted(table.columns.length, 'column')];
  if (table.primaryKey.length > 0) parts.push(`key ${table.primaryKey.join(', ')}`);
  const indexes = table.sql.match(/^\s*CREATE\s+(?:UNIQUE\s+)?INDEX\b/gim)?.length ?? 0;
  if (indexes > 0) parts.push(counted(indexes, 'index', 'indexes'));
  if (table.foreignKeys.length > 0) parts.push(counted(table.foreignKeys.length, 'foreign key'));
  return parts.join(', ');
}

function describeDifference(was: TableInfo, is: TableInfo): string {
  const old = new Map(was.columns.map((column) => [column.name, column]));
  const now = new Map(is.columns.map((column) => [column.name, column]));
  const added = is.columns.filter((column) => !old.has(column.name)).map((column) => column.name);
  const removed = was.columns.filter((column) => !now.has(column.name)).map((column) => column.name);
  const changed = is.columns
    .filter((column) => old.has(column.name) && columnText(old.get(column.name)!) !== columnText(column))
    .map((column) => column.name);
  const parts: string[] = [];
  if (added.length > 0) parts.push(`adds ${added.join(', ')}`);
  if (removed.length > 0) parts.push(`drops ${removed.join(', ')}`);
  if (changed.length > 0) parts.push(`changes ${changed.join(', ')}`);
  return parts.length > 0 ? parts.join('; ') : 'indexes, constraints or triggers';
}

function columnText(column: ColumnInfo): string {
  return `${column.declaredType} ${column.nullable} ${column.defaultText ?? ''} ${column.generated}`;
}
