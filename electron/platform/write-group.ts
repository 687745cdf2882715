import { lstat, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failpoints } from './failpoints.ts';
import type { GroupedFile } from './file-system.ts';
import { inParallel } from './in-parallel.ts';

/** Files that are on their way to the disk at the same time. */
const atOnce = 8;
let groups = 0;

/** See `FileSystem.writeGroup`. */
export async function writeGroup(files: readonly GroupedFile[], failpoints: Failpoints): Promise<void> {
  groups += 1;
  const temporaries = files.map(({ path }, at) =>
    join(dirname(path), `.${basename(path).slice(0, 180)}.${process.pid}-g${groups}-${at}.tmp`),
  );
  const folders = [...new Set(files.map(({ path }) => dirname(path)))];
  try {
    for (const folder of folders) await mkdir(folder, { recursive: true });
    failpoints.hit('file.fsync.before');
    await inParallel(files, atOnce, (file, at) => writeTemporary(file, temporaries[at] ?? ''));
    failpoints.hit('file.fsync.after');
    for (const [at, { path }] of files.entries()) {
      failpoints.hit('file.rename.before');
      await rename(temporaries[at] ?? '', path);
      failpoints.hit('file.rename.after');
    }
    for (const folder of folders) await syncFolder(folder);
  } catch (error) {
    for (const temporary of temporaries) await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeTemporary({ path, data, mode, modifiedMs }: GroupedFile, temporary: string): Promise<void> {
  const old = await lstat(path).catch(() => null);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(data);
    await handle.chmod(mode ?? (old?.isFile() ? old.mode & 0o7777 : 0o600));
    // Only root may give a file away; others own what they replace, or may not keep its owner.
    if (old && process.getuid?.() === 0) await handle.chown(old.uid, old.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (modifiedMs !== undefined) await utimes(temporary, modifiedMs / 1000, modifiedMs / 1000);
}

/** Windows cannot open folders for this; there the rename itself is as durable as it gets. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
