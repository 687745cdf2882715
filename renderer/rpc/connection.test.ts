import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, it } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { makeSnapshot, runId } from '../testing/fixtures/run.ts';
import { settings } from '../testing/fixtures/system.ts';
import { live } from '../testing/live.ts';
import { Connection } from './connection.ts';
import { EngineLost } from './engine-lost.ts';
import { isOverlandError } from './errors.ts';
import { messagePortChannel } from './message-port-channel.ts';
import { RunWatches } from './run-watches.ts';

/** A real oRPC handler on the far end of a real MessageChannel; `kill` is what the window sees when the process dies. */
function engine(snapshot: RunSnapshot) {
  const { port1, port2 } = new MessageChannel();
  const watched = live(snapshot);
  const os = implement(contract);
  const router = {
    system: {
      settings: os.system.settings.handler(() => settings),
      info: os.system.info.handler(() => new Promise<never>(() => {})),
    },
    plan: {
      get: os.plan.get.handler(({ errors }) => {
        throw errors.NOT_FOUND({ message: 'There is no plan yet', data: { what: 'plan', name: runId } });
      }),
    },
    run: {
      watch: os.run.watch.handler(({ signal }) => watched.stream(signal)),
    },
  };
  new RPCHandler(router).upgrade(port2 as never, { context: {} });
  port2.start();
  return { channel: messagePortChannel(port1), watched, kill: () => port2.close() };
}

const until = async (condition: () => boolean) => {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
};

describe('the connection to the engine', () => {
  it('carries calls and the expected errors of the contract with their data', async () => {
    const connection = new Connection();
    const waiting = connection.api.system.settings();
    const { channel, kill } = engine(makeSnapshot());
    connection.attach(channel);
    expect(await waiting).toEqual(settings);
    const error = await connection.api.plan.get({ runId }).catch((thrown: unknown) => thrown);
    expect(isOverlandError(error, 'NOT_FOUND') && error.data).toEqual({ what: 'plan', name: runId });
    expect(isOverlandError(error, 'LOCKED')).toBe(false);
    kill();
  });

  it('rejects a call that hangs as soon as the engine dies, and every later one at once', async () => {
    const connection = new Connection();
    const { channel, kill } = engine(makeSnapshot());
    connection.attach(channel);
    const hanging = connection.api.system.info();
    await connection.api.system.settings();
    kill();
    await expect(hanging).rejects.toBeInstanceOf(EngineLost);
    expect(connection.getState()).toMatchObject({ kind: 'lost', attempt: 0 });
    await expect(connection.api.system.settings()).rejects.toBeInstanceOf(EngineLost);
  });

  it('keeps the last snapshot of a run as last known and watches again through the next channel', async () => {
    const connection = new Connection();
    const first = engine(makeSnapshot({ seq: 1 }));
    connection.attach(first.channel);
    const watches = new RunWatches(connection);
    const stop = watches.subscribe(runId, () => {});
    await until(() => watches.get(runId).snapshot?.seq === 1);
    first.watched.set(makeSnapshot({ seq: 2 }));
    await until(() => watches.get(runId).snapshot?.seq === 2);
    expect(watches.get(runId).live).toBe(true);

    first.kill();
    await until(() => !watches.get(runId).live);
    expect(watches.get(runId).snapshot?.seq).toBe(2);

    const second = engine(makeSnapshot({ seq: 7 }));
    connection.attach(second.channel);
    expect(connection.getState()).toEqual({ kind: 'connected', generation: 2 });
    await until(() => watches.get(runId).live);
    expect(watches.get(runId).snapshot?.seq).toBe(7);
    stop();
    second.kill();
  });

  it('counts the tries to reconnect', () => {
    const connection = new Connection();
    connection.noteAttempt(1);
    connection.noteAttempt(2);
    expect(connection.getState()).toMatchObject({ kind: 'lost', attempt: 2 });
  });
});
