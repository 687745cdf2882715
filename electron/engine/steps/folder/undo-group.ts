import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { restoreItem } from '../../../drivers/folder/restore.ts';
import type { Environment } from '../../../platform/environment.ts';
import { inParallel } from '../../../platform/in-parallel.ts';
import type { Chunk, SavedItems, UndoEnv, UndoResult } from '../step-kind.ts';
import { permanentError, undoFailure, withTransaction } from '../transaction.ts';

/** `ours`: as the run left it. A file that was set aside, or is as it was, has nothing to undo. */
export type UndoState = 'ours' | 'as before' | 'diverged';

type Undoable = { readonly target: string; readonly sha: string | null };

/** How a kind of step takes back its files; what gives words gives null where all is well. */
export type GroupUndo<F extends Undoable> = {
  readonly to: FolderSession;
  readonly connection: string;
  /** What the run did to a file, for the sentence about one that somebody changed: `wrote`. */
  readonly did: string;
  stateOf(file: F): Promise<UndoState>;
  /** Keeps what others wrote before it goes. */
  exportFile(file: F): Promise<string | null>;
  bringBack(file: F, state: UndoState, saved: SavedItems | null): Promise<string | null>;
};

const atOnce = 8;

/** Brings the files of a group back by hash: ours are undone, what others wrote is told and needs a decision. */
export async function undoGroup<F extends Undoable>(
  files: readonly F[],
  undo: GroupUndo<F>,
  chunk: Chunk,
  env: UndoEnv,
): Promise<UndoResult> {
  try {
    return await withTransaction(undo.to.books, async (transaction): Promise<UndoResult> => {
      const claimed = await transaction.claimUndo(chunk, env.fence);
      if (claimed === 'fenced') return { kind: 'fenced' };
      if (claimed !== 'claimed') return { kind: 'nothing' };
      const states = await inParallel(files, atOnce, async (file) => {
        env.signal.throwIfAborted();
        return undo.stateOf(file);
      });
      const diverged = files.filter((_, at) => states[at] === 'diverged').map((file) => divergedFinding(file, undo));
      if (diverged.length > 0 && env.diverged === 'stop') return { kind: 'diverged', findings: diverged };
      const saved = env.saved(undo.connection);
      let undone = 0;
      for (const [at, file] of files.entries()) {
        env.signal.throwIfAborted();
        const state = states[at] as UndoState;
        if (state === 'as before' || (state === 'diverged' && env.diverged === 'keep')) continue;
        const missing =
          (state === 'diverged' ? await undo.exportFile(file) : null) ?? (await undo.bringBack(file, state, saved));
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

/** Puts a file back that the rollback point holds under this hash; null, or why it cannot be had. */
export async function restoreSaved(
  { target, beforeSha }: { readonly target: string; readonly beforeSha: string },
  to: FolderSession,
  saved: SavedItems | null,
  environment: Environment,
): Promise<string | null> {
  const item = saved?.items.find((one) => one.object === target);
  if (!saved || !item || item.sha256 !== beforeSha) return `The rollback point does not hold ${target} as it was.`;
  await restoreItem({ ...item, originalPath: to.absolute(target) }, saved.folder, environment);
  return null;
}

function divergedFinding({ target, sha }: Undoable, { to, did }: Pick<GroupUndo<Undoable>, 'to' | 'did'>): Finding {
  return makeFinding({
    severity: 'error',
    category: 'diverged',
    message: `The file ${target} is not as the run ${did} it: somebody changed it since.`,
    path: to.absolute(target),
    oldValue: sha,
    suggestion: 'Look at it; then roll back keeping it, or with its export and removal.',
  });
}
