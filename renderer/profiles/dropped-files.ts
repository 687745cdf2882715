import { Refusal } from '../rpc/errors.ts';

/** What a browser window may hand over at most: it passes through memory and one message. */
export const receiveLimitBytes = 32_000_000;
const receiveLimitFiles = 2000;

export type Received = { name: string; files: { path: string; base64: string }[] };

/**
 * Reads the dropped folder, or the single profile.toml, out of a drop. Call it within the event: the entries are gone afterwards.
 * Rejects with Refusal when it is no bundle or too large.
 */
export function readDroppedBundle(data: DataTransfer): Promise<Received> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return readEntries(entries);
}

async function readEntries(entries: readonly FileSystemEntry[]): Promise<Received> {
  const [root] = entries;
  if (!root || entries.length > 1) {
    throw new Refusal('One folder can be opened at a time', 'Drop a single bundle folder, or its profile.toml.');
  }
  const found: { path: string; file: File }[] = [];
  let bytes = 0;
  const walk = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      bytes += file.size;
      if (bytes > receiveLimitBytes || found.length >= receiveLimitFiles) throw tooLarge();
      found.push({ path, file });
      return;
    }
    for (const child of await readFolder(entry as FileSystemDirectoryEntry)) {
      await walk(child, path === '' ? child.name : `${path}/${child.name}`);
    }
  };
  await walk(root, root.isFile ? root.name : '');
  if (!found.some(({ path }) => path === 'profile.toml')) {
    throw new Refusal(`${root.name} holds no profile.toml`, 'A bundle is a folder with profile.toml at its top.');
  }
  const files = await Promise.all(found.map(async ({ path, file }) => ({ path, base64: await base64Of(file) })));
  return { name: root.isFile ? 'dropped' : root.name, files };
}

function tooLarge(): Refusal {
  return new Refusal(
    'The folder is too large to be handed over by a browser window',
    'It may hold 32 MB in 2,000 files. Choose the folder instead: then it is read where it lies.',
  );
}

/** A reader gives at most 100 entries a time, and none at the end. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 32_768) binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(binary);
}
