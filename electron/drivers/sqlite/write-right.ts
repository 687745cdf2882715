import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../../platform/environment.ts';

/** Why a file cannot be written by this user, and what to do; null when it can. SQLite needs the folder for its journal. */
export async function missingWriteRight(
  path: string,
  exists: boolean,
  env: Environment,
): Promise<{ readonly message: string; readonly advice: string } | null> {
  const folder = dirname(path);
  if (!(await env.fs.exists(folder)))
    return { message: `The folder ${folder} does not exist.`, advice: `Create it: mkdir -p '${folder}'` };
  const folderIsClosed = !(await may(folder));
  if (!folderIsClosed && (!exists || (await may(path)))) return null;
  return {
    message: `This user may not write ${folderIsClosed ? `in the folder ${folder}` : path}; SQLite needs both for its journal.`,
    advice: 'Ask the owner for the right to write there.',
  };
}

async function may(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
