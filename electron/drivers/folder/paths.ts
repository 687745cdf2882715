import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import { DbFailure } from '../db-failure.ts';

/** Folder of ours below a target: the books of runs, see `sidecar.ts`. */
export const ownFolder = '.overland';

export function folderFailure(path: string, message: string, cause?: unknown): DbFailure {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? null;
  const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'space' : 'permanent';
  return new DbFailure({ message, code, kind, statement: null, table: path, column: null }, { cause });
}

/** The absolute path of what is named relative to `root`. Fails for what would leave it, by `..` or by a link. */
export async function insideOf(root: string, path: string, env: Environment): Promise<string> {
  const whole = lexically(root, path);
  const real = await env.fs.realPath(root).catch(() => null);
  if (real === null) return whole;
  let at = dirname(whole);
  while (at !== dirname(at) && !(await env.fs.exists(at))) at = dirname(at);
  const parent = await env.fs.realPath(at).catch(() => at);
  // Folders above the root are met only where the root itself is yet to be made.
  if (whole !== root && !isWithin(real, parent) && isWithin(root, at))
    throw folderFailure(path, `The path ${path} leaves the folder by a link.`);
  return whole;
}

/** The same for a file that is read: the link itself may lead to another file of the folder. */
export async function targetOf(root: string, path: string, env: Environment): Promise<string> {
  const whole = await insideOf(root, path, env);
  const stat = await env.fs.stat(whole);
  if (stat?.kind !== 'link') return whole;
  const target = await env.fs.realPath(whole).catch(() => null);
  if (target === null) throw folderFailure(path, `The link ${path} leads to nothing.`);
  if (!isWithin(await env.fs.realPath(root), target)) throw folderFailure(path, `The link ${path} leaves the folder.`);
  return target;
}

function lexically(root: string, path: string): string {
  if (path.includes('\0')) throw folderFailure(path, 'A path cannot hold a NUL character.');
  const whole = resolve(root, path);
  if (!isWithin(root, whole)) throw folderFailure(path, `The path ${path} leaves the folder.`);
  if (relative(root, whole).split(sep)[0] === ownFolder)
    throw folderFailure(path, `The folder ${ownFolder} is Overland’s own.`);
  return whole;
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** `*` and `?` stay within a name, `**` takes any number of folders. Names that begin with a dot are named with it. */
export function globTest(pattern: string): (path: string) => boolean {
  const parts = pattern.split('/').map((part) => {
    if (part === '**') return null;
    const text = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]');
    return /^[*?]/.test(part) ? `(?!\\.)${text}` : text;
  });
  const whole = parts.reduce<string>((text, part, at) => {
    if (part === null) return `${text}${at === parts.length - 1 ? '.*' : '(?:(?!\\.)[^/]+/)*'}`;
    return `${text}${part}${at === parts.length - 1 ? '' : '/'}`;
  }, '');
  const test = new RegExp(`^${whole}$`, 's');
  return (path) => test.test(path);
}

/** Every file and link below, as paths from `root`; what is in linked folders is left out, and ours. */
export async function* filesBelow(
  root: string,
  env: Environment,
  signal?: AbortSignal,
  at = '',
): AsyncGenerator<string> {
  signal?.throwIfAborted();
  const stat = await env.fs.stat(join(root, at));
  if (stat?.kind !== 'folder') return;
  for (const { name, kind } of await env.fs.list(join(root, at))) {
    if (at === '' && name === ownFolder) continue;
    const path = at === '' ? name : `${at}/${name}`;
    if (kind === 'folder') yield* filesBelow(root, env, signal, path);
    else if (kind === 'file' || kind === 'link') yield path;
  }
}

/** Why the system refused, in words. */
export function failureWords(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'this user has no right to it';
    case 'EROFS':
      return 'the disk is mounted read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
