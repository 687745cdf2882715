import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { OverlandClient } from '#shared/contract/index.ts';
import type { Services } from '#shared/contract/services.ts';
import { silentLog } from '../platform/log.ts';
import { createRouter } from '../rpc/router.ts';
import { type RunningServer, startServer } from './server.ts';

let folder: string;
let server: RunningServer;
let cookie: string;
const opened: string[] = [];
const services = { bundle: { recent: async () => [] } } as unknown as Services;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-server-'));
  const renderer = join(folder, 'renderer');
  await mkdir(join(renderer, 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.json'), '{"secret":"outside"}');
  await writeFile(join(renderer, 'index.html'), '<meta name="csp-nonce" content="%NONCE%">the wizard');
  await writeFile(join(renderer, 'assets', 'app-1a2b.js'), 'export {}');
  await writeFile(join(renderer, '.env.json'), '{"secret":"hidden"}');
  await symlink(join(folder, 'secret.json'), join(renderer, 'assets', 'link.json'));
  server = await startServer({
    port: 0,
    renderer,
    router: createRouter(services, silentLog),
    log: silentLog,
    onOpened: (next) => opened.push(next),
  });
  const answer = await raw(`GET ${pathAndQuery(server.address())} HTTP/1.1`);
  cookie = /set-cookie: ([^;]+)/i.exec(answer)![1]!;
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('a window that may', () => {
  it('gets the page with a policy and a nonce of its own', async () => {
    const first = await raw('GET / HTTP/1.1', [`Cookie: ${cookie}`]);
    const second = await raw('GET / HTTP/1.1', [`Cookie: ${cookie}`]);
    expect(status(first)).toBe(200);
    const nonce = (text: string) => /style-src 'self' 'nonce-([^']+)'/.exec(text)?.[1];
    expect(nonce(first)).toBeTruthy();
    expect(nonce(first)).not.toBe(nonce(second));
    expect(first).toContain(`content="${nonce(first)}"`);
    expect(first).toContain("default-src 'none'");
    expect(first).not.toMatch(/script-src[^;]*unsafe/);
  });

  it('gets assets that may be kept, by their hashed name', async () => {
    const answer = await raw('GET /assets/app-1a2b.js HTTP/1.1', [`Cookie: ${cookie}`]);
    expect(status(answer)).toBe(200);
    expect(answer).toMatch(/content-type: text\/javascript/i);
    expect(answer).toMatch(/immutable/);
  });

  it('calls procedures over the WebSocket', async () => {
    const socket = await openSocket({ origin: origin(), cookie });
    const client: OverlandClient = createORPCClient(new RPCLink({ websocket: socket as never }));
    expect(await client.bundle.recent()).toEqual([]);
    socket.close();
  });

  it('is served on IPv6 loopback as well where there is one', async () => {
    if (!Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === '::1'))) return;
    const answer = await raw('GET / HTTP/1.1', [`Cookie: ${cookie}`], { host: '[::1]', to: '::1' });
    expect(status(answer)).toBe(200);
  });
});

describe('holes that stay closed', () => {
  it('code replay: a code opens one window, and the next address has another', async () => {
    const path = pathAndQuery(server.address());
    const first = await raw(`GET ${path} HTTP/1.1`);
    expect(status(first)).toBe(303);
    expect(first).toMatch(/location: \/\r\n/i);
    expect(first).toMatch(/set-cookie: [^\r]*HttpOnly; SameSite=Strict/i);
    const second = await raw(`GET ${path} HTTP/1.1`);
    expect(status(second)).toBe(401);
    expect(second).not.toMatch(/set-cookie/i);
    expect(opened.at(-1)).toBe(server.address());
    expect(server.address()).not.toContain(path);
  });

  it('no code, no cookie: neither page, asset nor socket', async () => {
    expect(status(await raw('GET / HTTP/1.1'))).toBe(401);
    expect(status(await raw('GET /assets/app-1a2b.js HTTP/1.1'))).toBe(401);
    expect(status(await raw('GET / HTTP/1.1', [`Cookie: ${cookie}x`]))).toBe(401);
    await expect(openSocket({ origin: origin() })).rejects.toThrow('401');
  });

  it('DNS rebinding: another name that points to loopback is refused, cookie or not', async () => {
    for (const host of ['evil.example', `evil.example:${server.port}`, `127.0.0.1:${server.port + 1}`, '']) {
      expect(status(await raw('GET / HTTP/1.1', [`Cookie: ${cookie}`], { host, exact: true }))).not.toBe(200);
    }
    await expect(
      openSocket({ origin: `http://evil.example:${server.port}`, cookie, host: `evil.example:${server.port}` }),
    ).rejects.toThrow('421');
  });

  it('cross-site WebSocket: another origin, no origin and the null origin are refused', async () => {
    for (const from of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${server.port + 1}`,
      `http://localhost:${server.port}`,
    ]) {
      await expect(openSocket({ origin: from, cookie })).rejects.toThrow('403');
    }
    await expect(openSocket({ cookie })).rejects.toThrow('403');
  });

  it('cross-site request: a foreign origin is refused', async () => {
    const answer = await raw('GET / HTTP/1.1', [`Cookie: ${cookie}`, 'Origin: https://evil.example']);
    expect(status(answer)).toBe(403);
  });

  it('socket on another path', async () => {
    await expect(openSocket({ origin: origin(), cookie, path: '/other' })).rejects.toThrow('403');
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%5c..%5c..%5csecret.json',
    '/..\\secret.json',
    '//etc/passwd',
    '/%00/etc/passwd',
    '/assets/%252e%252e/%252e%252e/secret.json',
    '/assets/link.json',
    '/.env.json',
    '/c:/windows/win.ini',
    '/%',
  ])('path traversal: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`, [`Cookie: ${cookie}`]);
    expect(status(answer)).toBe(404);
    expect(answer).not.toMatch(/outside|hidden|root:/);
  });

  it.each(['/assets', '/assets/'])('directory listing: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`, [`Cookie: ${cookie}`]);
    expect(status(answer)).toBe(404);
    expect(answer).not.toContain('app-1a2b');
  });

  it('reflected text: nothing of the request is in a refusal', async () => {
    const answer = await raw('GET /<script>alert(1)</script> HTTP/1.1', [`Cookie: ${cookie}`]);
    expect(answer).not.toContain('alert(1)');
  });

  it('other methods', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      expect(status(await raw(`${method} / HTTP/1.1`, [`Cookie: ${cookie}`]))).toBe(405);
    }
  });

  it('other machines: nothing listens beyond loopback', async () => {
    const others = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter((one) => !one.internal && one.family === 'IPv4'),
    );
    for (const { address } of others) {
      await expect(raw('GET / HTTP/1.1', [], { to: address })).rejects.toThrow(/ECONNREFUSED/);
    }
  });
});

it('a taken port is an error that names it', async () => {
  await expect(
    startServer({ port: server.port, renderer: folder, router: createRouter(services, silentLog), log: silentLog }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

function origin(): string {
  return `http://127.0.0.1:${server.port}`;
}

function pathAndQuery(address: string): string {
  const url = new URL(address);
  return url.pathname + url.search;
}

/** The answer to a request written by hand: no client normalises its path. */
function raw(
  line: string,
  headers: readonly string[] = [],
  how: { host?: string; to?: string; exact?: boolean } = {},
): Promise<string> {
  const host = how.exact ? how.host : `${how.host ?? '127.0.0.1'}:${server.port}`;
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, how.to ?? '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write([line, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n'));
  });
}

function status(answer: string): number {
  return Number(answer.split(' ', 2)[1]);
}

function openSocket(how: { origin?: string; cookie?: string; host?: string; path?: string }): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${how.path ?? '/rpc'}`, {
    headers: {
      ...(how.origin ? { Origin: how.origin } : {}),
      ...(how.cookie ? { Cookie: how.cookie } : {}),
      ...(how.host ? { Host: how.host } : {}),
    },
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}
