/**
 * The first failure of something that goes on beside a loop: whatever the loop waits for is given up when it comes. It stands
 * for `Promise.race` with a promise that lives as long as the loop: that one keeps every value that was waited for until it ends,
 * which for a stream of rows is all of them.
 */
export class Interruption {
  #error: Error | null = null;
  #giveUp: ((error: Error) => void) | null = null;

  /** Null as long as nothing failed. */
  get error(): Error | null {
    return this.#error;
  }

  /** What comes after the first failure is its consequence, and not kept. */
  raise(error: Error): void {
    if (this.#error) return;
    this.#error = error;
    this.#giveUp?.(error);
  }

  throwIfRaised(): void {
    if (this.#error) throw this.#error;
  }

  /** The value, or the failure where that comes first. One wait at a time. */
  until<T>(value: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#giveUp = reject;
      if (this.#error) reject(this.#error);
      value.then(resolve, reject);
    });
  }
}
