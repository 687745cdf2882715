import { counted } from '#shared/model/figures.ts';
import type { StepWords } from '../step-kind.ts';
import type { PlannedFile } from './plan-types.ts';
import type { ConfigSpec } from './spec-types.ts';

export const commitText =
  'Groups of up to 64 files: each file is written beside its target, fsynced and renamed, read back and compared by hash; the group is then noted in the folder’s books';

export function describeConfig({ source, target, set, move, each }: ConfigSpec): StepWords {
  const rules = set.length + move.length + each.length;
  return {
    from: source.file ?? source.patterns.join(', '),
    to: target.file ?? target.folder ?? 'in place',
    words: `Configuration by ${counted(rules, 'rule')}; every key has a fate`,
    undo: 'preimages',
  };
}

export function touchesText({ source, target }: ConfigSpec, files: number): string {
  const from = source.file ?? counted(files, 'file');
  return `${from} to ${target.file ?? target.folder ?? 'the same place'}`;
}

export function undoText(written: readonly PlannedFile[]): string {
  const made = written.filter(({ beforeSha }) => beforeSha === null).length;
  return `${counted(made, 'file')} that the run makes ${made === 1 ? 'is' : 'are'} removed; ${written.length - made} come back from the rollback point with mode and time`;
}
