import type { Environment } from '../../../platform/environment.ts';
import { removeMade } from '../folder/missing-folders.ts';
import { undoGroup } from '../folder/undo-group.ts';
import type { Chunk, UndoEnv, UndoResult } from '../step-kind.ts';
import { type FilesPlan, isTaken, type PlannedFile } from './plan-types.ts';
import type { Ends } from './settle.ts';
import { bringBack, exportFile, stateOf } from './undo-file.ts';

export function undoChunk(
  group: readonly PlannedFile[],
  ends: Ends,
  environment: Environment,
  chunk: Chunk,
  env: UndoEnv,
): Promise<UndoResult> {
  return undoGroup(
    group.filter(isTaken).filter(({ inPlace }) => !inPlace),
    {
      to: ends.to,
      connection: ends.spec.target.connection,
      did: 'left',
      stateOf: (file) => stateOf(file, ends),
      exportFile: (file) => exportFile(file, ends, env),
      bringBack: (file, state, saved) => bringBack(file, state, ends, saved, environment),
    },
    chunk,
    env,
  );
}

/** Removes what an interrupted run left unfinished, and the folders that it made, where they are empty. */
export async function finishUndo({ files, folders }: FilesPlan, ends: Ends): Promise<readonly []> {
  const { spec, from, to, token } = ends;
  for (const file of files.filter(isTaken)) {
    await to.removeUnfinished(file.target, token);
    if (spec.how === 'move') await from.removeUnfinished(file.source, token);
  }
  await removeMade(to, folders);
  return [];
}
