import { createHash } from 'node:crypto';
import type { Environment } from '../../platform/environment.ts';
import type { FolderContent, FolderEntry } from '../files.ts';
import { failureWords, folderFailure, insideOf, ownFolder } from './paths.ts';

/** See `FolderSession.content`; `whole` is the absolute path. */
export async function contentOf(
  whole: string,
  path: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<FolderContent | null> {
  const stat = await env.fs.stat(whole);
  if (stat === null) return null;
  if (stat.kind !== 'file' && stat.kind !== 'link') return { ...stat, sha256: null, link: null };
  try {
    if (stat.kind === 'file')
      return { ...stat, sha256: (await env.fs.digest(whole, signal ? { signal } : {})).sha256, link: null };
    const link = await env.fs.readLink(whole);
    return { ...stat, sha256: createHash('sha256').update(link).digest('hex'), link };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw folderFailure(path, `${path} cannot be read: ${failureWords(error)}.`, error);
  }
}

/** See `FolderSession.walk`; paths are relative to `root`. */
export async function* entriesBelow(
  root: string,
  at: string,
  env: Environment,
  signal?: AbortSignal,
): AsyncGenerator<FolderEntry> {
  signal?.throwIfAborted();
  const whole = await insideOf(root, at === '' ? '.' : at, env);
  if ((await env.fs.stat(whole))?.kind !== 'folder' && at !== '') return;
  let entries: Awaited<ReturnType<typeof env.fs.list>>;
  try {
    entries = await env.fs.list(whole);
  } catch (error) {
    throw folderFailure(at, `The folder ${at === '' ? root : at} cannot be read: ${failureWords(error)}.`, error);
  }
  for (const { name, kind } of entries) {
    if (at === '' && name === ownFolder) continue;
    const path = at === '' ? name : `${at}/${name}`;
    if (kind === 'folder') yield* entriesBelow(root, path, env, signal);
    else yield { path, kind };
  }
}
