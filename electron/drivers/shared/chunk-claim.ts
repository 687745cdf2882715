import type { Failpoints } from '../../platform/failpoints.ts';
import type { Chunk, Fence } from '../relational.ts';

/** Moves the chunk's row to `state` under the epoch, or says why not: `taken`, `fenced`, or the state that it is in. */
export type TakeChunk = (
  chunk: Chunk,
  fence: Fence,
  state: 'done' | 'undone',
  from: readonly string[],
) => string | Promise<string>;

/** The chunk that a transaction works on: claimed by its first statement, to be done or to be undone. */
export class ChunkClaim {
  readonly #take: TakeChunk;
  readonly #failpoints: Failpoints;
  #claimed: { readonly chunk: Chunk; readonly fence: Fence; readonly undo: boolean } | null = null;

  constructor(failpoints: Failpoints, take: TakeChunk) {
    this.#failpoints = failpoints;
    this.#take = take;
  }

  async claim(chunk: Chunk, fence: Fence): Promise<'claimed' | 'already_done' | 'fenced'> {
    const found = await this.#take(chunk, fence, 'done', ['pending', 'undone']);
    if (found === 'taken') {
      this.#claimed = { chunk, fence, undo: false };
      this.#failpoints.hit('chunk.claim.after');
      return 'claimed';
    }
    return found === 'fenced' ? 'fenced' : 'already_done';
  }

  async claimUndo(chunk: Chunk, fence: Fence): Promise<'claimed' | 'already_undone' | 'never_done' | 'fenced'> {
    const found = await this.#take(chunk, fence, 'undone', ['done']);
    if (found === 'taken') {
      this.#claimed = { chunk, fence, undo: true };
      return 'claimed';
    }
    if (found === 'fenced') return 'fenced';
    return found === 'undone' ? 'already_undone' : 'never_done';
  }

  /** Whose row is to get counts and digest, as `[run, unit, path]`; null when no chunk was claimed. */
  get row(): readonly [runId: string, unit: string, path: string] | null {
    return this.#claimed && [this.#claimed.fence.runId, this.#claimed.chunk.unit, this.#claimed.chunk.path];
  }

  /** The named places around the commit; none when no chunk was claimed. */
  beforeCommit(): void {
    if (this.#claimed) this.#failpoints.hit(this.#claimed.undo ? 'undo.chunk.commit.before' : 'chunk.commit.before');
  }

  afterCommit(): void {
    if (this.#claimed) this.#failpoints.hit(this.#claimed.undo ? 'undo.chunk.commit.after' : 'chunk.commit.after');
  }
}
