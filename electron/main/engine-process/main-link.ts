import type { FromEngine, RequestName, Requests, ToEngine } from './messages.ts';

/** The part of Electron's `process.parentPort` that is used. */
export interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: readonly Port[] }) => void): unknown;
}

/** The part of Electron's MessagePortMain that is used. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message' | 'close', listener: (event: { readonly data?: unknown }) => void): unknown;
  start(): void;
  close(): void;
}

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** The engine process's line to main: questions with answers, and what main sends by itself. */
export class MainLink {
  readonly #parent: ParentPort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ports = new Map<number, (port: Port) => void>();
  #next = 1;

  constructor(parent: ParentPort, on: { readonly connect: (port: Port) => void; readonly end: () => void }) {
    this.#parent = parent;
    parent.on('message', ({ data, ports }) => {
      const message = data as ToEngine;
      switch (message.kind) {
        case 'connect':
          return on.connect(ports[0]!);
        case 'end':
          return on.end();
        case 'helperPort':
          this.#ports.get(message.id)?.(ports[0]!);
          this.#ports.delete(message.id);
          return;
        case 'answer':
          this.#take(message.id)?.resolve(message.value);
          return;
        case 'refusal':
          this.#take(message.id)?.reject(new Error(message.message));
      }
    });
  }

  /** Rejects with main's words when main cannot. */
  ask<N extends RequestName>(name: N, input: Requests[N]['input']): Promise<Requests[N]['output']> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.tell({ kind: 'ask', id, name, input } as FromEngine);
    });
  }

  tell(message: FromEngine): void {
    this.#parent.postMessage(message);
  }

  /** A helper process that main starts; the port is ours, its other end the helper's. */
  async helper(): Promise<{ readonly id: number; readonly port: Port }> {
    const id = this.#next++;
    const port = new Promise<Port>((resolve) => this.#ports.set(id, resolve));
    try {
      await this.ask('helperSpawn', { id });
      return { id, port: await port };
    } finally {
      this.#ports.delete(id);
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
