import type { Holder } from '#shared/model/error.ts';
import type { ChunkState, Counts } from '#shared/model/run.ts';
import type { Bounds, Fence } from './chunk.ts';

/** What the target says is committed. */
export type LedgerChunk = {
  readonly unit: string;
  readonly path: string;
  readonly bounds: Bounds;
  readonly state: ChunkState;
  readonly counts: Counts | null;
  readonly digest: string | null;
};

/** A run as the target knows it; `heartbeatAt` is when a process entered it last. */
export type RunInTarget = {
  readonly runId: string;
  readonly planHash: string;
  readonly epoch: bigint;
  readonly heartbeatAt: string;
};

/** What a run left in a target, for somebody who has lost its journal. */
export interface LeftInTarget {
  /** Every run that has our tables here; empty where there are none. */
  runs(): Promise<readonly RunInTarget[]>;
  /** Units of which the target holds chunks. */
  units(runId: string): Promise<readonly string[]>;
  /** Ends the lease of a holder that is gone for good, by an operator's word; one that was taken since stays. */
  endLease(name: string, holder: Holder): Promise<void>;
}

/** Tables `overland_run`, `overland_chunk`, `overland_written`, `overland_preimage`, `overland_lease`; dropped by clean-up, never by a crash. */
export interface TargetControl extends LeftInTarget {
  /** Creates our tables where they are missing and writes the run with its epoch (raised on every resume). */
  enter(fence: Fence, planHash: string, holder: Holder): Promise<void>;
  chunks(runId: string, unit: string): Promise<readonly LedgerChunk[]>;
  /** One transaction; a path that is there already stays as it is. */
  addChunks(fence: Fence, unit: string, chunks: readonly { path: string; bounds: Bounds }[]): Promise<void>;
  /** One transaction: the parent becomes `split`, its halves are added. */
  splitChunk(
    fence: Fence,
    unit: string,
    path: string,
    halves: readonly { path: string; bounds: Bounds }[],
  ): Promise<void>;
  /** Whether this run left anything of ours here. */
  present(runId: string): Promise<boolean>;
  /** Drops our tables when no other run uses them, else this run's rows. */
  leave(runId: string): Promise<void>;
}

/** The right to write into this target, while it is given signs of life. */
export interface Lease {
  readonly epoch: bigint;
  /** Sets the sign of life. Fails when somebody else took the lease. */
  beat(phase: string): Promise<void>;
  release(): Promise<void>;
}
