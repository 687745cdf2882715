import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

export type Asset = {
  readonly body: Uint8Array;
  readonly type: string;
  /** The name carries a hash of the content, so it may be kept for ever. */
  readonly immutable: boolean;
};

/**
 * A file of the built renderer by the path of its address (still percent-encoded, without query). Null for whatever is not
 * a file inside the folder: nothing is listed, nothing outside is reached, by `..`, by encoding, by backslash or by link.
 */
export async function readAsset(folder: string, encodedPath: string): Promise<Asset | null> {
  const parts = safeParts(encodedPath === '/' ? '/index.html' : encodedPath);
  if (!parts) return null;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...parts));
    if (!path.startsWith(root + sep) || !(await stat(path)).isFile()) return null;
    const type = types[extname(path).toLowerCase()];
    if (!type) return null;
    return { body: await readFile(path), type, immutable: parts[0] === 'assets' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP') return null;
    throw error;
  }
}

/** Names only: no empty part, no `.` or `..`, no separator or drive of any platform, no control character. */
function safeParts(encodedPath: string): readonly string[] | null {
  if (!encodedPath.startsWith('/')) return null;
  let path: string;
  try {
    path = decodeURIComponent(encodedPath.slice(1));
  } catch {
    return null;
  }
  const parts = path.split('/');
  const allowed = /^(?!\.)[\w.@+ -]+$/;
  return parts.every((part) => allowed.test(part)) ? parts : null;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};
