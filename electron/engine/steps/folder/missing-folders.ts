import type { FolderSession } from '../../../drivers/files.ts';

/** Folders above a path, outer ones first. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Folders that are yet to be made for these paths, outer ones first. */
export async function missingFolders(to: FolderSession, paths: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const folder of [...new Set(paths.flatMap(foldersOf))].sort())
    if ((await to.stat(folder)) === null) missing.push(folder);
  return missing;
}

/** Removes the folders that the run made, inner ones first, where they are empty. */
export async function removeMade(to: FolderSession, folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].reverse()) await to.removeEmpty(folder);
}
