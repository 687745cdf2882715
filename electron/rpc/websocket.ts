import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';

/** Answers the contract on a socket until it closes. Who may open one is decided before the upgrade, in server/. */
export async function serveSocket(socket: WebSocket, router: AnyRouter): Promise<void> {
  await new RPCHandler(router).upgrade(socket);
}
