import { basename, join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Fingerprint } from '../relational.ts';
import { lookAt } from './file-look.ts';
import { partSuffixes } from './file-parts.ts';

/**
 * Looks into a saved or restored database without touching it: `integrity_check` and the exact fingerprint, both in a helper.
 * A file with a -wal or -journal is looked at in a copy, since opening it would write.
 */
export async function contentOf(file: string, env: Environment, signal?: AbortSignal): Promise<Fingerprint> {
  const look = await lookAt(file, env);
  if (look.kind === 'empty') return { strength: 'exact', value: 'empty', parts: [] };
  if (!look.wal && !look.hotJournal) return inspect(file, env, signal);
  const folder = join(env.paths.scratch, `proof-${env.random.id(10)}`);
  await env.fs.makeFolder(folder);
  try {
    const copy = join(folder, basename(file));
    for (const suffix of partSuffixes) {
      if (await env.fs.exists(file + suffix)) await env.fs.copy(file + suffix, copy + suffix, signal ? { signal } : {});
    }
    await env.helpers.run('sqlite.settle', { file: copy }, signal ? { signal } : {});
    return await inspect(copy, env, signal);
  } finally {
    await env.fs.remove(folder);
  }
}

async function inspect(file: string, env: Environment, signal?: AbortSignal): Promise<Fingerprint> {
  const options = signal ? { signal } : {};
  const integrity = await env.helpers.run('sqlite.integrity', { file }, options);
  if (!integrity.ok) {
    const message = `The database is damaged; integrity_check says: ${integrity.messages[0]}`;
    throw new OverlandError('FAILED', message, {
      finding: makeFinding({
        severity: 'critical',
        category: 'integrity',
        message,
        path: file,
        suggestion: 'Repair the file first (sqlite3 shell: .recover), or use a copy that passes integrity_check.',
        count: integrity.messages.length,
      }),
    });
  }
  const { value, parts } = await env.helpers.run('sqlite.fingerprint', { file, tables: null }, options);
  return { strength: 'exact', value, parts };
}
