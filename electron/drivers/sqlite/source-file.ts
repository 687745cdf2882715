import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { FileStat } from '../../platform/file-system.ts';
import { closeFile } from '../../platform/open-databases.ts';
import { cell, openReadOnly, patiently } from './database.ts';
import { isBusy } from './errors.ts';

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

/** Fails with CONNECTION, in words for an operator, when the file cannot be a SQLite database. */
export function refuseUnfit(look: FileLook, path: string, connection: string, access: 'read' | 'write'): void {
  const words = unfitWords(look, access);
  if (!words) return;
  throw connectionError(connection, path, words.message, words.advice);
}

export function connectionError(connection: string, path: string, message: string, advice: string, cause?: unknown) {
  const finding = makeFinding({ severity: 'error', category: 'connection', message, path, suggestion: advice });
  return new OverlandError(
    'CONNECTION',
    `${connection} (${path}): ${message}`,
    { connection, findings: [finding] },
    { advice, cause },
  );
}

export function unfitWords(look: FileLook, access: 'read' | 'write'): { message: string; advice: string } | null {
  switch (look.kind) {
    case 'sqlite':
      return null;
    case 'missing':
      if (access === 'write') return null;
      return {
        message: 'There is no file at this path.',
        advice: 'Check the path, and that the disk or share is mounted.',
      };
    case 'empty':
      if (access === 'write') return null;
      return {
        message: 'The file is empty: 0 bytes.',
        advice:
          'Choose the file that holds the data. An application or a shell may have made this one by a wrong path.',
      };
    case 'folder':
      return { message: 'The path is a folder, not a file.', advice: 'Choose the database file inside it.' };
    case 'unreadable':
      return {
        message: 'The file cannot be read with the rights of this user.',
        advice: 'Ask its owner for the right to read it, or start Overland as a user that has it.',
      };
    case 'encrypted':
      return {
        message: 'The file is not readable as SQLite; its content looks encrypted.',
        advice: 'Export it with the tool that encrypts it (for SQLCipher: sqlcipher_export) and choose the plain file.',
      };
    case 'foreign':
      return {
        message: `The file is not a SQLite database${look.seems ? `; it looks like ${look.seems}` : ''}.`,
        advice: 'Choose a file of SQLite 3. Nothing was changed.',
      };
    case 'cut':
      return {
        message: 'The file is shorter than its own header says: a copy or download may have ended early.',
        advice: 'Copy the file again and compare the sizes.',
      };
  }
}

/**
 * A file that can be opened read-only without a trace: the file itself, or a copy in scratch where opening it would leave
 * `-shm` and `-wal` beside it or would have to roll back somebody's write.
 */
export async function readableFile(
  path: string,
  connection: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<{ readonly file: string; readonly by: 'file' | 'copy'; readonly look: FileLook; remove(): Promise<void> }> {
  const look = await lookAt(path, env);
  refuseUnfit(look, path, connection, 'read');
  if (!look.wal && !(look.hotJournal && (await needsRollback(path, env, signal)))) {
    return { file: path, by: 'file', look, remove: async () => undefined };
  }
  const folder = join(env.paths.scratch, `read-${env.random.id(10)}`);
  await env.fs.makeFolder(folder);
  try {
    const file = await copyQuiet(path, folder, connection, env, signal);
    // A reader may neither roll back nor checkpoint, so the copy is brought to rest first.
    await env.helpers.run('sqlite.settle', { file }, signal ? { signal } : {}).catch((error: unknown) => {
      if (signal?.aborted) throw error;
    });
    return { file, by: 'copy', look, remove: () => env.fs.remove(folder) };
  } catch (error) {
    await env.fs.remove(folder);
    throw error;
  }
}

/** A journal belongs to a writer at work, or to one that is gone; SQLite tells by the locks. */
async function needsRollback(path: string, env: Environment, signal?: AbortSignal): Promise<boolean> {
  try {
    await patiently(
      () => {
        const db = openReadOnly(path);
        try {
          cell(db, 'SELECT count(*) FROM sqlite_schema');
        } finally {
          db.close();
        }
      },
      env.clock,
      { forMs: 3000, signal },
    );
    return false;
  } catch (error) {
    if (signal?.aborted) throw error;
    return !isBusy(error);
  }
}

/** Main file, `-wal` and `-journal`: what a database consists of at rest. `-shm` is only an index of `-wal`. */
export const partSuffixes = ['', '-wal', '-journal'] as const;

const copyAttempts = 3;

/** Copies all parts; copies again when somebody wrote meanwhile, and gives up after a few times. */
async function copyQuiet(
  path: string,
  folder: string,
  connection: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string> {
  const to = join(folder, basename(path));
  const before = await partsOf(path, env);
  const needed = before.reduce((sum, part) => sum + part.bytes, 0);
  const free = await env.fs.freeBytes(folder);
  if (free !== null && free < needed) {
    throw new OverlandError('SPACE', `A private copy of ${path} does not fit into the scratch folder.`, {
      where: folder,
      neededBytes: needed,
      freeBytes: free,
      advice: 'Free space there, or move the data folder with OVERLAND_HOME.',
    });
  }
  let last = before;
  for (let attempt = 1; attempt <= copyAttempts; attempt += 1) {
    for (const suffix of partSuffixes) await env.fs.remove(to + suffix);
    for (const part of last) await env.fs.copy(path + part.suffix, to + part.suffix, signal ? { signal } : {});
    const after = await partsOf(path, env);
    if (JSON.stringify(after) === JSON.stringify(last)) return to;
    last = after;
    await env.clock.sleep(200 * attempt, signal);
  }
  throw connectionError(
    connection,
    path,
    'The file was being written all the time while a copy for reading was made.',
    'Stop the application that writes it, then try again. Nothing was changed.',
  );
}

export type Part = {
  readonly suffix: (typeof partSuffixes)[number];
  readonly bytes: number;
  readonly modifiedMs: number;
};

export async function partsOf(path: string, env: Environment): Promise<Part[]> {
  const parts: Part[] = [];
  for (const suffix of partSuffixes) {
    const stat = await env.fs.stat(path + suffix);
    if (stat) parts.push({ suffix, bytes: stat.bytes, modifiedMs: stat.modifiedMs });
  }
  return parts;
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

const otherFormats: readonly [string, string][] = [
  ['50 4b 03 04', 'a zip archive'],
  ['1f 8b', 'a gzip archive'],
  ['28 b5 2f fd', 'a zstd archive'],
  ['42 5a 68', 'a bzip2 archive'],
  ['fd 37 7a 58', 'an xz archive'],
  ['50 47 44 4d 50', 'a PostgreSQL dump'],
  ['2a 2a 20 54 68 69 73 20 66 69 6c 65 20 63 6f 6e 74 61 69 6e 73', 'a database of SQLite 2'],
  ['00 01 00 00 53 74 61 6e 64 61 72 64', 'an Access database'],
  ['25 50 44 46', 'a PDF'],
  ['37 7f 06 82', 'the -wal file of a SQLite database'],
  ['37 7f 06 83', 'the -wal file of a SQLite database'],
  ['d9 d5 05 f9', 'the -journal file of a SQLite database'],
];

function foreign(head: Buffer): { readonly kind: 'foreign' | 'encrypted'; readonly seems: string | null } {
  const known = otherFormats.find(([bytes]) =>
    head.subarray(0, 32).toString('hex').startsWith(bytes.replaceAll(' ', '')),
  );
  if (known) return { kind: 'foreign', seems: known[1] };
  const text = head.toString('latin1').replaceAll('\0', '');
  if (/^[\s\x20-\x7e\u0080-\u00ff]{40,}$/.test(text) && /^[\s\x20-\x7e]{20}/.test(text)) {
    const sql = /^\s*(--|BEGIN|PRAGMA|CREATE|INSERT)/i.test(text);
    return { kind: 'foreign', seems: sql ? 'a script of SQL text' : 'text' };
  }
  return entropy(head) > 7.2 && head.length >= 1024
    ? { kind: 'encrypted', seems: null }
    : { kind: 'foreign', seems: null };
}

/** Bits per byte; ciphertext is near 8, a few KiB of it above 7.8. */
function entropy(bytes: Buffer): number {
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / bytes.length) * Math.log2(count / bytes.length)),
    0,
  );
}
