import type { Environment } from '../../platform/environment.ts';
import { guardDatabaseFile } from '../../platform/open-databases.ts';
import type { Endpoint } from '../relational.ts';
import { type Connection, cell, patiently } from './database.ts';
import { dbFailure, isBusy } from './errors.ts';
import { connectionError } from './unfit-file.ts';

export type SqliteEndpoint = Extract<Endpoint, { engine: 'sqlite' }>;

/** How long another process may hold the file before that is said. */
export const openWaitMs = 3000;

export type Handle = { readonly db: Connection; readonly release: () => Promise<void> };

/** Opens and looks once, waiting for a writer that is just committing. */
export async function opened(
  open: () => Connection,
  file: string,
  endpoint: SqliteEndpoint,
  env: Environment,
  signal?: AbortSignal,
): Promise<Handle> {
  const tryOpen = (): Connection => {
    const db = open();
    try {
      // The first statement takes a lock and reads the schema: only now SQLite looks at the file.
      cell(db, 'SELECT count(*) FROM sqlite_schema');
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    const db = await patiently(tryOpen, env.clock, { forMs: openWaitMs, signal });
    return { db, release: await guardDatabaseFile(file) };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw openFailure(error, endpoint);
  }
}

function openFailure(error: unknown, endpoint: SqliteEndpoint): Error {
  const { name, path } = endpoint;
  if (isBusy(error)) {
    return connectionError(
      name,
      path,
      'Another process holds the file exclusively.',
      'Stop the application that uses it, or wait until its write is done. Nothing was changed.',
      error,
    );
  }
  const found = dbFailure(error).error;
  const words: Record<string, [string, string]> = {
    SQLITE_NOTADB: [
      'The file is not a SQLite database, or it is encrypted.',
      'Choose another file, or export it with the tool that encrypts it.',
    ],
    SQLITE_CORRUPT: [
      'The file is damaged: SQLite cannot read its structure.',
      'Restore it from a backup, or rescue it with the sqlite3 shell: .recover',
    ],
    SQLITE_CANTOPEN: [
      'The file cannot be opened with the rights of this user.',
      'Check the rights on the file and on its folder.',
    ],
    SQLITE_READONLY: [
      'The file cannot be written with the rights of this user.',
      'Ask its owner for the right to write.',
    ],
  };
  const [message, advice] = words[found.code?.replace(/^(SQLITE_[A-Z]+)_.*/, '$1') ?? ''] ?? [
    `SQLite cannot open the file: ${found.message}.`,
    'See the log for the details. Nothing was changed.',
  ];
  return connectionError(name, path, message, advice, error);
}

/** better-sqlite3 trims paths and takes some for addresses, so these would open another file. */
export function refuseOddPath(endpoint: SqliteEndpoint): void {
  if (endpoint.path !== endpoint.path.trim() || endpoint.path.startsWith('file:') || endpoint.path === ':memory:') {
    throw connectionError(
      endpoint.name,
      endpoint.path,
      'The path begins or ends with a blank, or is an address instead of a path.',
      'Give the plain path of the file.',
    );
  }
}
