import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';

/** The part of Electron's MessagePortMain that is used; a port of `worker_threads` has `addEventListener` beside it. */
export interface HostPort {
  postMessage(message: unknown): void;
  on(event: 'message' | 'close', listener: (event: { readonly data?: unknown }) => void): unknown;
  start(): void;
}

/** Answers the contract on a port until it closes. Any number of ports may be served at once. */
export function servePort(port: HostPort, router: AnyRouter): void {
  new RPCHandler(router).upgrade(port as unknown as MessagePortLike);
  port.start();
}

type MessagePortLike = Parameters<InstanceType<typeof RPCHandler>['upgrade']>[0];
