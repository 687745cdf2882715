import Database from 'better-sqlite3';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Failpoints } from '../../../platform/failpoints.ts';
import { journalFailure } from './failure.ts';
import { journalMigrations } from './schema.ts';

/** Pages kept in memory, in KiB. */
const pageCache = 4_000;

export type Params = readonly (string | number | bigint | null | Uint8Array)[];

/**
 * The journal's SQLite file: WAL, `synchronous = FULL`. A transaction that has returned survives a power cut.
 * Integers come out as JavaScript numbers: sequence numbers, counts and milliseconds only.
 */
export class JournalDatabase {
  readonly #file: string;
  readonly #db: Database.Database;
  readonly #failpoints: Failpoints;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(file: string, failpoints: Failpoints) {
    this.#failpoints = failpoints;
    this.#file = file;
    this.#db = this.#told(() => openFile(file));
    try {
      this.#told(() => migrate(this.#db, file));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  all<T>(sql: string, ...params: Params): T[] {
    return this.#told(() => this.#statement(sql).all(...params) as T[]);
  }

  get<T>(sql: string, ...params: Params): T | null {
    return this.#told(() => (this.#statement(sql).get(...params) as T | undefined) ?? null);
  }

  /** One statement in a transaction of its own. */
  write(sql: string, ...params: Params): number {
    return this.transaction(() => this.run(sql, ...params));
  }

  /** A statement inside the caller's transaction; returns the rows it changed. */
  run(sql: string, ...params: Params): number {
    return this.#told(() => this.#statement(sql).run(...params).changes);
  }

  /** Takes the write lock at the start, so that two engines never overtake each other between read and write. */
  transaction<T>(work: () => T): T {
    if (this.#db.inTransaction) return work();
    this.#told(() => this.#db.exec('BEGIN IMMEDIATE'));
    try {
      const result = work();
      this.#failpoints.hit('journal.commit.before');
      this.#told(() => this.#db.exec('COMMIT'));
      this.#failpoints.hit('journal.commit.after');
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #told<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw journalFailure(error, this.#file);
    }
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

function openFile(file: string): Database.Database {
  const db = new Database(file, { timeout: 10_000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma(`cache_size = -${pageCache}`);
  return db;
}

function migrate(db: Database.Database, file: string): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > journalMigrations.length) throw newerJournal(file, version);
  if (version === journalMigrations.length) return;
  db.exec('BEGIN EXCLUSIVE');
  try {
    // Another process may have migrated while this one waited for the lock.
    const now = db.pragma('user_version', { simple: true }) as number;
    for (const sql of journalMigrations.slice(now)) db.exec(sql);
    db.pragma(`user_version = ${journalMigrations.length}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function newerJournal(file: string, version: number): OverlandError {
  const message = `The journal ${file} has version ${version}; this Overland knows up to ${journalMigrations.length}.`;
  return new OverlandError('FAILED', message, {
    finding: makeFinding({
      severity: 'error',
      category: 'journal_version',
      message,
      path: file,
      suggestion: 'Use the newer Overland that wrote it, or another data folder (--home).',
    }),
  });
}
