import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '../../../platform/environment.ts';
import type { FileEntry } from '../../../platform/file-system.ts';
import { failed, invalidInput, messageOf, notFound } from '../failure.ts';

export type FolderList = {
  path: string;
  parent: string | null;
  entries: { name: string; kind: 'folder' | 'bundle' | 'file'; bytes: number | null }[];
};

/** The folder list for hosts without native dialogs: bundles and folders first, then files; hidden names are left out. */
export async function browseFolder(environment: Pick<Environment, 'fs'>, wanted: string | null): Promise<FolderList> {
  const { fs } = environment;
  if (wanted !== null && !isAbsolute(wanted)) {
    throw invalidInput('path', `${wanted} is not an absolute path.`, 'Give the whole path, from the root on.');
  }
  const path = resolve(wanted ?? homedir());
  if (!(await fs.exists(path))) throw notFound('folder', path);
  let listed: readonly FileEntry[];
  try {
    listed = await fs.list(path);
  } catch (error) {
    throw failed('unreadable', `The folder ${path} cannot be listed: ${messageOf(error)}`, { path }, error);
  }
  const visible = listed.filter((entry) => !entry.name.startsWith('.'));
  const entries = (await Promise.all(visible.map((entry) => shown(fs, path, entry)))).filter((one) => one !== null);
  const parent = dirname(path);
  return { path, parent: parent === path ? null : parent, entries: entries.toSorted(byKindThenName) };
}

type Entry = FolderList['entries'][number];

async function shown(fs: Environment['fs'], folder: string, entry: FileEntry): Promise<Entry | null> {
  const path = join(folder, entry.name);
  const kind = entry.kind === 'link' ? await kindBehind(fs, path) : entry.kind;
  if (kind === 'file') return { name: entry.name, kind, bytes: entry.bytes };
  if (kind !== 'folder') return null;
  // A folder that may not be entered is still shown; opening it then says why it cannot be listed.
  const isBundle = await fs.exists(join(path, 'profile.toml')).catch(() => false);
  return { name: entry.name, kind: isBundle ? 'bundle' : 'folder', bytes: null };
}

async function kindBehind(fs: Environment['fs'], link: string): Promise<FileEntry['kind'] | null> {
  try {
    return (await fs.stat(await fs.realPath(link)))?.kind ?? null;
  } catch {
    return null;
  }
}

const order: Readonly<Record<Entry['kind'], number>> = { bundle: 0, folder: 0, file: 1 };

function byKindThenName(a: Entry, b: Entry): number {
  return order[a.kind] - order[b.kind] || a.name.localeCompare(b.name, 'en', { numeric: true });
}
