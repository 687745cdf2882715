import { createHash } from 'node:crypto';
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  statfs,
  utimes,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failpoints } from './failpoints.ts';
import type { FileDigest, FileEntry, FileStat, FileSystem } from './file-system.ts';
import { closeFile } from './open-databases.ts';
import { makeFolders, makeLink, placeFile, volumeOf } from './place-file.ts';
import { bufferFor, copyResumable } from './resumable-copy.ts';
import { syncFolder, writeGroup } from './write-group.ts';

let temporaries = 0;

/** The real file system. Every fsync, rename and removal stands between its failpoints. */
export function nodeFileSystem(failpoints: Failpoints): FileSystem {
  return {
    async exists(path) {
      return (await statOrNull(path)) !== null;
    },
    stat: statOrNull,
    async list(folder) {
      const entries = await readdir(folder, { withFileTypes: true });
      const found: FileEntry[] = [];
      for (const entry of entries) {
        const stat = await statOrNull(join(folder, entry.name));
        if (stat) found.push({ name: entry.name, kind: stat.kind, bytes: stat.bytes });
      }
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async readText(path) {
      return (await readAll(path)).toString('utf8');
    },
    async read(path) {
      return readAll(path);
    },
    async writeDurable(path, data, mode = 0o600) {
      temporaries += 1;
      const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${temporaries}.tmp`);
      try {
        const handle = await open(temporary, 'wx', mode);
        try {
          await handle.writeFile(data);
          await handle.chmod(mode);
          failpoints.hit('file.fsync.before');
          await handle.sync();
          failpoints.hit('file.fsync.after');
        } finally {
          await handle.close();
        }
        failpoints.hit('file.rename.before');
        await rename(temporary, path);
        await syncFolder(dirname(path));
        failpoints.hit('file.rename.after');
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    writeGroup: (files) => writeGroup(files, failpoints),
    setModified: (path, modifiedMs) => utimes(path, modifiedMs / 1000, modifiedMs / 1000),
    async append(path, data, mode = 0o600) {
      const handle = await open(path, 'a', mode);
      try {
        await handle.writeFile(data);
      } finally {
        await handle.close();
      }
    },
    async makeFolder(path, mode = 0o700) {
      await mkdir(path, { recursive: true, mode });
    },
    async copy(from, to, options) {
      const reader = await open(from, 'r');
      try {
        const mode = (await reader.stat()).mode & 0o777;
        const writer = await open(to, 'w', mode);
        try {
          const digest = await stream(reader, writer, options);
          await writer.chmod(mode);
          failpoints.hit('file.fsync.before');
          await writer.sync();
          failpoints.hit('file.fsync.after');
          return digest;
        } finally {
          await closeFile(writer);
        }
      } finally {
        await closeFile(reader);
      }
    },
    copyResumable: (copy) => copyResumable(copy, failpoints),
    place: (file) => placeFile(file, failpoints),
    makeLink,
    readLink: (path) => readlink(path),
    makeFolders,
    async readPart(path, at, bytes) {
      const reader = await open(path, 'r');
      try {
        const buffer = Buffer.alloc(bytes);
        let read = 0;
        for (;;) {
          const { bytesRead } = await reader.read(buffer, read, bytes - read, at + read);
          read += bytesRead;
          if (bytesRead === 0 || read === bytes) return buffer.subarray(0, read);
        }
      } finally {
        await closeFile(reader);
      }
    },
    volume: async (path) => volumeOf(await nearestFolder(path)),
    async digest(path, options) {
      const reader = await open(path, 'r');
      try {
        return await stream(reader, null, options);
      } finally {
        await closeFile(reader);
      }
    },
    async rename(from, to) {
      failpoints.hit('file.rename.before');
      await rename(from, to);
      await syncFolder(dirname(to));
      failpoints.hit('file.rename.after');
    },
    syncFolder,
    setMode: (path, mode) => chmod(path, mode),
    async remove(path) {
      if (!(await statOrNull(path))) return;
      failpoints.hit('file.remove.before');
      await rm(path, { recursive: true, force: true });
      await syncFolder(dirname(path));
      failpoints.hit('file.remove.after');
    },
    async freeBytes(path) {
      try {
        const found = await statfs(await nearestFolder(path));
        return found.bavail * found.bsize;
      } catch {
        return null;
      }
    },
    realPath: (path) => realpath(path),
  };
}

async function stream(
  reader: FileHandle,
  writer: FileHandle | null,
  options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
): Promise<FileDigest> {
  const hash = createHash('sha256');
  const buffer = bufferFor((await reader.stat()).size);
  let bytes = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const { bytesRead } = await reader.read(buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) break;
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    if (writer) await writeFully(writer, part);
    bytes += bytesRead;
    options.onBytes?.(bytes);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A nearly full disk takes a part of the bytes; the next write then says ENOSPC. */
async function writeFully(writer: FileHandle, part: Buffer): Promise<void> {
  let written = 0;
  while (written < part.length) written += (await writer.write(part, written)).bytesWritten;
}

async function readAll(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    return await handle.readFile();
  } finally {
    await closeFile(handle);
  }
}

async function statOrNull(path: string): Promise<FileStat | null> {
  try {
    const found = await lstat(path);
    const kind = found.isFile()
      ? 'file'
      : found.isDirectory()
        ? 'folder'
        : found.isSymbolicLink()
          ? 'link'
          : ('other' as const);
    return { kind, bytes: found.size, mode: found.mode & 0o7777, modifiedMs: found.mtimeMs };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

async function nearestFolder(path: string): Promise<string> {
  let at = path;
  while (dirname(at) !== at && (await statOrNull(at)) === null) at = dirname(at);
  return at;
}
