import { RPCLink } from '@orpc/client/websocket';
import { type Channel, raceAgainstClose } from './channel.ts';
import { EngineLost } from './engine-lost.ts';

/** Browser: a WebSocket of the same origin; the cookie that the printed address was exchanged for lets it in. Rejects when it cannot be opened. */
export async function openWebSocketChannel(url: string): Promise<Channel> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('close', () => reject(new EngineLost()), { once: true });
  });
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => resolve(), { once: true });
  });
  return { link: raceAgainstClose(new RPCLink({ websocket: socket }), closed), closed, close: () => socket.close() };
}
