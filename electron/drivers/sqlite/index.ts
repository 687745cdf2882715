import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { Endpoint, ProtectRequest, RelationalDriver } from '../relational.ts';
import { lookAt } from './file-look.ts';
import type { SqliteEndpoint } from './open.ts';
import { otherSessions } from './other-sessions.ts';
import { protectFile } from './protect.ts';
import { readableFile } from './readable-file.ts';
import { restoreFile } from './restore.ts';
import { splitScript } from './script.ts';
import { openSession } from './session.ts';
import { connectionError } from './unfit-file.ts';
import { missingWriteRight } from './write-right.ts';

/** SQLite 3 files. */
export const sqliteDriver: RelationalDriver = {
  engine: 'sqlite',
  holds: 'tables',
  connect: async (to, access, env, signal) => openSession(sqliteEndpoint(to), access, env, signal),
  protect: protectFile,
  protectedBytes: bytesOfFile,
  exists: holdsData,
  restore: restoreFile,
  makeScratch,
  others: otherSessions,
  split: splitScript,
};

/** A file may be yet to come, or be as a process left it that was killed in its first write. */
async function holdsData(endpoint: Endpoint, env: Environment): Promise<boolean> {
  const stat = await env.fs.stat(sqliteEndpoint(endpoint).path);
  return stat !== null && (stat.kind !== 'file' || stat.bytes > 0);
}

/** Bytes of the file, side files included. */
async function bytesOfFile({ endpoint }: Pick<ProtectRequest, 'endpoint'>, env: Environment): Promise<number> {
  const { path } = sqliteEndpoint(endpoint);
  const stats = await Promise.all(['', '-wal', '-journal'].map((tail) => env.fs.stat(`${path}${tail}`)));
  return stats.reduce((sum, stat) => sum + (stat?.bytes ?? 0), 0);
}

async function makeScratch(of: Endpoint, folder: string, env: Environment, signal?: AbortSignal): Promise<Endpoint> {
  const endpoint = sqliteEndpoint(of);
  await env.fs.makeFolder(folder);
  const path = join(folder, `${endpoint.name.replace(/[^A-Za-z0-9._-]/g, '_')}-scratch.db`);
  for (const suffix of ['', '-wal', '-shm', '-journal']) await env.fs.remove(path + suffix);
  const look = await lookAt(endpoint.path, env);
  // What stands for a target rehearses a write; better told now than when the real one begins.
  const missing = await missingWriteRight(endpoint.path, look.stat !== null, env);
  if (missing) throw connectionError(endpoint.name, endpoint.path, missing.message, missing.advice);
  if (look.kind !== 'missing' && look.kind !== 'empty') {
    const readable = await readableFile(endpoint.path, endpoint.name, env, signal);
    try {
      await env.helpers.run('sqlite.backup', { from: readable.file, to: path }, signal ? { signal } : {});
    } finally {
      await readable.remove();
    }
  }
  return { ...endpoint, path };
}

function sqliteEndpoint(endpoint: Endpoint): SqliteEndpoint {
  if (endpoint.engine !== 'sqlite') throw new Error(`Not a SQLite endpoint: ${endpoint.name}`);
  return endpoint;
}
