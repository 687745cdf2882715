import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, safe } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import { adviceOf } from '#shared/contract/advice.ts';
import type { OverlandClient } from '#shared/contract/index.ts';
import { contract } from '#shared/contract/index.ts';
import type { Services } from '#shared/contract/services.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { Log } from '../platform/log.ts';
import { type HostPort, servePort } from './message-port.ts';
import { createRouter } from './router.ts';

type Logged = { message: string; data: unknown };

const open: { close(): void }[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** A client of a router whose services are just the methods given, over a real port. */
function connect(methods: Record<string, Record<string, unknown>>): { client: OverlandClient; logged: Logged[] } {
  const logged: Logged[] = [];
  const keep = (message: string, data?: unknown) => void logged.push({ message, data });
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
  const { port1, port2 } = new MessageChannel();
  servePort(port2 as unknown as HostPort, createRouter(methods as unknown as Services, log));
  const client: OverlandClient = createORPCClient(new RPCLink({ port: port1 as never }));
  port1.start();
  open.push(port1);
  return { client, logged };
}

describe('createRouter', () => {
  it('answers every procedure of the contract', () => {
    const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
    const router = createRouter({} as Services, silent) as Record<string, Record<string, unknown>>;
    for (const [group, procedures] of Object.entries(contract)) {
      expect(Object.keys(router[group] ?? {})).toEqual(Object.keys(procedures));
    }
  });

  it('passes input and output', async () => {
    const { client } = connect({
      bundle: { check: async (input: { path: string }) => [{ ...problem, file: input.path }] },
    });
    expect(await client.bundle.check({ path: '/b' })).toEqual([{ ...problem, file: '/b' }]);
  });

  it('refuses input that the contract does not allow before the service sees it', async () => {
    let called = false;
    const { client } = connect({
      bundle: {
        open: async () => {
          called = true;
        },
      },
    });
    const answer = await safe(client.bundle.open({ path: 5 as unknown as string }));
    expect((answer.error as { code?: string }).code).toBe('BAD_REQUEST');
    expect(called).toBe(false);
  });

  it('answers an expected error with code, data, message and advice', async () => {
    const { client } = connect({
      run: {
        pause: async () => {
          throw new OverlandError(
            'NOT_FOUND',
            'There is no run r9.',
            { what: 'run', name: 'r9' },
            { advice: 'See history.' },
          );
        },
      },
    });
    const { error, isDefined } = await safe(client.run.pause({ runId: 'r9' }));
    expect(isDefined).toBe(true);
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no run r9.',
      data: { what: 'run', name: 'r9' },
    });
    expect(adviceOf(error)).toBe('See history.');
  });

  it('answers a bug without its text and logs it with its causes', async () => {
    const { client, logged } = connect({
      system: {
        info: async () => {
          throw new Error('password=hunter2', { cause: new Error('deeper') });
        },
      },
    });
    const { error } = await safe(client.system.info());
    expect((error as { code?: string }).code).toBe('INTERNAL');
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    expect(JSON.stringify(logged)).toContain('hunter2');
    expect(JSON.stringify(logged)).toContain('deeper');
  });

  it('ends a subscription when the caller leaves', async () => {
    let ended = false;
    const { client } = connect({
      run: {
        async watch(_input: unknown, { signal }: { signal: AbortSignal }) {
          return (async function* () {
            try {
              while (!signal.aborted) {
                yield snapshot;
                await new Promise((resolve) => setTimeout(resolve, 5));
              }
            } finally {
              ended = true;
            }
          })();
        },
      },
    });
    let seen = 0;
    for await (const _ of await client.run.watch({ runId: 'r1' })) if (++seen === 3) break;
    await expect.poll(() => ended).toBe(true);
  });

  it('answers an error in the middle of a subscription by its code', async () => {
    const { client } = connect({
      run: {
        async watch() {
          return (async function* () {
            yield snapshot;
            throw new OverlandError('NOT_FOUND', 'gone', { what: 'run', name: 'r1' });
          })();
        },
      },
    });
    const read = async () => {
      for await (const _ of await client.run.watch({ runId: 'r1' }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

const problem = { file: 'profile.toml', line: 1, column: null, key: null, message: 'm', advice: null };
const snapshot = {
  seq: 1,
  at: '2026-11-20T12:00:00Z',
  runId: 'r1',
  phase: 'execute',
  condition: 'running',
  outcome: null,
  rail: [],
  steps: [],
  bar: [],
  percent: null,
  leftSeconds: null,
  setAside: { now: 0, forecast: null },
  counts: { read: 0, filtered: 0, rejected: 0, accepted: 0, outputs: {} },
  rate: [],
  rateForecast: null,
  events: [],
  eventTotals: { warning: 0, error: 0 },
  aboutToStop: null,
  stopping: null,
  interrupted: null,
  reconciled: null,
  refused: null,
  failure: null,
  criterion: null,
  window: null,
};
