/** Literals of the source engine; only the source compares them. Null is the open end; `to` is included. */
export type Bounds = {
  readonly from: string | null;
  readonly to: string | null;
  readonly inclusive: 'to';
  readonly records: number;
};

/** `path` is "17", its halves are "17.0" and "17.1". */
export type Chunk = { readonly unit: string; readonly path: string; readonly bounds: Bounds; readonly attempt: number };
/** Whose work it is: a run, and the epoch that its newest holder was given. */
export type Fence = { readonly runId: string; readonly epoch: bigint };
