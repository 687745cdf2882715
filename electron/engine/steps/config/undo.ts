import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { restoreItem } from '../../../drivers/folder/restore.ts';
import type { Environment } from '../../../platform/environment.ts';
import type { Chunk, SavedItems, UndoEnv, UndoResult } from '../step-kind.ts';
import { permanentError, undoFailure, withTransaction } from '../transaction.ts';
import { bytesAt, sha256 } from './convert-planned.ts';
import type { ConfigPlan, PlannedFile } from './plan-types.ts';
import type { ConfigSpec } from './spec-types.ts';

type Parts = {
  readonly files: readonly PlannedFile[];
  readonly spec: ConfigSpec;
  readonly to: FolderSession;
  readonly environment: Environment;
};

/** Brings the files of a group back by hash: ours are undone, what others wrote is told and needs a decision. */
export async function undoChunk(parts: Parts, chunk: Chunk, env: UndoEnv): Promise<UndoResult> {
  try {
    return await withTransaction(parts.to.books, async (transaction): Promise<UndoResult> => {
      const claimed = await transaction.claimUndo(chunk, env.fence);
      if (claimed === 'fenced') return { kind: 'fenced' };
      if (claimed !== 'claimed') return { kind: 'nothing' };
      const states = await Promise.all(parts.files.map((file) => stateOf(file, parts.to)));
      const diverged = parts.files
        .filter((_, at) => states[at] === 'diverged')
        .map((file) => divergedFinding(file, parts.to));
      if (diverged.length > 0 && env.diverged === 'stop') return { kind: 'diverged', findings: diverged };
      const saved = env.saved(parts.spec.target.connection);
      let undone = 0;
      for (const [at, file] of parts.files.entries()) {
        env.signal.throwIfAborted();
        if (states[at] === 'as before' || (states[at] === 'diverged' && env.diverged === 'keep')) continue;
        if (states[at] === 'diverged') await exportFile(file, parts.to, env);
        const missing = await bringBack(file, parts, saved);
        if (missing !== null) return { kind: 'failed', error: permanentError(missing, { table: file.target }) };
        undone += 1;
      }
      await transaction.commit(null, null);
      return { kind: 'undone', rows: undone, diverged };
    });
  } catch (error) {
    return undoFailure(error, env.signal);
  }
}

/** `ours`: as the run wrote it. A file that was set aside, or is as it was, has nothing to undo. */
async function stateOf(
  { target, sha, beforeSha }: PlannedFile,
  to: FolderSession,
): Promise<'ours' | 'as before' | 'diverged'> {
  if (sha === null || sha === beforeSha) return 'as before';
  const now = await bytesAt(to, target);
  const found = now && sha256(now);
  if (found === beforeSha) return 'as before';
  return found === sha ? 'ours' : 'diverged';
}

/** Null, or why it cannot be had. */
async function bringBack(
  { target, beforeSha }: PlannedFile,
  { to, environment }: Parts,
  saved: SavedItems | null,
): Promise<string | null> {
  if (beforeSha === null) {
    await to.remove(target);
    return null;
  }
  const item = saved?.items.find((one) => one.object === target);
  if (!saved || !item || item.sha256 !== beforeSha) return `The rollback point does not hold ${target} as it was.`;
  await restoreItem({ ...item, originalPath: to.absolute(target) }, saved.folder, environment);
  return null;
}

async function exportFile({ target }: PlannedFile, to: FolderSession, env: UndoEnv): Promise<void> {
  const now = await bytesAt(to, target);
  if (now) await env.export({ output: target, key: target, row: Buffer.from(now).toString('base64') });
}

function divergedFinding({ target, sha }: PlannedFile, to: FolderSession): Finding {
  return makeFinding({
    severity: 'error',
    category: 'diverged',
    message: `The file ${target} is not as the run wrote it: somebody changed it since.`,
    path: to.absolute(target),
    oldValue: sha,
    suggestion: 'Look at it; then roll back keeping it, or with its export and removal.',
  });
}

/** Removes the folders that the run made, where they are empty. */
export async function finishUndo(plan: ConfigPlan, to: FolderSession): Promise<readonly Finding[]> {
  for (const folder of [...plan.folders].reverse()) await to.removeEmpty(folder);
  return [];
}
