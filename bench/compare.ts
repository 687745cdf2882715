import Database from 'better-sqlite3';
import { RowDigest } from '../electron/engine/values/digest.ts';
import type { Row } from '../shared/model/value.ts';

export type TableComparison = {
  readonly table: string;
  readonly left: string;
  readonly right: string;
  readonly equal: boolean;
};

/** Columns numbered by the target, in no comparison. */
const surrogates: Readonly<Record<string, string>> = {
  task_attributes: 'id',
  task_dependencies: 'id',
  task_events: 'id',
};

export const outputTables = [
  'generic_tasks',
  'task_attributes',
  'task_dependencies',
  'task_artifacts',
  'legacy_task_mapping',
] as const;

/** Counts and digests of every output table of two targets, all columns but surrogates. */
export function compareTargets(left: string, right: string): readonly TableComparison[] {
  const leftFile = new Database(left, { readonly: true });
  const rightFile = new Database(right, { readonly: true });
  try {
    return outputTables.map((table) => {
      const [a, b] = [digestOf(leftFile, table), digestOf(rightFile, table)];
      return { table, left: a, right: b, equal: a === b };
    });
  } finally {
    leftFile.close();
    rightFile.close();
  }
}

function digestOf(database: Database.Database, table: string): string {
  const columns = database.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[];
  const compared = columns.filter((column) => column !== surrogates[table]);
  const digest = new RowDigest();
  const rows = database
    .prepare(`SELECT ${compared.join(', ')} FROM ${table}`)
    .raw()
    .safeIntegers()
    .iterate();
  for (const row of rows) digest.add(row as Row);
  return digest.toText();
}
