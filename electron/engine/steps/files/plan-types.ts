import type { FilesSpec } from './spec-types.ts';

/** What is stored of the plan of a `files` step. Plain JSON, with a line for each file. */
export type FilesPlan = {
  readonly spec: FilesSpec;
  readonly files: readonly PlannedFile[];
  /** Folders of the target that are yet to be made, outer ones first. */
  readonly folders: readonly string[];
};

export type PlannedFile = {
  /** Relative to the connections. */
  readonly source: string;
  /** Null where no name was found, or none is wanted. */
  readonly target: string | null;
  /** `write`: the target gets it; `same`: it has it already; `leave`: it stays where it is; `refuse`: it is set aside. */
  readonly fate: 'write' | 'same' | 'leave' | 'refuse';
  readonly kind: 'file' | 'link';
  readonly bytes: number;
  readonly mode: number;
  readonly modifiedMs: number;
  /** Of the bytes, or of the text of a link; null where it was not read. */
  readonly sha: string | null;
  /** Text of a link that is kept. */
  readonly link: string | null;
  /** Of the file that is replaced; null: nothing is there. */
  readonly beforeSha: string | null;
  readonly model: string | null;
  /** Source and target are one file. */
  readonly inPlace: boolean;
  /** Why it is set aside. */
  readonly refused: Refusal | null;
};

export type Refusal = { readonly code: string; readonly message: string; readonly rule: string | null };

/** A file that the target gets, or has. */
export type TakenFile = PlannedFile & { readonly target: string; readonly sha: string };

export function isTaken(file: PlannedFile): file is TakenFile {
  return file.target !== null && file.sha !== null && (file.fate === 'write' || file.fate === 'same');
}

/** A file that the run writes under the name of its target. */
export function isWritten(file: PlannedFile): file is TakenFile {
  return isTaken(file) && file.fate === 'write';
}
