import type { FolderSession } from '../../../drivers/files.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import type { QuarantineEntry } from '../step-kind.ts';
import { isTaken, type PlannedFile, type Refusal, type TakenFile } from './plan-types.ts';
import type { FilesSpec } from './spec-types.ts';

export type Ends = {
  readonly spec: FilesSpec;
  readonly from: FolderSession;
  readonly to: FolderSession;
  /** Tells unfinished files of this run from those of others. */
  readonly token: string;
  readonly signal: AbortSignal;
};

/**
 * Brings one file to its place, from wherever an interrupted attempt left it; null when it is there. `look` only finds out
 * whether it could. A disk that is full or a right that is lost while writing fails with a DbFailure.
 */
export async function settleFile(file: PlannedFile, how: 'do' | 'look', ends: Ends): Promise<Refusal | null> {
  if (file.fate === 'leave' || file.inPlace) return null;
  if (!isTaken(file)) return file.refused ?? refusal('refused', `${file.source} has no new place.`);
  const refused = await bring(file, how, ends);
  // What an earlier attempt left of a file that is now set aside.
  if (refused && how === 'do' && file.fate === 'write') await ends.to.removeUnfinished(file.target, ends.token);
  return refused;
}

async function bring(file: TakenFile, how: 'do' | 'look', ends: Ends): Promise<Refusal | null> {
  const { spec, to, token, signal } = ends;
  const there = await to.content(file.target, signal);
  if (there !== null && there.sha256 === file.sha && there.kind === file.kind) {
    if (how === 'look') return null;
    if (file.fate === 'write') {
      await to.removeUnfinished(file.target, token);
      await to.syncName(file.target);
    }
    return spec.how === 'move' ? leaveSource(file, ends) : null;
  }
  if ((there?.sha256 ?? null) !== file.beforeSha || (there !== null && there.sha256 === null))
    return refusal('target_changed', `${file.target} changed since the plan was made.`);
  const changed = await sourceChange(file, ends);
  if (changed) return changed;
  return how === 'do' ? place(file, ends) : lookAt(file, ends);
}

/** What a file is set aside with. */
export function entryOf({ source, target, sha }: PlannedFile, { code, message, rule }: Refusal): QuarantineEntry {
  const record = JSON.stringify({ source, target, sha256: sha });
  return { key: source, item: null, output: null, code, message, column: null, record, rule };
}

async function place(file: TakenFile, ends: Ends): Promise<Refusal | null> {
  const { spec, from, to, token, signal } = ends;
  if (file.link !== null) {
    await to.makeLink(file.target, file.link);
    if (spec.how === 'move') await from.remove(file.source);
    return null;
  }
  const located = await readable(() => from.locate(file.source));
  if (typeof located !== 'string') return located;
  const placed = await to.place({
    from: located,
    path: file.target,
    how: spec.how,
    sha256: file.sha,
    over: file.beforeSha,
    token,
    signal,
  });
  switch (placed.kind) {
    case 'placed':
      return spec.how === 'move' ? leaveSource(file, ends) : null;
    case 'changed':
      return changedContent(file);
    case 'taken':
      return refusal('target_changed', `${file.target} was written by somebody else.`);
    case 'unreadable':
      return refusal('unreadable', `${file.source}: ${placed.message}`);
  }
}

/** After a move: what a crash or another volume left under the old name goes, when it is what lies under the new one. */
async function leaveSource(file: TakenFile, { from, signal }: Ends): Promise<Refusal | null> {
  const content = await from.content(file.source, signal);
  if (content === null) return null;
  if (content.sha256 !== file.sha || content.kind !== file.kind) return changedContent(file);
  await from.remove(file.source);
  return null;
}

async function sourceChange(file: TakenFile, { spec, from }: Ends): Promise<Refusal | null> {
  // A link that is followed is held against the hash alone.
  if (spec.symlinks === 'follow') return null;
  const stat = await from.stat(file.source);
  if (stat === null) return refusal('source_missing', `${file.source} is not there any more.`);
  if (stat.kind === file.kind && stat.bytes === file.bytes && stat.modifiedMs === file.modifiedMs) return null;
  return refusal('source_changed', `${file.source} changed since the plan was made.`);
}

async function lookAt(file: TakenFile, { from, signal }: Ends): Promise<Refusal | null> {
  if (file.link !== null) return null;
  const content = await readable(async () => (await from.content(file.source, signal))?.sha256 ?? 'a link');
  if (typeof content !== 'string') return content;
  return content === file.sha || content === 'a link' ? null : changedContent(file);
}

async function readable(work: () => Promise<string>): Promise<string | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DbFailure) || error.error.kind !== 'permanent') throw error;
    return refusal('unreadable', error.message);
  }
}

function changedContent({ source }: PlannedFile): Refusal {
  return refusal('source_changed', `${source} has other content than when the plan was made.`);
}

function refusal(code: string, message: string): Refusal {
  return { code, message, rule: null };
}
