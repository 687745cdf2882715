/** A value that changes over time, as an engine would stream it: `run.watch` fixtures are made of it. */
export type Live<T> = {
  get(): T;
  set(value: T): void;
  /** A stream that gives the present value at once and every later one. */
  stream(signal?: AbortSignal): AsyncGenerator<T, void, void>;
};

export function live<T>(first: T): Live<T> {
  let value = first;
  let wake = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      const waiting = wake;
      wake = new Set();
      for (const go of waiting) go();
    },
    async *stream(signal) {
      while (!signal?.aborted) {
        const sent = value;
        yield sent;
        if (value !== sent) continue;
        await new Promise<void>((resolve) => {
          wake.add(resolve);
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
  };
}
