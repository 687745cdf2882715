import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failpoints } from './failpoints.ts';
import type { FileDigest } from './file-system.ts';
import { closeFile } from './open-databases.ts';
import { syncFolder } from './write-group.ts';

const blockBytes = 1 << 20;
const noFollow = constants.O_NOFOLLOW ?? 0;

export type ResumableCopy = {
  readonly from: string;
  readonly to: string;
  /** Tells the unfinished copies of one run from those of others. */
  readonly token: string;
  /** sha256 that the source must have; with another one the target never gets its name. */
  readonly expected?: string;
  /** sha256 of a file that may be replaced; it stays until the copy is whole. */
  readonly over?: string;
  readonly signal?: AbortSignal;
  /** Told the bytes so far; the copy waits for it, which is how a bandwidth is limited. */
  readonly onBytes?: (bytes: number) => void | Promise<void>;
};

/** `resumedBytes`: how much of an earlier attempt was found right and not written again. */
export type CopyResult =
  | ({ readonly kind: 'copied'; readonly resumedBytes: number } & FileDigest)
  | ({ readonly kind: 'same' } & FileDigest)
  | { readonly kind: 'changed'; readonly found: FileDigest }
  | { readonly kind: 'conflict'; readonly wanted: FileDigest; readonly found: FileDigest | null };

/** A buffer for reading a file of this size part by part: a small file takes a small one. */
export function bufferFor(size: number): Buffer {
  return Buffer.allocUnsafe(Math.min(blockBytes, Math.max(4096, size)));
}

/** The source did not hold still. */
export class ChangedWhileCopied extends Error {}

/** The name under which a copy grows. It begins with a dot and ends so that no reader of models takes it for one. */
export function unfinishedName(to: string, token: string): string {
  return join(dirname(to), `.${basename(to).slice(0, 60)}.${nameDigest(to, token)}.overland-part`);
}

/**
 * Copies a file with its permissions, times and holes. What an interrupted attempt left is read again and compared with the
 * source block by block, so that neither its length nor a mark is trusted. The target gets its name only when all of it is on
 * disk, and a file that already has the name is never replaced: with the same content it is `same`, else `conflict`.
 */
export async function copyResumable(copy: ResumableCopy, failpoints: Failpoints): Promise<CopyResult> {
  const unfinished = unfinishedName(copy.to, copy.token);
  const reader = await open(copy.from, constants.O_RDONLY | noFollow);
  try {
    if ((await lstatOrNull(copy.to)) && !(await mayReplace(copy)))
      return await meet(reader, copy, unfinished, failpoints);
    // An attempt that ended after it set the permissions may have left a file that not even its owner may write.
    if ((await lstatOrNull(unfinished))?.isFile()) await chmod(unfinished, 0o600);
    const flags = constants.O_RDWR | constants.O_CREAT | noFollow;
    const writer = await open(unfinished, flags, 0o600);
    try {
      const written = await fill(reader, writer, copy, failpoints);
      if (copy.expected !== undefined && written.sha256 !== copy.expected) {
        await removeUnfinished(unfinished, failpoints);
        return { kind: 'changed', found: { bytes: written.bytes, sha256: written.sha256 } };
      }
      failpoints.hit('file.fsync.before');
      await writer.sync();
      failpoints.hit('file.fsync.after');
      failpoints.hit('file.rename.before');
      if (copy.over !== undefined) await rename(unfinished, copy.to);
      else if (!(await giveName(unfinished, copy.to, failpoints)))
        return await meet(reader, copy, unfinished, failpoints);
      await syncFolder(dirname(copy.to));
      failpoints.hit('file.rename.after');
      return { kind: 'copied', ...written };
    } finally {
      await writer.close();
    }
  } finally {
    await closeFile(reader);
  }
}

async function fill(
  reader: FileHandle,
  writer: FileHandle,
  { signal, onBytes, from }: ResumableCopy,
  failpoints: Failpoints,
): Promise<FileDigest & { readonly resumedBytes: number }> {
  const before = await reader.stat();
  if (!before.isFile()) throw new Error(`${from} is not a file.`);
  const sparse = before.blocks * 512 < before.size;
  const old = (await writer.stat()).size;
  const hash = createHash('sha256');
  const source = bufferFor(before.size);
  const target = old === 0 ? source : bufferFor(before.size);
  let bytes = 0;
  let resumedBytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const part = source.subarray(0, (await reader.read(source, 0, source.length, bytes)).bytesRead);
    if (part.length === 0) break;
    hash.update(part);
    if (bytes + part.length <= old && (await holds(writer, target, part, bytes))) resumedBytes += part.length;
    else if (!(sparse && bytes >= old && isZero(part))) await writeFully(writer, part, bytes);
    bytes += part.length;
    failpoints.hit('file.copy.part');
    await onBytes?.(bytes);
  }
  const after = await reader.stat();
  if (bytes !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs)
    throw new ChangedWhileCopied(`${from} was changed while it was copied.`);
  await writer.truncate(bytes);
  // Only root may give a file away. Before the mode, since a change of owner takes the set-user bits away.
  if (process.getuid?.() === 0) await writer.chown(before.uid, before.gid);
  await writer.chmod(before.mode & 0o7777);
  await writer.utimes(before.atimeMs / 1000, before.mtimeMs / 1000);
  return { bytes, sha256: hash.digest('hex'), resumedBytes };
}

/** Something has the target's name. */
async function meet(
  reader: FileHandle,
  { to, signal, expected }: ResumableCopy,
  unfinished: string,
  failpoints: Failpoints,
): Promise<CopyResult> {
  const wanted = await digestOf(reader, signal);
  if (expected !== undefined && wanted.sha256 !== expected) return { kind: 'changed', found: wanted };
  const stat = await lstatOrNull(to);
  if (!stat?.isFile()) return { kind: 'conflict', wanted, found: null };
  const there = await open(to, constants.O_RDONLY | noFollow);
  let found: FileDigest;
  try {
    found = await digestOf(there, signal);
    if (found.sha256 !== wanted.sha256) return { kind: 'conflict', wanted, found };
    // A process that ended between the name and the fsync of its folder left this to do.
    await syncFolder(dirname(to));
  } finally {
    await closeFile(there);
  }
  if (await lstatOrNull(unfinished)) await removeUnfinished(unfinished, failpoints);
  return { kind: 'same', ...found };
}

/** Whether what has the name is the file that is to be replaced. */
async function mayReplace({ to, over, signal }: ResumableCopy): Promise<boolean> {
  if (over === undefined || !(await lstatOrNull(to))?.isFile()) return false;
  const there = await open(to, constants.O_RDONLY | noFollow);
  try {
    return (await digestOf(there, signal)).sha256 === over;
  } finally {
    await closeFile(there);
  }
}

/** False when the name is taken. A second link never replaces a file; where there are none, a rename after a look. */
async function giveName(unfinished: string, to: string, failpoints: Failpoints): Promise<boolean> {
  try {
    await link(unfinished, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    if (await lstatOrNull(to)) return false;
    await rename(unfinished, to);
    return true;
  }
  await removeUnfinished(unfinished, failpoints);
  return true;
}

async function removeUnfinished(unfinished: string, failpoints: Failpoints): Promise<void> {
  failpoints.hit('file.remove.before');
  await rm(unfinished, { force: true });
  failpoints.hit('file.remove.after');
}

async function digestOf(handle: FileHandle, signal: AbortSignal | undefined): Promise<FileDigest> {
  const hash = createHash('sha256');
  const buffer = bufferFor((await handle.stat()).size);
  let bytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

async function holds(writer: FileHandle, buffer: Buffer, part: Buffer, at: number): Promise<boolean> {
  const { bytesRead } = await writer.read(buffer, 0, part.length, at);
  return bytesRead === part.length && buffer.compare(part, 0, part.length, 0, part.length) === 0;
}

async function writeFully(writer: FileHandle, part: Buffer, at: number): Promise<void> {
  let written = 0;
  while (written < part.length)
    written += (await writer.write(part, written, part.length - written, at + written)).bytesWritten;
}

function isZero(part: Buffer): boolean {
  return part[0] === 0 && part.compare(part, 1, part.length, 0, part.length - 1) === 0;
}

function nameDigest(to: string, token: string): string {
  return createHash('sha256')
    .update(`${token}\0${basename(to)}`)
    .digest('hex')
    .slice(0, 16);
}

async function lstatOrNull(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
