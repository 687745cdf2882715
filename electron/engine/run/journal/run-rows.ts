import type { JournalDatabase } from './database.ts';

type Cell = string | number | null;
type TableRow = Readonly<Record<string, Cell>>;

/** What the journal decided about a run, as rows of its tables. What the target proves is left out, and so is quarantine. */
export type RunRows = Readonly<Record<RunTable, readonly TableRow[]>>;

/** Parents before children. */
export const runTables = ['run', 'document', 'consent', 'phase', 'step', 'point', 'point_item', 'event'] as const;
type RunTable = (typeof runTables)[number];

export function rowsOfRun(db: JournalDatabase, runId: string): RunRows {
  const of = (table: RunTable): TableRow[] =>
    db.all<TableRow>(`SELECT * FROM ${table} WHERE ${whereRun(table)}${orderOf(table)}`, runId);
  const entries = runTables.map((table) => [table, of(table)] as const);
  return Object.fromEntries(entries) as Record<RunTable, TableRow[]>;
}

/** Stores rows as they were kept; columns that this journal has since got take their defaults. In the caller's transaction. */
export function storeRunRows(db: JournalDatabase, rows: RunRows): void {
  for (const table of runTables) {
    const known = new Set(db.all<{ name: string }>(`PRAGMA table_info(${table})`).map((column) => column.name));
    for (const row of rows[table]) {
      const columns = Object.keys(row).filter((name) => known.has(name));
      const places = columns.map(() => '?').join(', ');
      db.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, ...columns.map((name) => row[name]!));
    }
  }
}

function whereRun(table: RunTable): string {
  if (table === 'run') return 'id = ?';
  return table === 'point_item' ? 'point IN (SELECT id FROM point WHERE run = ?)' : 'run = ?';
}

function orderOf(table: RunTable): string {
  return table === 'event' || table === 'point_item' ? ' ORDER BY seq' : '';
}
