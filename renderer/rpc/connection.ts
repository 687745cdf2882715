import { type ClientContext, type ClientLink, createORPCClient } from '@orpc/client';
import type { OverlandClient } from '#shared/contract/index.ts';
import type { Channel } from './channel.ts';
import { EngineLost } from './engine-lost.ts';

export type ConnectionState =
  /** Before the first channel; calls wait. */
  | { readonly kind: 'connecting' }
  /** `generation` counts the channels: what was read through an older one may be out of date. */
  | { readonly kind: 'connected'; readonly generation: number }
  /** Calls reject at once. `since` in ms of the clock; `attempt` counts the tries to reconnect, 0 where main restarts the engine. */
  | { readonly kind: 'lost'; readonly since: number; readonly attempt: number };

/** The engine as the window sees it: one client for the life of the window, over channels that come and go. */
export class Connection {
  /** The typed API. Its calls reject with EngineLost while there is no engine. */
  readonly api: OverlandClient;
  #state: ConnectionState = { kind: 'connecting' };
  #channel: Channel | null = null;
  #generation = 0;
  #firstChannel: Promise<void>;
  #markFirst: () => void = () => {};
  readonly #listeners = new Set<() => void>();
  #tryNow: (() => void) | null = null;

  constructor() {
    this.#firstChannel = new Promise((resolve) => {
      this.#markFirst = resolve;
    });
    const link: ClientLink<ClientContext> = {
      call: async (path, input, options) => {
        if (this.#state.kind === 'connecting') await this.#firstChannel;
        if (!this.#channel) throw new EngineLost();
        return this.#channel.link.call(path, input, options);
      },
    };
    this.api = createORPCClient<OverlandClient>(link);
  }

  readonly getState = (): ConnectionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes a new channel into use; the older one, if any, is closed. */
  attach(channel: Channel): void {
    const older = this.#channel;
    this.#channel = channel;
    this.#generation += 1;
    this.#set({ kind: 'connected', generation: this.#generation });
    this.#markFirst();
    older?.close();
    void channel.closed.then(() => {
      if (this.#channel !== channel) return;
      this.#channel = null;
      this.#set({ kind: 'lost', since: Date.now(), attempt: 0 });
    });
  }

  /** Notes a try to reconnect that failed; before the first channel too, so that the window does not wait in silence. */
  noteAttempt(attempt: number): void {
    if (this.#channel) return;
    const since = this.#state.kind === 'lost' ? this.#state.since : Date.now();
    this.#set({ kind: 'lost', since, attempt });
    this.#markFirst();
  }

  /** The transport says how a try is made at once; null where main brings the next port by itself. */
  onTryNow(tryNow: (() => void) | null): void {
    this.#tryNow = tryNow;
  }

  /** Whether an operator can ask for a try. */
  get canTry(): boolean {
    return this.#tryNow !== null;
  }

  /** Reaches for the engine at once instead of at the end of the wait. */
  readonly tryNow = (): void => this.#tryNow?.();

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
