import type { FileStat, Volume } from '../platform/file-system.ts';
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
  /** A link is removed, not what it leads to. */
  remove(path: string): Promise<void>;
  /** Removes a folder that is empty; others stay. */
  removeEmpty(path: string): Promise<void>;
  /**
   * Everything below `root` that is no folder, in the order of names; links are not followed, and ours left out. In a scratch
   * folder it is what lies under it.
   */
  walk(root: string, signal?: AbortSignal): AsyncIterable<FolderEntry>;
  /** A file by its bytes, a link by its text; null when nothing is there. Streams. */
  content(path: string, signal?: AbortSignal): Promise<FolderContent | null>;
  /** Up to `bytes` of a file from `at`, fewer at its end. */
  readPart(path: string, at: number, bytes: number): Promise<Uint8Array>;
  /** Absolute path of a file that is read; a link is followed and may not leave the folder. */
  locate(path: string): Promise<string>;
  /** Gives a file its name here when all of it is on disk and has the hash; folders that are missing are made. */
  place(file: FolderPlace): Promise<FolderPlaced>;
  /** A symbolic link with this text. Refuses to replace anything. */
  makeLink(path: string, text: string): Promise<void>;
  setTime(path: string, mode: number, modifiedMs: number): Promise<void>;
  /** Removes what an interrupted `place` left of a file. */
  removeUnfinished(path: string, token: string): Promise<void>;
  /** Makes a name last that an interrupted `place` may have given. */
  syncName(path: string): Promise<void>;
  /** Of a scratch folder: the one that it stands for. */
  volume(): Promise<Volume & { readonly freeBytes: number | null }>;
  /** The path as a person or another program finds it. */
  absolute(path: string): string;
}

export type FolderFile = {
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode?: number;
  readonly modifiedMs?: number;
};

export type FolderEntry = { readonly path: string; readonly kind: FileStat['kind'] };

/** `sha256` of the bytes, or of the text of a link; null for folders and the rest. */
export type FolderContent = FileStat & { readonly sha256: string | null; readonly link: string | null };

export const placeHows = ['copy', 'move', 'hardlink', 'clone'] as const;
export type PlaceHow = (typeof placeHows)[number];

export type FolderPlace = {
  /** Absolute, see `locate`. */
  readonly from: string;
  readonly path: string;
  readonly how: PlaceHow;
  readonly sha256: string;
  /** sha256 of the file that it replaces; null: the name must be free. */
  readonly over: string | null;
  /** Tells unfinished copies of one run from those of others. */
  readonly token: string;
  readonly signal?: AbortSignal;
};

/** `changed`: the source has another hash; `taken`: something else has the name. Nothing was placed then. */
export type FolderPlaced =
  | { readonly kind: 'placed' | 'changed' | 'taken' }
  | { readonly kind: 'unreadable'; readonly message: string };

export function holdsFiles(session: Session): session is FolderSession {
  return session.holds === 'files';
}
