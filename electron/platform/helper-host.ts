/**
 * Helper processes for work that cannot be interrupted in place: SQLite's `integrity_check`, the online backup, long scans.
 * On the desktop main starts them at the engine's request (run-as-node is fused off); elsewhere the engine forks them.
 */
export interface HelperHost {
  /**
   * Runs one task in a process of its own and ends that process afterwards. When the signal is aborted the process is
   * killed at once and the promise rejects with the signal's reason. `onProgress` gets what the task reports.
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
};
export type HelperTaskName = keyof HelperTasks;
