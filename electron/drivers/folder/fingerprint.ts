import { createHash } from 'node:crypto';
import type { Environment } from '../../platform/environment.ts';
import type { Fingerprint } from '../catalog.ts';
import type { FolderEndpoint } from '../endpoint.ts';
import { filesBelow, insideOf } from './paths.ts';

/** Larger files are watched by size and time: the step that reads one holds it against its hash before it is used. */
const hashedBytes = 16 * 1024 * 1024;

/** Content of named files (a folder stands for all it holds); of large ones and of the whole tree names, sizes and times. */
export async function folderFingerprint(
  { path: root, under }: FolderEndpoint,
  objects: readonly string[] | null,
  _strength: Fingerprint['strength'],
  env: Environment,
  signal?: AbortSignal,
): Promise<Fingerprint> {
  const parts: { object: string; value: string }[] = [];
  if (objects === null) {
    for await (const path of filesBelow(under ?? root, env, signal)) {
      const stat = await env.fs.stat(await insideOf(under ?? root, path, env));
      if (stat) parts.push({ object: path, value: `${stat.kind} ${stat.bytes} ${stat.modifiedMs}` });
    }
  } else {
    for (const object of objects) parts.push(...(await partsOf(under ?? root, object, env, signal)));
  }
  const value = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return { strength: 'file', value, parts };
}

async function partsOf(root: string, object: string, env: Environment, signal?: AbortSignal) {
  const whole = await insideOf(root, object, env);
  const stat = await env.fs.stat(whole);
  if (stat?.kind !== 'folder') return [{ object, value: await watchedState(whole, env, signal) }];
  const parts = [{ object, value: 'folder' }];
  for await (const path of filesBelow(whole, env, signal)) {
    const file = `${object}/${path}`;
    parts.push({ object: file, value: await watchedState(await insideOf(root, file, env), env, signal) });
  }
  return parts;
}

async function watchedState(path: string, env: Environment, signal?: AbortSignal): Promise<string> {
  const stat = await env.fs.stat(path);
  if (stat?.kind === 'file' && stat.bytes > hashedBytes) return `${stat.bytes} ${stat.modifiedMs}`;
  return stateOf(path, env, signal);
}

/** `absent`, or the hash of a file; a link is told by where it leads. */
export async function stateOf(path: string, env: Environment, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const stat = await env.fs.stat(path);
  if (stat === null) return 'absent';
  if (stat.kind === 'link') return `link to ${await env.fs.realPath(path).catch(() => 'nothing')}`;
  if (stat.kind !== 'file') return stat.kind;
  const { bytes, sha256 } = await env.fs.digest(path, signal ? { signal } : {});
  return `${sha256} ${bytes}`;
}
