import { bytes, counted } from '#shared/model/figures.ts';
import type { StepWords } from '../step-kind.ts';
import type { TakenFile } from './plan-types.ts';
import type { FilesSpec } from './spec-types.ts';

export const commitText =
  'A file above 64 MiB by itself, smaller ones in groups of up to 64: each grows under a temporary name, is hashed, fsynced and renamed; the group is then noted in the folder’s books';

const verbs = { copy: 'copied', move: 'moved', hardlink: 'linked', clone: 'cloned' } as const;

export function describeFiles({ source, target, how, into }: FilesSpec): StepWords {
  return {
    from: `${source.root === '' ? '' : `${source.root}/`}${source.patterns.join(', ')}`,
    to: target.folder === '' ? target.connection : target.folder,
    words: `Files are ${verbs[how]} to names by ${into.kind === 'literal' ? into.text : `=${into.text}`}, and hashed on the way`,
    undo: undoMode(how),
  };
}

export function undoMode(how: FilesSpec['how']): 'move_back' | 'preimages' {
  return how === 'move' ? 'move_back' : 'preimages';
}

export function touchesText({ how }: FilesSpec, files: readonly TakenFile[]): string {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${counted(files.length, 'file')} ${verbs[how]}, ${bytes(total)}`;
}

export function undoText(how: FilesSpec['how'], written: readonly TakenFile[]): string {
  const made = written.filter(({ beforeSha }) => beforeSha === null).length;
  const one = made === 1;
  const back = how === 'move' ? `${one ? 'is' : 'are'} moved back` : `that the run makes ${one ? 'is' : 'are'} removed`;
  return `${counted(made, 'file')} ${back}; ${written.length - made} come back from the rollback point with mode and time`;
}
