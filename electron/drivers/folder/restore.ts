import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import { unfinishedName } from '../../platform/resumable-copy.ts';
import type { ProtectedItem, RestoreRequest, RestoreResult } from '../protection.ts';
import { checkSaved } from '../shared/saved-copies.ts';
import { stateOf } from './fingerprint.ts';

const streamedBytes = 64 * 1024 * 1024;

/**
 * Brings files back that are not as they were saved. The steps were undone before; what still differs was written by others,
 * and stays unless `whenOthersWrote` says otherwise.
 */
export async function restoreFolder(request: RestoreRequest, env: Environment): Promise<RestoreResult> {
  const items = request.items.filter((item) => item.subject === request.endpoint.name);
  const findings: Finding[] = [];
  for (const item of items) {
    request.signal?.throwIfAborted();
    const now = await stateOf(item.originalPath, env, request.signal);
    if (now === savedState(item)) continue;
    if (request.whenOthersWrote !== 'replace') findings.push(writtenByOthers(item, now));
    else {
      await checkSaved(request, [item], env);
      await restoreItem(item, request.folder, env);
    }
  }
  const after: string[] = [];
  for (const item of items) after.push(await stateOf(item.originalPath, env, request.signal));
  const states = items.map(savedState);
  const object = `${items.length} ${items.length === 1 ? 'file' : 'files'}`;
  const proof = {
    object,
    before: digest(items, states),
    after: digest(items, after),
    how: 'names and contents, by sha256',
  };
  return { findings, proof: [proof] };
}

/** One saved file, with its mode and time; what was not there is removed. */
export async function restoreItem(item: ProtectedItem, folder: string, env: Environment): Promise<void> {
  if (item.file === null) {
    await env.fs.remove(item.originalPath);
    return;
  }
  if (item.bytes > streamedBytes) return restoreLarge(item, join(folder, item.file), env);
  const data = await env.fs.read(join(folder, item.file));
  if (createHash('sha256').update(data).digest('hex') !== item.sha256)
    throw new Error(`The saved copy ${item.file} is not what the backup wrote`);
  const { mode, modifiedMs } = item;
  await env.fs.writeGroup([
    {
      path: item.originalPath,
      data,
      ...(mode === null ? {} : { mode }),
      ...(modifiedMs === undefined ? {} : { modifiedMs }),
    },
  ]);
}

/** The same without the file in memory. */
async function restoreLarge(item: ProtectedItem, saved: string, env: Environment): Promise<void> {
  const temporary = unfinishedName(item.originalPath, 'restore');
  await env.fs.makeFolders(dirname(item.originalPath));
  if ((await env.fs.copy(saved, temporary, {})).sha256 !== item.sha256) {
    await env.fs.remove(temporary);
    throw new Error(`The saved copy ${item.file} is not what the backup wrote`);
  }
  if (item.mode !== null) await env.fs.setMode(temporary, item.mode);
  if (item.modifiedMs !== undefined) await env.fs.setModified(temporary, item.modifiedMs);
  await env.fs.rename(temporary, item.originalPath);
}

/** As `stateOf` gives it. */
export function savedState(item: ProtectedItem): string {
  return item.file === null ? 'absent' : `${item.sha256} ${item.bytes}`;
}

function digest(items: readonly ProtectedItem[], states: readonly string[]): string {
  const lines = items.map((item, at) => `${item.object}\0${states[at]}`);
  return `sha256 ${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32)}`;
}

function writtenByOthers(item: ProtectedItem, now: string): Finding {
  return makeFinding({
    severity: 'error',
    category: 'diverged',
    message: `The file ${item.object} is neither as the run left it nor as it was saved.`,
    path: item.originalPath,
    oldValue: savedState(item),
    newValue: now,
    suggestion: 'Look at what others wrote; roll back with --diverged export-and-remove to bring the saved file back.',
  });
}
