import type { FileHandle } from 'node:fs/promises';
import { stat } from 'node:fs/promises';

/**
 * POSIX drops every lock that a process holds on a file as soon as the process closes any descriptor of that file.
 * SQLite's locks would go that way whenever somebody here hashes or copies a database that is open in this process.
 * So descriptors of such files are closed only after the last connection to them is.
 */
type Guarded = { connections: number; readonly waiting: FileHandle[] };
const guarded = new Map<string, Guarded>();

/** Says that a database connection to this file is open; call the result when it is closed. */
export async function guardDatabaseFile(path: string): Promise<() => Promise<void>> {
  const key = await keyOf(path);
  if (!key) return async () => undefined;
  const entry = guarded.get(key) ?? { connections: 0, waiting: [] };
  guarded.set(key, entry);
  entry.connections += 1;
  let open = true;
  return async () => {
    if (!open) return;
    open = false;
    entry.connections -= 1;
    if (entry.connections > 0) return;
    guarded.delete(key);
    for (const handle of entry.waiting) await handle.close();
  };
}

/** Closes a descriptor, at once or when the last connection to its file is closed. */
export async function closeFile(handle: FileHandle): Promise<void> {
  if (guarded.size > 0) {
    const found = await handle.stat({ bigint: true });
    const entry = guarded.get(`${found.dev}:${found.ino}`);
    if (entry) {
      entry.waiting.push(handle);
      return;
    }
  }
  await handle.close();
}

async function keyOf(path: string): Promise<string | null> {
  try {
    const found = await stat(path, { bigint: true });
    return `${found.dev}:${found.ino}`;
  } catch {
    return null;
  }
}
