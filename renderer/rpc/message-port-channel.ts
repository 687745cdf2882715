import { RPCLink } from '@orpc/client/message-port';
import { type Channel, raceAgainstClose } from './channel.ts';

/** Desktop: the port that main handed over, with the engine process at its other end. */
export function messagePortChannel(port: MessagePort): Channel {
  let markClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  port.addEventListener('close', () => markClosed());
  const link = raceAgainstClose(new RPCLink({ port }), closed);
  port.start();
  return {
    link,
    closed,
    close: () => {
      port.close();
      // The side that closes gets no event of its own.
      markClosed();
    },
  };
}
