import type { Value } from '#shared/model/value.ts';

/**
 * Helper processes for work that cannot be interrupted in place: SQLite's `integrity_check`, the online backup, long scans.
 * On the desktop main starts them at the engine's request (run-as-node is fused off); elsewhere the engine forks them.
 */
export interface HelperHost {
  /**
   * Runs one task in a process that nobody else uses meanwhile. When the signal is aborted the process is killed at once
   * and the promise rejects with the signal's reason. `onProgress` gets what the task reports.
   */
  run<K extends HelperTaskName>(
    task: K,
    input: HelperTasks[K]['input'],
    options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: HelperProgress) => void },
  ): Promise<HelperTasks[K]['output']>;
}

export type HelperProgress = {
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'pages' | 'rows';
};

/** Tasks that a helper knows. Inputs and outputs pass between processes, so they are plain data. */
export type HelperTasks = {
  /** `PRAGMA integrity_check` and `foreign_key_check`, opened read-only. */
  'sqlite.integrity': { input: { file: string }; output: { ok: boolean; messages: string[] } };
  /** Online backup API while others write. */
  'sqlite.backup': { input: { from: string; to: string }; output: { pages: number } };
  /** Content digest per table: rows and digest text. */
  'sqlite.digest': {
    input: { file: string; tables: string[] | null };
    output: { tables: { name: string; rows: number; digest: string }[] };
  };
  /** Structure and content fingerprint, sequences, user_version and application_id included. */
  'sqlite.fingerprint': {
    input: { file: string; tables: string[] | null };
    output: { value: string; parts: { object: string; value: string }[] };
  };
  /**
   * Holds a file exclusively until the process is killed, which is the only way to let go without a checkpoint.
   * Reports progress once when it is held; answers at once when it cannot be.
   */
  'sqlite.hold': { input: { file: string; waitMs: number }; output: { held: false; reason: string } };
  /** Lets SQLite tidy up a copy of ours: rolls a hot journal back, writes a -wal into the main file. */
  'sqlite.settle': { input: { file: string }; output: { pages: number } };
  /** Runs a query read-only; values as canonical values. */
  'sqlite.query': {
    input: { file: string; sql: string; limit: number };
    output: { columns: string[]; rows: Value[][]; more: boolean };
  };
  /** Writes the rows of a query, numbered from 1, into a spool file. */
  'sqlite.spool': {
    input: { file: string; sql: string; to: string; mark: string };
    output: { rows: number; columns: string[] };
  };
};
export type HelperTaskName = keyof HelperTasks;
