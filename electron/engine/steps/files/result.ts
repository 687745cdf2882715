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
