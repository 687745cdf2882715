import { join } from 'node:path';
import type { Environment } from '../../../platform/environment.ts';
import { profileName } from '../../profile/load-profile.ts';
import { invalidInput } from '../failure.ts';

export type ReceivedFile = { readonly path: string; readonly base64: string };

/** A bundle is text that people write; what is larger is data and stays where it is. */
export const receiveLimits = { files: 2000, fileBytes: 8_000_000, totalBytes: 32_000_000, depth: 16 };

/**
 * Stores a bundle that was dropped into a browser window under `home/received/NAME` and returns the folder. An earlier one of
 * the same name is replaced as a whole. A path that would leave the folder, or is none, fails with INVALID_INPUT before
 * anything is written.
 */
export async function receiveBundle(
  environment: Pick<Environment, 'fs' | 'paths' | 'random'>,
  name: string,
  files: readonly ReceivedFile[],
): Promise<string> {
  const folderName = safeName(name);
  if (folderName === null) throw invalidInput('name', `${shown(name)} cannot be the name of a folder.`);
  const contents = contentsOf(files);
  if (!contents.has(profileName)) {
    throw invalidInput('files', `${folderName} has no ${profileName}.`, 'Drop the folder that holds profile.toml.');
  }
  const { fs, paths, random } = environment;
  const received = join(paths.home, 'received');
  const folder = join(received, folderName);
  const incoming = join(received, `.${folderName}-${random.id(8)}`);
  await fs.makeFolder(incoming);
  try {
    for (const [path, bytes] of contents) {
      const file = join(incoming, ...path.split('/'));
      await fs.makeFolder(join(file, '..'));
      await fs.writeDurable(file, bytes);
    }
    await fs.remove(folder);
    await fs.rename(incoming, folder);
  } catch (error) {
    await fs.remove(incoming).catch(() => undefined);
    throw error;
  }
  return folder;
}

/** Checks every path and size before the first write. */
function contentsOf(files: readonly ReceivedFile[]): Map<string, Uint8Array> {
  if (files.length > receiveLimits.files) {
    throw invalidInput('files', `${files.length} files are more than a bundle may hold (${receiveLimits.files}).`);
  }
  const contents = new Map<string, Uint8Array>();
  const folded = new Set<string>();
  let total = 0;
  for (const { path, base64 } of files) {
    const parts = safePath(path);
    if (parts === null) {
      throw invalidInput('files', `${shown(path)} is not a path inside a bundle.`, 'Drop the bundle folder itself.');
    }
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw invalidInput('files', `${shown(path)} did not arrive whole.`);
    const bytes = Buffer.from(base64, 'base64');
    total += bytes.length;
    if (bytes.length > receiveLimits.fileBytes || total > receiveLimits.totalBytes) {
      throw invalidInput(
        'files',
        `${shown(path)} makes the bundle larger than ${receiveLimits.totalBytes / 1e6} MB, or is larger than ${receiveLimits.fileBytes / 1e6} MB itself.`,
        'Keep data files out of the bundle and let a connection point to them.',
      );
    }
    const inside = parts.join('/');
    if (folded.has(inside.toLowerCase())) throw invalidInput('files', `${shown(path)} is there twice.`);
    folded.add(inside.toLowerCase());
    contents.set(inside, bytes);
  }
  return contents;
}

/** Parts of a relative path that stays inside its folder on every platform; null for any other. */
export function safePath(path: string): string[] | null {
  const parts = path.split('/');
  if (parts.length > receiveLimits.depth || parts.some((part) => safeName(part) === null)) return null;
  return parts;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they may stand in no name
const forbidden = /[\u0000-\u001f\u007f<>:"|?*\\/]/;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** A name that is a plain file or folder name on Linux, macOS and Windows. */
function safeName(name: string): string | null {
  if (name === '' || name.length > 120 || name === '.' || name === '..') return null;
  if (forbidden.test(name) || reserved.test(name) || /[. ]$/.test(name)) return null;
  return name;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
