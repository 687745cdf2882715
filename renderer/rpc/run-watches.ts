import type { RunSnapshot } from '#shared/contract/run.ts';
import type { Connection } from './connection.ts';
import { isEngineLost } from './errors.ts';

export type WatchedRun = {
  /** The last one received; null before the first. */
  readonly snapshot: RunSnapshot | null;
  /** False while the engine is away: then the snapshot is the last known state. */
  readonly live: boolean;
  /** Why the run cannot be watched, for example NOT_FOUND; null otherwise. */
  readonly error: unknown;
};

const nothing: WatchedRun = { snapshot: null, live: false, error: null };

/** Streams of run snapshots, one a run however many components look, opened again after every reconnection. */
export class RunWatches {
  readonly #connection: Connection;
  readonly #watches = new Map<string, Watch>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get(runId: string): WatchedRun {
    return this.#watches.get(runId)?.state ?? nothing;
  }

  /** Watches until the last listener has gone. */
  subscribe(runId: string, listener: () => void): () => void {
    const known = this.#watches.get(runId);
    const watch = known ?? new Watch(this.#connection, runId);
    if (!known) this.#watches.set(runId, watch);
    watch.listeners.add(listener);
    if (watch.listeners.size === 1) watch.start();
    return () => {
      watch.listeners.delete(listener);
      // The state stays, so that a screen that is left and entered again shows the last known state at once.
      if (watch.listeners.size === 0) watch.stop();
    };
  }
}

class Watch {
  readonly listeners = new Set<() => void>();
  state: WatchedRun = nothing;
  readonly #connection: Connection;
  readonly #runId: string;
  #controller: AbortController | null = null;
  #unsubscribe: () => void = () => {};

  constructor(connection: Connection, runId: string) {
    this.#connection = connection;
    this.#runId = runId;
  }

  start(): void {
    let generation = -1;
    const follow = () => {
      const state = this.#connection.getState();
      if (state.kind === 'lost') this.#set({ ...this.state, live: false });
      const now = state.kind === 'connected' ? state.generation : 0;
      if (state.kind === 'lost' || now === generation) return;
      generation = now;
      if (state.kind === 'connected') void this.#follow();
    };
    this.#unsubscribe = this.#connection.subscribe(follow);
    follow();
  }

  stop(): void {
    this.#unsubscribe();
    this.#controller?.abort();
    this.#controller = null;
    this.state = { ...this.state, live: false };
  }

  async #follow(): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    for (let empty = 0; !signal.aborted; ) {
      try {
        const stream = await this.#connection.api.run.watch({ runId: this.#runId }, { signal });
        for await (const snapshot of stream) {
          if (signal.aborted) return;
          empty = 0;
          this.#set({ snapshot, live: true, error: null });
        }
      } catch (error) {
        if (signal.aborted || isEngineLost(error)) return;
        this.#set({ ...this.state, live: false, error });
        return;
      }
      // The engine ends a stream when nothing more can happen; a command may start work again, so it is opened anew.
      empty += 1;
      await pause(Math.min(5000, 250 * 2 ** empty), signal);
    }
  }

  #set(state: WatchedRun): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
