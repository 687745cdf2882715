import type { FolderContent } from '../../../drivers/files.ts';
import type { Environment } from '../../../platform/environment.ts';
import { restoreSaved, type UndoState } from '../folder/undo-group.ts';
import type { SavedItems, UndoEnv } from '../step-kind.ts';
import type { TakenFile } from './plan-types.ts';
import type { Ends } from './settle.ts';

/** Larger files are not written into an export. */
const exportedBytes = 16 * 1024 * 1024;

/** A half-undone file is ours too. */
export async function stateOf(file: TakenFile, { spec, from, to, signal }: Ends): Promise<UndoState> {
  const found = await to.content(file.target, signal);
  const isOurs = found !== null && found.sha256 === file.sha && found.kind === file.kind;
  const isBefore = (found?.sha256 ?? null) === file.beforeSha && (found === null || found.sha256 !== null);
  if (spec.how !== 'move') {
    if (isBefore) return 'as before';
    return isOurs ? 'ours' : 'diverged';
  }
  const source = await from.content(file.source, signal);
  if (source === null) return isOurs ? 'ours' : 'diverged';
  if (isBefore) return 'as before';
  const isBack = source.sha256 === file.sha;
  // Copied to another volume and not yet removed there, or moved back and what was replaced not yet restored.
  return isBack && (isOurs || found === null) ? 'ours' : 'diverged';
}

/** Null, or why it cannot be had. */
export async function bringBack(
  file: TakenFile,
  state: UndoState,
  ends: Ends,
  saved: SavedItems | null,
  environment: Environment,
): Promise<string | null> {
  const { spec, from, to } = ends;
  if (spec.how === 'move' && (await from.stat(file.source)) === null) {
    if (state === 'diverged') return `${file.target} was changed since, so that ${file.source} cannot be moved back.`;
    const missing = await moveBack(file, ends);
    if (missing !== null) return missing;
  }
  if (file.fate === 'same') return null;
  if (file.beforeSha === null) {
    if ((await to.stat(file.target)) !== null) await to.remove(file.target);
    return null;
  }
  return restoreSaved({ target: file.target, beforeSha: file.beforeSha }, to, saved, environment);
}

/** Where the target had the file before the run, it keeps it and the source gets a copy. */
async function moveBack(file: TakenFile, { from, to, token, signal }: Ends): Promise<string | null> {
  if (file.link !== null) {
    await from.makeLink(file.source, file.link);
    return null;
  }
  const placed = await from.place({
    from: await to.locate(file.target),
    path: file.source,
    how: file.fate === 'same' ? 'copy' : 'move',
    sha256: file.sha,
    over: null,
    token,
    signal,
  });
  if (placed.kind !== 'placed') return `${file.source} cannot be moved back from ${file.target}: it is ${placed.kind}.`;
  await from.setTime(file.source, file.mode, file.modifiedMs);
  return null;
}

/** Keeps a file that others changed; null, or why it cannot be kept. */
export async function exportFile({ target }: TakenFile, { to, signal }: Ends, env: UndoEnv): Promise<string | null> {
  const found: FolderContent | null = await to.content(target, signal);
  if (found === null) return null;
  if (found.kind === 'file' && found.bytes > exportedBytes)
    return `${target} was changed since and is too large to be exported; move it elsewhere, then roll back again.`;
  const row = found.link ?? (found.kind === 'file' ? Buffer.from(await to.read(target)).toString('base64') : null);
  if (row === null) return `${target} is a ${found.kind} now; move it elsewhere, then roll back again.`;
  await env.export({ output: target, key: target, row });
  return null;
}
