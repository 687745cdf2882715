import type { FolderSession } from '../../../drivers/files.ts';
import type { Environment } from '../../../platform/environment.ts';
import { restoreSaved, type UndoState, undoGroup } from '../folder/undo-group.ts';
import type { Chunk, SavedItems, UndoEnv, UndoResult } from '../step-kind.ts';
import { bytesAt, sha256 } from './convert-planned.ts';
import type { PlannedFile } from './plan-types.ts';
import type { ConfigSpec } from './spec-types.ts';

type Parts = {
  readonly files: readonly PlannedFile[];
  readonly spec: ConfigSpec;
  readonly to: FolderSession;
  readonly environment: Environment;
};

export function undoChunk({ files, spec, to, environment }: Parts, chunk: Chunk, env: UndoEnv): Promise<UndoResult> {
  return undoGroup(
    files,
    {
      to,
      connection: spec.target.connection,
      did: 'wrote',
      stateOf: (file) => stateOf(file, to),
      exportFile: (file) => exportFile(file, to, env),
      bringBack: (file, _state, saved) => bringBack(file, to, saved, environment),
    },
    chunk,
    env,
  );
}

async function stateOf({ target, sha, beforeSha }: PlannedFile, to: FolderSession): Promise<UndoState> {
  if (sha === null || sha === beforeSha) return 'as before';
  const now = await bytesAt(to, target);
  const found = now && sha256(now);
  if (found === beforeSha) return 'as before';
  return found === sha ? 'ours' : 'diverged';
}

async function bringBack(
  { target, beforeSha }: PlannedFile,
  to: FolderSession,
  saved: SavedItems | null,
  environment: Environment,
): Promise<string | null> {
  if (beforeSha !== null) return restoreSaved({ target, beforeSha }, to, saved, environment);
  await to.remove(target);
  return null;
}

async function exportFile({ target }: PlannedFile, to: FolderSession, env: UndoEnv): Promise<null> {
  const now = await bytesAt(to, target);
  if (now) await env.export({ output: target, key: target, row: Buffer.from(now).toString('base64') });
  return null;
}
