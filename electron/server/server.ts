import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../platform/log.ts';
import { serveSocket } from '../rpc/websocket.ts';
import { Access, type Refusal } from './access.ts';
import { readAsset } from './asset.ts';
import { commonHeaders, newNonce, pagePolicy, withNonce } from './page-policy.ts';
import { plainPage, plainPagePolicy } from './pages.ts';

/** A bundle dropped into the window arrives as one message. */
const largestMessage = 64 * 1024 * 1024;
const heartbeatMs = 30_000;

export type ServerOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** The built renderer. */
  readonly renderer: string;
  readonly router: AnyRouter;
  readonly log: Log;
  /** A window took the code; the next address carries another one. */
  readonly onOpened?: (nextAddress: string) => void;
};

export type RunningServer = {
  readonly port: number;
  /** With the code that the next window presents. */
  address(): string;
  /** Ends all connections; idempotent. */
  close(): Promise<void>;
};

/** The browser host: the wizard on loopback, over IPv4 and, where the machine has it, IPv6. Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const first = createServer();
  const port = await listen(first, '127.0.0.1', options.port);
  const access = new Access(port);
  const servers = [first];
  const second = createServer();
  await listen(second, '::1', port).then(
    () => servers.push(second),
    (error: Error) => options.log.info('IPv6 loopback is not served', { reason: error.message }),
  );

  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: largestMessage });
  const address = () => `http://127.0.0.1:${port}/?code=${access.code}`;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    answerRequest(request, response, access, options, address).catch((error: unknown) => {
      options.log.error('request failed', { url: request.url?.split('?')[0], error: String(error) });
      if (!response.headersSent) response.writeHead(500, commonHeaders);
      response.end();
    });
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal =
      pathOf(request) === '/rpc'
        ? access.checkUpgrade(request)
        : ({ status: 403, words: 'No such endpoint.' } as const);
    if (refusal) return refuseUpgrade(socket, refusal, options.log);
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', (error) => options.log.warn('socket error', { error: error.message }));
      sockets.emit('connection', opened, request);
      void serveSocket(opened, options.router);
    });
  };
  for (const server of servers) server.on('request', answer).on('upgrade', upgrade);
  const heartbeat = keepAlive(sockets);

  let closing: Promise<void> | null = null;
  return {
    port,
    address,
    close: () => {
      closing ??= closeAll(servers, sockets, heartbeat);
      return closing;
    },
  };
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  options: ServerOptions,
  address: () => string,
): Promise<void> {
  const wrongAddress = access.checkAddress(request);
  if (wrongAddress) return refuse(response, wrongAddress);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...commonHeaders, Allow: 'GET, HEAD' }).end();
    return;
  }
  const code = codeOf(request);
  if (code !== null && access.redeem(code)) {
    response.writeHead(303, {
      ...commonHeaders,
      'Set-Cookie': access.cookie,
      Location: '/',
      'Cache-Control': 'no-store',
    });
    response.end();
    options.onOpened?.(address());
    return;
  }
  const noSession = access.checkSession(request);
  if (noSession) return refuse(response, noSession);
  // A used code of a window that still has its cookie (a reload of the first address) just loses the code.
  if (code !== null) {
    response.writeHead(303, { ...commonHeaders, Location: '/', 'Cache-Control': 'no-store' }).end();
    return;
  }
  await answerAsset(request, response, options.renderer);
}

async function answerAsset(request: IncomingMessage, response: ServerResponse, folder: string): Promise<void> {
  const asset = await readAsset(folder, pathOf(request));
  if (!asset) {
    response.writeHead(404, {
      ...commonHeaders,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': plainPagePolicy,
    });
    response.end(plainPage('Nothing here', 'Overland has no page at this address.'));
    return;
  }
  let body = asset.body;
  const headers: Record<string, string> = {
    ...commonHeaders,
    'Content-Type': asset.type,
    'Cache-Control': asset.immutable ? 'private, max-age=31536000, immutable' : 'no-store',
  };
  if (asset.type.startsWith('text/html')) {
    const nonce = newNonce();
    headers['Content-Security-Policy'] = pagePolicy(nonce, `ws://${request.headers.host}`);
    body = Buffer.from(withNonce(Buffer.from(body).toString('utf8'), nonce));
  }
  headers['Content-Length'] = String(body.byteLength);
  response.writeHead(200, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, {
    ...commonHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': plainPagePolicy,
    'Cache-Control': 'no-store',
  });
  response.end(plainPage('Overland', refusal.words));
}

function refuseUpgrade(socket: Duplex, refusal: Refusal, log: Log): void {
  log.warn('WebSocket refused', { status: refusal.status, reason: refusal.words });
  socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] || '/';
}

function codeOf(request: IncomingMessage): string | null {
  const query = (request.url ?? '').split('?', 2)[1];
  return pathOf(request) === '/' && query ? new URLSearchParams(query).get('code') : null;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A window that vanished without a word (a suspended machine) is found by a ping that nobody answers. */
function keepAlive(sockets: WebSocketServer): NodeJS.Timeout {
  const alive = new WeakSet<object>();
  sockets.on('connection', (socket: WebSocket) => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
  });
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) {
        socket.terminate();
        continue;
      }
      socket.ping();
    }
  }, heartbeatMs);
  timer.unref();
  return timer;
}

async function closeAll(
  servers: readonly Server[],
  sockets: WebSocketServer,
  heartbeat: NodeJS.Timeout,
): Promise<void> {
  clearInterval(heartbeat);
  for (const socket of sockets.clients) socket.close(1001, 'Overland ends');
  await Promise.all(
    servers
      .map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeIdleConnections();
          }),
      )
      .concat(
        new Promise<void>((resolve) => {
          setTimeout(() => {
            for (const socket of sockets.clients) socket.terminate();
            for (const server of servers) server.closeAllConnections();
            resolve();
          }, 300);
        }),
      ),
  );
}
