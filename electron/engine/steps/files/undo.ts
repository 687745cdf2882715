import type { Finding } from '#shared/model/finding.ts';
import type { Environment } from '../../../platform/environment.ts';
import type { Chunk, UndoEnv, UndoResult } from '../step-kind.ts';
import { permanentError, undoFailure, withTransaction } from '../transaction.ts';
import { type FilesPlan, isTaken, type PlannedFile } from './plan-types.ts';
import type { Ends } from './settle.ts';
import { bringBack, divergedFinding, exportFile, stateOf } from './undo-file.ts';

/** Brings the files of a group back by hash: ours are undone, what others wrote is told and needs a decision. */
export async function undoChunk(
  group: readonly PlannedFile[],
  ends: Ends,
  environment: Environment,
  chunk: Chunk,
  env: UndoEnv,
): Promise<UndoResult> {
  const files = group.filter(isTaken).filter(({ inPlace }) => !inPlace);
  try {
    return await withTransaction(ends.to.books, async (transaction): Promise<UndoResult> => {
      const claimed = await transaction.claimUndo(chunk, env.fence);
      if (claimed === 'fenced') return { kind: 'fenced' };
      if (claimed !== 'claimed') return { kind: 'nothing' };
      const states = [];
      for (const file of files) {
        env.signal.throwIfAborted();
        states.push({ file, state: await stateOf(file, ends) });
      }
      const diverged = states
        .filter(({ state }) => state === 'diverged')
        .map(({ file }) => divergedFinding(file, ends.to));
      if (diverged.length > 0 && env.diverged === 'stop') return { kind: 'diverged', findings: diverged };
      const saved = env.saved(ends.spec.target.connection);
      let undone = 0;
      for (const { file, state } of states) {
        env.signal.throwIfAborted();
        if (state === 'as before' || (state === 'diverged' && env.diverged === 'keep')) continue;
        const missing =
          (state === 'diverged' ? await exportFile(file, ends, env) : null) ??
          (await bringBack(file, state, ends, saved, environment));
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

/** Removes what an interrupted run left unfinished, and the folders that it made, where they are empty. */
export async function finishUndo({ files, folders }: FilesPlan, ends: Ends): Promise<readonly Finding[]> {
  const { spec, from, to, token } = ends;
  for (const file of files.filter(isTaken)) {
    await to.removeUnfinished(file.target, token);
    if (spec.how === 'move') await from.removeUnfinished(file.source, token);
  }
  for (const folder of [...folders].reverse()) await to.removeEmpty(folder);
  return [];
}
