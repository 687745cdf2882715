import type { CopyResult, ResumableCopy } from './resumable-copy.ts';

/** File operations of the engine. Every write that must last goes through `writeDurable`, `rename` or `syncFolder`. */
export interface FileSystem {
  exists(path: string): Promise<boolean>;
  /** Null when there is nothing at the path. Follows no link. */
  stat(path: string): Promise<FileStat | null>;
  list(folder: string): Promise<readonly FileEntry[]>;
  readText(path: string): Promise<string>;
  read(path: string): Promise<Uint8Array>;
  /** Temporary file in the same folder, fsync, rename, fsync of the folder. `mode` as in chmod, 0o600 when not given. */
  writeDurable(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
  /**
   * The same for many files at once: all are written and fsynced under temporary names, then renamed one after the other,
   * then each folder is fsynced. A crash leaves every file either as it was or as it is to be. Mode and owner are those of
   * the file that is replaced; a new one gets `mode`, 0o600 when not given. Folders that are missing are made.
   */
  writeGroup(files: readonly GroupedFile[]): Promise<void>;
  /** Sets the time of the last change. */
  setModified(path: string, modifiedMs: number): Promise<void>;
  /** Appends without fsync. Creates the file with `mode`. */
  append(path: string, data: string, mode?: number): Promise<void>;
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Copies bytes and returns the sha256 of what was read; the copy is fsynced. `onBytes` is told the bytes so far. */
  copy(
    from: string,
    to: string,
    options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
  ): Promise<FileDigest>;
  /** See `copyResumable`. */
  copyResumable(copy: ResumableCopy): Promise<CopyResult>;
  /** Gives a file a further name, a clone of it another, or moves it; see `PlaceFile`. */
  place(file: PlaceFile): Promise<void>;
  /** A symbolic link with this text, durable. Fails where something has the name. */
  makeLink(path: string, text: string): Promise<void>;
  readLink(path: string): Promise<string>;
  /** Makes what is missing of a folder and of those above it; fsyncs them. */
  makeFolders(path: string): Promise<void>;
  /** Up to `bytes` from `at`, fewer at the end of the file. */
  readPart(path: string, at: number, bytes: number): Promise<Uint8Array>;
  /** The volume that a path lies on, or would. */
  volume(path: string): Promise<Volume>;
  /** sha256 of a file as it is on disk. */
  digest(
    path: string,
    options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
  ): Promise<FileDigest>;
  /** Atomic within a file system; the folder is fsynced. */
  rename(from: string, to: string): Promise<void>;
  /** Makes names in a folder last. */
  syncFolder(folder: string): Promise<void>;
  /** Permissions as in chmod; without effect on Windows. */
  setMode(path: string, mode: number): Promise<void>;
  /** Nothing happens when there is nothing. Folders with all they hold. */
  remove(path: string): Promise<void>;
  /** Null where the platform does not tell. */
  freeBytes(path: string): Promise<number | null>;
  /** The real path, links resolved. */
  realPath(path: string): Promise<string>;
}

/**
 * `clone` shares blocks with its source until one of them is written to. All three are durable when they return, and fail with
 * EXDEV from one volume to another. `replaces` false: fails with EEXIST where something has the name. A clone grows at
 * `temporary`, in the folder of `to`, keeps mode and time, and `check` is told of it before it gets its name.
 */
export type PlaceFile = {
  readonly how: 'move' | 'hardlink' | 'clone';
  readonly from: string;
  readonly to: string;
  readonly temporary: string;
  readonly replaces: boolean;
  readonly check?: (temporary: string) => Promise<boolean>;
};

/** `id` tells volumes apart; `clones` null: the kind of file system does not tell. */
export type Volume = { readonly id: string; readonly clones: boolean | null };

export type GroupedFile = {
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode?: number;
  /** Time of the last change that it gets; now when not given. */
  readonly modifiedMs?: number;
};

export type FileStat = {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
  readonly mode: number;
  readonly modifiedMs: number;
};
export type FileEntry = { readonly name: string; readonly kind: FileStat['kind']; readonly bytes: number };
export type FileDigest = { readonly bytes: number; readonly sha256: string };
