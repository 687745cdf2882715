import { dirname } from 'node:path';
import type { Environment } from '../platform/environment.ts';
import type { Access } from './endpoint.ts';
import type { RelationalSession } from './relational.ts';
import { sqliteDriver } from './sqlite/index.ts';

/**
 * The books of a target that is no SQL database: a SQLite file with the same tables of ours that a database target has, in a
 * folder of its own. Neither is made before the first write when `access` is `read`; both are gone when the last run has left.
 */
export async function openSidecar(
  file: string,
  name: string,
  access: Access,
  env: Environment,
  signal?: AbortSignal,
): Promise<RelationalSession> {
  const folder = dirname(file);
  const reads = access === 'read';
  if (!reads) await env.fs.makeFolder(folder, 0o700);
  const there = await env.fs.exists(file);
  const inner = await sqliteDriver.connect(
    { engine: 'sqlite', name, path: file },
    reads && there ? 'read' : 'write',
    env,
    signal,
  );
  let left = false;
  return {
    ...inner,
    control: {
      ...inner.control,
      async leave(runId) {
        await inner.control.leave(runId);
        left = (await inner.control.runs()).length === 0;
      },
    },
    async [Symbol.asyncDispose]() {
      await inner[Symbol.asyncDispose]();
      if (reads) return;
      if (left) for (const tail of ['', '-wal', '-shm', '-journal']) await env.fs.remove(file + tail);
      if ((await env.fs.list(folder)).length === 0) await env.fs.remove(folder);
    },
  };
}
