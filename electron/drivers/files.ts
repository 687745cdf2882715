import type { FileStat } from '../platform/file-system.ts';
import type { Session } from './driver.ts';
import type { FolderEndpoint } from './endpoint.ts';
import type { RelationalSession } from './relational.ts';

/** An open folder: sources and targets of `config` and `files` steps. Paths are relative to it, with forward slashes. */
export interface FolderSession extends Session {
  readonly holds: 'files';
  readonly endpoint: FolderEndpoint;
  /** The sidecar: chunks are claimed and committed there, see `sidecar.ts`. */
  readonly books: RelationalSession;
  /** What is at a path, links not followed; null when nothing is. In a scratch folder what lies under it shows through. */
  stat(path: string): Promise<FileStat | null>;
  /** Fails with a DbFailure `permanent` for what is no file, and where a link leads out of the folder. */
  read(path: string): Promise<Uint8Array>;
  /** Files below `root` whose path from there fits a pattern (`*`, `**`, `?`), sorted; ours and those in linked folders left out. */
  list(root: string, patterns: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  /** Durable and atomic, file by file; see `FileSystem.writeGroup`. Refuses links, and what leaves the folder by one. */
  write(files: readonly FolderFile[]): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes a folder that is empty; others stay. */
  removeEmpty(path: string): Promise<void>;
  /** The path as a person or another program finds it. */
  absolute(path: string): string;
}

export type FolderFile = {
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode?: number;
  readonly modifiedMs?: number;
};

export function holdsFiles(session: Session): session is FolderSession {
  return session.holds === 'files';
}
