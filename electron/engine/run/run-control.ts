/** What was asked of a running phase. Pausing and cancelling are graduated and idempotent. */
export class RunControl {
  #wish: 'run' | 'pause' | 'cancel' = 'run';
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();

  /** Aborted by a cancel only: the chunk in hand is undone. A pause lets it finish. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get wish(): 'run' | 'pause' | 'cancel' {
    return this.#wish;
  }

  /** True when no new chunk may start. */
  get holdsBack(): boolean {
    return this.#wish !== 'run';
  }

  pause(): void {
    if (this.#wish === 'run') this.#set('pause');
  }

  cancel(): void {
    if (this.#wish === 'cancel') return;
    this.#set('cancel');
    this.#abort.abort(new DOMException('The run was cancelled.', 'AbortError'));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(wish: 'pause' | 'cancel'): void {
    this.#wish = wish;
    for (const listener of this.#listeners) listener();
  }
}

/** Thrown inside a phase when it stops because it was asked to; never an error. */
export class Stopped extends Error {
  readonly wish: 'pause' | 'cancel';

  constructor(wish: 'pause' | 'cancel') {
    super(wish === 'pause' ? 'Paused.' : 'Cancelled.');
    this.name = 'Stopped';
    this.wish = wish;
  }
}
