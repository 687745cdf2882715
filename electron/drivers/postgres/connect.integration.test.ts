import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../relational.ts';
import { postgresDriver } from './index.ts';
import { type Bench, makeBench } from './testing.ts';

process.env.TZ = 'America/St_Johns';
let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.stop());

const to = (fields: Record<string, string>, password: string | null = null): Endpoint => ({
  engine: 'postgres',
  name: 'shop',
  fields: { ...bench.server.fields, database: 'postgres', ...fields },
  password,
});
const attempt = async (fields: Record<string, string>, password: string | null = null) => {
  const session = await postgresDriver.connect(to(fields, password), 'read', bench.env);
  const { facts } = await session.check();
  await session[Symbol.asyncDispose]();
  return facts[0]?.found;
};

describe('encryption and passwords', () => {
  let ca = '';
  beforeAll(async () => {
    const { control } = bench.server;
    if (!control) return;
    const data = join(control.folder, 'data');
    ca = join(data, 'server.crt');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', join(data, 'server.key'), '-out', ca];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      stdio: 'pipe',
    });
    const owner = statSync(data);
    for (const file of [ca, join(data, 'server.key')]) chownSync(file, owner.uid, owner.gid);
    await bench.server.sql('postgres', 'ALTER SYSTEM SET ssl = on');
    await bench.server.sql('postgres', 'SELECT pg_reload_conf()');
    await new Promise((resolve) => setTimeout(resolve, 500));
  });

  it('verify takes only a certificate that is trusted and names the host; require encrypts and asks for neither', async () => {
    if (!bench.server.control) return;
    expect(await attempt({ tls: 'require' })).toContain('encrypted');
    await expect(attempt({ tls: 'verify', host: 'localhost' })).rejects.toMatchObject({
      message: expect.stringContaining('not trusted'),
      advice: expect.stringContaining('tls_ca'),
    });
    expect(await attempt({ tls: 'verify', host: 'localhost', tls_ca: ca })).toContain('encrypted');
    await expect(attempt({ tls: 'verify', host: '127.0.0.1', tls_ca: ca })).rejects.toMatchObject({
      message: expect.stringContaining('not trusted'),
    });
    expect(await attempt({ tls: 'off' })).not.toContain('encrypted');
  });

  it('a password is used, a wrong one refused in words, and it stands in no error', async () => {
    if (!bench.server.control) return;
    const { folder } = bench.server.control;
    await bench.server.sql('postgres', "CREATE ROLE guarded LOGIN PASSWORD 'p4ss w\u00f6rd'");
    const rules = join(folder, 'data', 'pg_hba.conf');
    writeFileSync(rules, `host all guarded all scram-sha-256\n${readFileSync(rules, 'utf8')}`);
    await bench.server.sql('postgres', 'SELECT pg_reload_conf()');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await attempt({ user: 'guarded' }, 'p4ss w\u00f6rd')).toContain('as guarded');
    const failure = (await attempt({ user: 'guarded' }, 'secret-wrong').catch((error: unknown) => error)) as Error & {
      cause: unknown;
    };
    expect(failure.message).toContain('refuses the user');
    expect(JSON.stringify([failure, failure.message, String(failure.cause)])).not.toContain('secret-wrong');
  });
});

describe('a pooler', () => {
  it('in transaction mode is refused, in session mode told', async () => {
    const transactions = await pooler(Number(bench.server.fields['port']), 'transaction');
    await expect(attempt({ port: String(transactions.port) })).rejects.toMatchObject({
      message: expect.stringContaining('pooler in transaction mode'),
    });
    transactions.close();
    const sessions = await pooler(Number(bench.server.fields['port']), 'session');
    const session = await postgresDriver.connect(to({ port: String(sessions.port) }), 'write', bench.env);
    expect((await session.check()).facts.map((fact) => fact.check)).toContain('Pooler');
    await session[Symbol.asyncDispose]();
    sessions.close();
  });
});

/**
 * What poolers do, in little: clients are greeted with a key of the pooler; in transaction mode a client has a server only
 * while it is inside of a transaction, and the one that was given back last is given out first.
 */
async function pooler(port: number, mode: 'transaction' | 'session'): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  type Upstream = { socket: Socket; greeting: Buffer; client: Socket | null; rest: Buffer };
  const idle: Upstream[] = [];

  async function open(startup: Buffer): Promise<Upstream> {
    const socket = dial(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(startup);
    const upstream: Upstream = { socket, greeting: Buffer.alloc(0), client: null, rest: Buffer.alloc(0) };
    await new Promise<void>((resolve) => {
      const greet = (bytes: Buffer): void => {
        upstream.greeting = Buffer.concat([upstream.greeting, bytes]);
        if (messages(upstream.greeting).all.some(({ type }) => type === 'Z')) {
          socket.off('data', greet);
          resolve();
        }
      };
      socket.on('data', greet);
    });
    socket.on('data', (bytes: Buffer) => {
      const { all, rest } = messages(Buffer.concat([upstream.rest, bytes]));
      upstream.rest = rest;
      const { client } = upstream;
      for (const { type, bytes: message } of all) {
        client?.write(message);
        if (type === 'Z' && message[5] === 0x49 && mode === 'transaction') {
          upstream.client = null;
          idle.push(upstream);
        }
      }
    });
    return upstream;
  }

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    let startup: Buffer | null = null;
    let turn: Promise<void> = Promise.resolve();
    let own: Upstream | null = null;
    client.on('data', (bytes: Buffer) => {
      turn = turn.then(async () => {
        if (startup === null) {
          startup = bytes;
          const first = idle.pop() ?? (await open(bytes));
          // The key in the greeting is the pooler's own.
          const greeting = Buffer.from(first.greeting);
          for (const { type, at } of messages(greeting).all) if (type === 'K') greeting.writeInt32BE(424242, at + 5);
          client.write(greeting);
          if (mode === 'session') own = Object.assign(first, { client });
          else idle.push(first);
          return;
        }
        if (mode === 'transaction' && own?.client !== client)
          own = Object.assign(idle.pop() ?? (await open(startup)), { client });
        if (bytes[0] !== 0x58) own?.socket.write(bytes);
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function messages(bytes: Buffer): { all: { type: string; at: number; bytes: Buffer }[]; rest: Buffer } {
  const all: { type: string; at: number; bytes: Buffer }[] = [];
  let at = 0;
  while (at + 5 <= bytes.length) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (end > bytes.length) break;
    all.push({ type: String.fromCharCode(bytes[at] as number), at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return { all, rest: bytes.subarray(at) };
}
