import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { seededRandom } from '../seeded-random.ts';
import { type DirtPlace, dirtKinds, placeDirt, plantDirt } from './dirt.ts';
import { isoTime } from './iso-time.ts';
import { Ledger, type PlantedLedger } from './ledger.ts';
import { type LegacyBreakdown, makeFamily } from './legacy-records.ts';
import { breakdownColumns, legacySchema, subtaskColumns } from './legacy-schema.ts';
import { makeWords } from './words.ts';

export type GenerateOptions = {
  /** Breakdowns; each has 4 to 12 subtasks. */
  readonly tasks: number;
  readonly seed: number;
  readonly dirty: boolean;
  /** Column set of `subtasks`: releases before quality gates wrote the older one. */
  readonly columns: 'older' | 'newer';
  readonly signal?: AbortSignal;
  readonly onProgress?: (breakdowns: number) => void;
};

export type Generated = {
  readonly breakdowns: number;
  readonly subtasks: number;
  /** Rows of `lock_tracking`. */
  readonly locks: number;
  /** Empty of entries when the file is clean. */
  readonly ledger: PlantedLedger;
};

const locks = 7;

/**
 * Writes a legacy file of the task orchestrator. The same arguments give the same bytes with the same SQLite.
 * `file` must not exist. Memory does not grow with `tasks`; the event loop is let in every few milliseconds.
 */
export async function generateTaskOrchestrator(file: string, options: GenerateOptions): Promise<Generated> {
  const database = new Database(file);
  try {
    // Nothing of this file needs to survive a crash: who makes it begins anew.
    database.exec(
      'PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768;',
    );
    database.exec(legacySchema(options.columns, options.dirty));
    database.exec('BEGIN');
    const generated = await writeRows(database, options);
    database.exec('COMMIT');
    return generated;
  } finally {
    database.close();
  }
}

async function writeRows(database: Database.Database, options: GenerateOptions): Promise<Generated> {
  const columns = subtaskColumns(options.columns);
  const putBreakdown = insertInto(database, 'task_breakdowns', breakdownColumns);
  const putSubtask = insertInto(database, 'subtasks', columns);
  const random = seededRandom(options.seed);
  const words = makeWords(options.seed);
  const places = options.dirty ? placeDirt(options.tasks) : new Map<number, DirtPlace>();
  const ledger = new Ledger();
  let subtasks = 0;
  let nextTask = 1;
  let pausedAt = performance.now();

  for (let ordinal = 0; ordinal < options.tasks; ordinal += 1) {
    const family = makeFamily(ordinal, nextTask, random, words);
    nextTask += family.subtasks.length;
    const dirt = places.get(ordinal);
    if (dirt) plantDirt(dirt, family, ledger);
    putBreakdown.run(breakdownValues(family.breakdown));
    for (const subtask of family.subtasks) putSubtask.run(columns.map((column) => subtask[column]));
    subtasks += family.subtasks.length;
    if (performance.now() - pausedAt > 10) {
      options.onProgress?.(ordinal + 1);
      await nextTurn();
      options.signal?.throwIfAborted();
      pausedAt = performance.now();
    }
  }
  const putLock = insertInto(database, 'lock_tracking', ['resource_name', 'locked_at', 'locked_by']);
  for (let lock = 0; lock < locks; lock += 1) {
    putLock.run([`workspace/${lock + 1}`, isoTime(29_000_000 + lock, 0, 1), `agent-${random.below(90) + 10}`]);
  }
  return { breakdowns: options.tasks, subtasks, locks, ledger: ledger.close(dirtKinds) };
}

function breakdownValues(row: LegacyBreakdown): readonly (string | null)[] {
  return breakdownColumns.map((column) => row[column]);
}

function insertInto(database: Database.Database, table: string, columns: readonly string[]): Database.Statement {
  return database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
}
