import { dirname } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import { ChangedWhileCopied, unfinishedName } from '../../platform/resumable-copy.ts';
import type { FolderPlace, FolderPlaced } from '../files.ts';
import { failureWords, folderFailure } from './paths.ts';

/** See `FolderSession.place`; `to` is the absolute path of the target. */
export async function placeInFolder(file: FolderPlace, to: string, env: Environment): Promise<FolderPlaced> {
  try {
    await env.fs.makeFolders(dirname(to));
    return file.how === 'copy' ? await copy(file, to, env) : await giveName(file, file.how, to, env);
  } catch (error) {
    if (file.signal?.aborted) throw error;
    if (error instanceof ChangedWhileCopied) return { kind: 'changed' };
    const failure = error as NodeJS.ErrnoException & { readonly dest?: string };
    const ofSource = failure.dest === undefined && (failure.path === file.from || failure.syscall === 'read');
    if (ofSource) return { kind: 'unreadable', message: `It cannot be read: ${failureWords(error)}.` };
    throw folderFailure(file.path, `${file.path} cannot be written: ${wordsFor(file, failure)}.`, error);
  }
}

async function copy({ from, sha256, over, token, signal }: FolderPlace, to: string, env: Environment) {
  const result = await env.fs.copyResumable({
    from,
    to,
    token,
    expected: sha256,
    ...(over === null ? {} : { over }),
    ...(signal ? { signal } : {}),
  });
  switch (result.kind) {
    case 'copied':
    case 'same':
      return { kind: 'placed' } as const;
    case 'changed':
      return { kind: 'changed' } as const;
    case 'conflict':
      return { kind: 'taken' } as const;
  }
}

async function giveName(
  file: FolderPlace,
  how: 'move' | 'hardlink' | 'clone',
  to: string,
  env: Environment,
): Promise<FolderPlaced> {
  const { from, sha256, over, token, signal } = file;
  const hashOf = async (path: string) => (await env.fs.digest(path, signal ? { signal } : {})).sha256;
  // A clone is hashed itself.
  if (how !== 'clone' && (await hashOf(from)) !== sha256) return { kind: 'changed' };
  const there = await env.fs.stat(to);
  if (there !== null && (over === null || there.kind !== 'file' || (await hashOf(to)) !== over))
    return { kind: 'taken' };
  const temporary = unfinishedName(to, token);
  const check = async (path: string) => (await hashOf(path)) === sha256;
  try {
    await env.fs.place({ how, from, to, temporary, replaces: over !== null, check });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return { kind: 'taken' };
    if (code !== 'EXDEV' || how !== 'move') throw error;
    const copied = await copy(file, to, env);
    if (copied.kind !== 'placed') return copied;
    await env.fs.remove(from);
  }
  return { kind: 'placed' };
}

function wordsFor({ how }: FolderPlace, error: NodeJS.ErrnoException): string {
  if (how === 'clone' && ['ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOTTY', 'ENOSYS', 'EXDEV'].includes(error.code ?? ''))
    return 'the file system cannot clone this file; choose how = "copy"';
  if (error.code === 'EXDEV') return 'source and target are on different volumes; choose how = "copy"';
  return failureWords(error);
}
