import type { PickRequest } from '../../engine/services/host-bridge.ts';

/** What the engine process asks of main, each with its input and answer. Plain data: it crosses processes. */
export type Requests = {
  pick: { input: PickRequest; output: string | null };
  openFolder: { input: string; output: null };
  notify: { input: { title: string; body: string }; output: null };
  keepAwake: { input: boolean; output: null };
  keyGet: { input: string; output: string | null };
  keyList: { input: null; output: { name: string; bundle: string | null; setAt: string }[] };
  keySet: { input: { name: string; value: string; bundle: string | null; setAt: string }; output: null };
  keyRemove: { input: string; output: null };
  keyNote: { input: null; output: string | null };
  /** Starts a helper process; its port follows as `helperPort` with the same id. */
  helperSpawn: { input: { id: number }; output: null };
  /** At once, whatever the helper is doing. */
  helperKill: { input: { id: number }; output: null };
};
export type RequestName = keyof Requests;

export type ToEngine =
  /** With a port: a window that wants to talk. */
  | { readonly kind: 'connect' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string }
  /** With a port: the other end is the helper. */
  | { readonly kind: 'helperPort'; readonly id: number }
  /** Pause what runs after its chunk, release the locks, and end. */
  | { readonly kind: 'end' };

export type FromEngine =
  | {
      [N in RequestName]: {
        readonly kind: 'ask';
        readonly id: number;
        readonly name: N;
        readonly input: Requests[N]['input'];
      };
    }[RequestName]
  /** Sent when it changes: how many runs are at work, and whether they go on when the window closes. */
  | { readonly kind: 'activity'; readonly runs: number; readonly continueWhenClosed: boolean }
  /** The engine cannot start, for example because the journal is of a newer version. Words for a person. */
  | { readonly kind: 'unable'; readonly message: string; readonly advice: string | null };

/** How main starts the engine process: one JSON argument. */
export type EngineArguments = {
  readonly home: string;
  readonly resources: string;
  readonly version: string;
  readonly logLevel: string;
};
