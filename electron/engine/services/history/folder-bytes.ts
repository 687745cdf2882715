import { join } from 'node:path';
import type { FileSystem } from '../../../platform/file-system.ts';

/** Bytes of all files in a folder; links are not followed. What vanishes meanwhile counts as nothing. */
export async function folderBytes(fs: FileSystem, folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await fs.list(folder).catch(() => [])) {
    if (entry.kind === 'file') sum += entry.bytes;
    else if (entry.kind === 'folder') sum += await folderBytes(fs, join(folder, entry.name));
  }
  return sum;
}
