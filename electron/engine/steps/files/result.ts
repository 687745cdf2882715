import { isTaken, type PlannedFile } from './plan-types.ts';
import { roleOf } from './roles.ts';
import type { FilesSpec } from './spec-types.ts';

/** One file that a `files` step put in its new place, as later steps see it. Sizes are whole numbers of any length. */
export type FileRow = {
  /** What the file belongs to, by its new name. */
  readonly model: string;
  /** Relative to the folder of `model`, with forward slashes. */
  readonly path: string;
  readonly size: bigint;
  readonly sha256: string;
  readonly component: string | null;
  readonly shard_part: bigint | null;
  readonly shard_index: boolean | null;
};

/** A row for each file that has its new place, in the order of the plan. */
export function rowsOf(spec: FilesSpec, files: readonly PlannedFile[]): readonly FileRow[] {
  const { folder } = spec.target;
  return files.filter(isTaken).map((file) => {
    const below = folder === '' ? file.target : file.target.slice(folder.length + 1);
    const model = file.model ?? '';
    const path = model !== '' && below.startsWith(`${model}/`) ? below.slice(model.length + 1) : below;
    return { model, path, size: BigInt(file.bytes), sha256: file.sha, ...roleOf(path, spec.roles) };
  });
}
