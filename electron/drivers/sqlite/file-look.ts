import { open } from 'node:fs/promises';
import type { Environment } from '../../platform/environment.ts';
import type { FileStat } from '../../platform/file-system.ts';
import { closeFile } from '../../platform/open-databases.ts';
import { foreign } from './foreign-file.ts';

/** A file as it lies there, looked at without SQLite. */
export type FileLook = {
  readonly stat: FileStat | null;
  readonly kind: 'sqlite' | 'missing' | 'empty' | 'folder' | 'unreadable' | 'encrypted' | 'foreign' | 'cut';
  /** What a foreign file seems to be, in words. */
  readonly seems: string | null;
  readonly wal: boolean;
  /** Frames that are not in the main file yet, or a reader's leftovers. */
  readonly walBytes: number;
  /** A rollback journal of a writer that ended in the middle, or that is at work right now. */
  readonly hotJournal: boolean;
  readonly pageSize: number | null;
  readonly changeCounter: number | null;
};

const magic = 'SQLite format 3\0';
const journalMagic = 'd9d505f920a163d7';
const headerBytes = 4096;

export async function lookAt(path: string, env: Environment): Promise<FileLook> {
  const nothing = {
    seems: null,
    wal: false,
    walBytes: 0,
    hotJournal: false,
    pageSize: null,
    changeCounter: null,
  } satisfies Partial<FileLook>;
  let stat: FileStat | null;
  try {
    const real = (await env.fs.stat(path))?.kind === 'link' ? await env.fs.realPath(path) : path;
    stat = await env.fs.stat(real);
  } catch {
    return { ...nothing, stat: null, kind: 'unreadable' };
  }
  if (!stat) return { ...nothing, stat, kind: 'missing' };
  if (stat.kind !== 'file')
    return { ...nothing, stat, kind: stat.kind === 'folder' ? 'folder' : 'foreign', seems: 'a device' };
  if (stat.bytes === 0) return { ...nothing, stat, kind: 'empty' };
  let head: Buffer;
  try {
    head = await firstBytes(path);
  } catch {
    return { ...nothing, stat, kind: 'unreadable' };
  }
  if (head.toString('latin1', 0, 16) !== magic) return { ...nothing, stat, ...foreign(head) };
  const pageSize = head.readUInt16BE(16) === 1 ? 65536 : head.readUInt16BE(16);
  const wal = await env.fs.stat(`${path}-wal`);
  const found = {
    stat,
    seems: null,
    wal: head[18] === 2 || head[19] === 2 || wal !== null,
    walBytes: wal?.bytes ?? 0,
    hotJournal: await isHot(`${path}-journal`),
    pageSize,
    changeCounter: head.readUInt32BE(24),
  };
  const pages = head.readUInt32BE(28);
  const validSize = head.readUInt32BE(24) === head.readUInt32BE(92);
  // The size is asked last: a writer that was at work while the header was read has grown the file by now, or has a journal.
  const bytes = (await env.fs.stat(await env.fs.realPath(path)))?.bytes ?? 0;
  const cut = validSize && !found.wal && !found.hotJournal && pages * pageSize > bytes;
  return { ...found, kind: cut ? 'cut' : 'sqlite' };
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(headerBytes);
    const { bytesRead } = await handle.read(buffer, 0, headerBytes, 0);
    return buffer.subarray(0, Math.max(bytesRead, 100));
  } finally {
    await closeFile(handle);
  }
}

async function isHot(journal: string): Promise<boolean> {
  try {
    const handle = await open(journal, 'r');
    try {
      const buffer = Buffer.alloc(8);
      await handle.read(buffer, 0, 8, 0);
      // journal_mode PERSIST keeps the file with its header zeroed.
      return buffer.toString('hex') === journalMagic;
    } finally {
      await closeFile(handle);
    }
  } catch {
    return false;
  }
}
