import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { FolderEndpoint } from '../endpoint.ts';
import type { ProtectEvent, ProtectedItem, ProtectRequest } from '../protection.ts';
import { filesBelow, folderFailure, insideOf } from './paths.ts';
import { writeFolderGuide } from './restore-guide.ts';

type Saved = { readonly object: string; readonly path: string; readonly bytes: number };

/**
 * Saves files by their content: the name of a copy is its sha256, so that the same content is stored once. Every copy is read
 * back and hashed. What is not there is noted as absent, so that the way back removes it.
 */
export async function* protectFolder(
  request: ProtectRequest,
  endpoint: FolderEndpoint,
  env: Environment,
): AsyncGenerator<ProtectEvent> {
  const { name } = endpoint;
  await env.fs.makeFolder(join(request.folder, 'objects'), 0o700);
  const objects = await objectsOf(request, endpoint, env);
  const total = objects.reduce((sum, object) => sum + object.bytes, 0);
  const items: ProtectedItem[] = [];
  let bytes = 0;
  for (const [at, object] of objects.entries()) {
    request.signal?.throwIfAborted();
    const started = env.clock.monotonic();
    const item = await save(object, request, endpoint, env);
    items.push(item);
    bytes += object.bytes;
    if (at % 100 === 0) yield { kind: 'progress', subject: name, doing: 'saving', bytes, total };
    yield { kind: 'item', item, tookMs: env.clock.monotonic() - started };
  }
  await writeFolderGuide(request.folder, name, items, env);
}

/** Bytes that `protectFolder` will write at most. */
export async function bytesToProtect(
  request: Pick<ProtectRequest, 'objects' | 'signal'>,
  endpoint: FolderEndpoint,
  env: Environment,
): Promise<number> {
  return (await objectsOf(request, endpoint, env)).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function objectsOf(
  { objects, signal }: Pick<ProtectRequest, 'objects' | 'signal'>,
  { path: root }: FolderEndpoint,
  env: Environment,
): Promise<readonly Saved[]> {
  const found: Saved[] = [];
  const take = async (object: string) => {
    const path = await insideOf(root, object, env);
    const stat = await env.fs.stat(path);
    if (stat?.kind === 'folder')
      for await (const inner of filesBelow(path, env, signal))
        await take(object === '.' ? inner : `${object}/${inner}`);
    else found.push({ object, path, bytes: stat?.kind === 'file' ? stat.bytes : 0 });
  };
  for (const object of objects ?? ['.']) await take(object);
  return found;
}

async function save(
  { object, path }: Saved,
  request: ProtectRequest,
  { name }: FolderEndpoint,
  env: Environment,
): Promise<ProtectedItem> {
  const stat = await env.fs.stat(path);
  const item: ProtectedItem = {
    subject: name,
    object,
    how: 'absent',
    file: null,
    originalPath: path,
    bytes: 0,
    sha256: null,
    mode: null,
    verifiedBy: 'hash',
    fingerprint: null,
  };
  if (stat === null) return item;
  if (stat.kind !== 'file')
    throw folderFailure(object, `${object} is ${stat.kind === 'link' ? 'a link' : 'no file'}; only files are saved.`);
  const options = request.signal ? { signal: request.signal } : {};
  const temporary = join(request.folder, 'objects', 'new');
  const digest = await env.fs.copy(path, temporary, options);
  const file = join('objects', digest.sha256);
  await env.fs.setMode(temporary, 0o600);
  await env.fs.rename(temporary, join(request.folder, file));
  const again = await env.fs.digest(join(request.folder, file), options);
  if (again.sha256 !== digest.sha256)
    throw new Error(
      `The copy ${file} does not read back as it was written: the disk of the rollback point is not reliable`,
    );
  const { mode, modifiedMs } = stat;
  return { ...item, how: 'byte_copy', file, bytes: digest.bytes, sha256: digest.sha256, mode, modifiedMs };
}
