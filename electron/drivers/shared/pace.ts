import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work may hold the event loop, in milliseconds; requests of the wizard are answered in between. */
const longestTurn = 12;

/** Lets the event loop turn while long work goes on, and ends the work when the signal is aborted. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    signal?.throwIfAborted();
  }

  due(): boolean {
    return performance.now() - this.#since > longestTurn;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}

/** One at a time, in order of arrival. A connection holds one transaction. */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /** Resolves with the function that lets the next one in. */
  async enter(): Promise<() => void> {
    const before = this.#last;
    let leave: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }
}
