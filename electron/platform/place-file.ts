import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, open, rename, rm, stat, statfs, symlink, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failpoints } from './failpoints.ts';
import type { PlaceFile, Volume } from './file-system.ts';
import { ChangedWhileCopied } from './resumable-copy.ts';
import { syncFolder } from './write-group.ts';

/** See `FileSystem.place`. */
export async function placeFile(file: PlaceFile, failpoints: Failpoints): Promise<void> {
  const { how, from, to, temporary, replaces } = file;
  if (!replaces && (await isThere(to)))
    throw Object.assign(new Error(`EEXIST: ${to} is there already`), { code: 'EEXIST', path: to });
  if (how === 'clone') await clone(file, failpoints);
  failpoints.hit('file.rename.before');
  if (how === 'hardlink' && !replaces) await link(from, to);
  else if (how === 'hardlink') await linkOver(file);
  else await rename(how === 'move' ? from : temporary, to);
  await syncFolder(dirname(to));
  if (how === 'move') await syncFolder(dirname(from));
  failpoints.hit('file.rename.after');
}

async function linkOver({ from, to, temporary }: PlaceFile): Promise<void> {
  await rm(temporary, { force: true });
  await link(from, temporary);
  await rename(temporary, to);
  // Where both are names of one file already, a rename does nothing.
  await rm(temporary, { force: true });
}

async function clone({ from, temporary, check }: PlaceFile, failpoints: Failpoints): Promise<void> {
  const found = await stat(from);
  await rm(temporary, { force: true });
  try {
    await copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    if (check && !(await check(temporary))) throw new ChangedWhileCopied(`${from} was changed while it was cloned.`);
    await chmod(temporary, 0o600);
    const handle = await open(temporary, 'r+');
    try {
      await handle.chmod(found.mode & 0o7777);
      failpoints.hit('file.fsync.before');
      await handle.sync();
      failpoints.hit('file.fsync.after');
    } finally {
      await handle.close();
    }
    await utimes(temporary, found.atimeMs / 1000, found.mtimeMs / 1000);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** See `FileSystem.makeLink`. */
export async function makeLink(path: string, text: string): Promise<void> {
  await symlink(text, path);
  await syncFolder(dirname(path));
}

/** See `FileSystem.makeFolders`. */
export async function makeFolders(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

/** Numbers of statfs: btrfs and bcachefs share blocks between files; ext4, tmpfs, FAT and exFAT do not. */
const clones: ReadonlySet<number> = new Set([0x9123683e, 0xca451a4e]);
const never: ReadonlySet<number> = new Set([0xef53, 0x01021994, 0x4d44, 0x2011bab0]);

/** See `FileSystem.volume`; `folder` is there. */
export async function volumeOf(folder: string): Promise<Volume> {
  const { dev } = await stat(folder);
  const { type } = await statfs(folder);
  return { id: String(dev), clones: clones.has(type) ? true : never.has(type) ? false : null };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
