import { Connection } from './connection.ts';
import { messagePortChannel } from './message-port-channel.ts';
import { openWebSocketChannel } from './websocket-channel.ts';

/** Picks the transport of the host that shows this window and keeps it connected. Call once, before the page has loaded. */
export function connect(): Connection {
  const connection = new Connection();
  const desktop = location.protocol === 'app:' || navigator.userAgent.includes(' Electron/');
  if (desktop) followPorts(connection);
  else void keepWebSocket(connection);
  return connection;
}

/** The preload hands over a port after loading, and a new one whenever main has started the engine again. */
function followPorts(connection: Connection): void {
  addEventListener('message', (event) => {
    const port = event.ports[0];
    if (event.source === window && event.data === 'engine-port' && port) connection.attach(messagePortChannel(port));
  });
}

async function keepWebSocket(connection: Connection): Promise<void> {
  const url = new URL('/rpc', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  let attempt = 1;
  for (;;) {
    try {
      const channel = await openWebSocketChannel(url.href);
      connection.attach(channel);
      attempt = 1;
      await channel.closed;
    } catch {
      connection.noteAttempt(attempt);
      attempt += 1;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, backoff(attempt));
      connection.onTryNow(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** 0.25 s, doubling to 5 s: the engine is on this machine, a try costs nothing. */
function backoff(attempt: number): number {
  return Math.min(5000, 250 * 2 ** (attempt - 1));
}
