import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { MainLink, type ParentPort, type Port } from './main-link.ts';
import type { FromEngine } from './messages.ts';

/** The parent port as the engine process sees it, with main's side in the test's hands. */
function parent() {
  const events = new EventEmitter();
  const sent: FromEngine[] = [];
  const port: ParentPort = {
    postMessage: (message) => void sent.push(message as FromEngine),
    on: (event, listener) => events.on(event, listener),
  };
  const fromMain = (data: unknown, ports: Port[] = []) => events.emit('message', { data, ports });
  return { port, sent, fromMain };
}

const unheard = { connect: () => undefined, end: () => undefined };

it('gives each question its own answer, in whatever order they come', async () => {
  const { port, sent, fromMain } = parent();
  const link = new MainLink(port, unheard);
  const first = link.ask('keyGet', 'a');
  const second = link.ask('keyGet', 'b');
  const [one, two] = sent.map((message) => (message.kind === 'ask' ? message.id : -1));
  fromMain({ kind: 'answer', id: two, value: 'B' });
  fromMain({ kind: 'answer', id: one, value: 'A' });
  expect([await first, await second]).toEqual(['A', 'B']);
});

it('rejects with the words of main', async () => {
  const { port, sent, fromMain } = parent();
  const link = new MainLink(port, unheard);
  const asked = link.ask('openFolder', '/nowhere');
  fromMain({ kind: 'refusal', id: sent[0]!.kind === 'ask' ? sent[0]!.id : -1, message: 'no such folder' });
  await expect(asked).rejects.toThrow('no such folder');
});

it('waits for the port of a helper, which may come before or after the answer', async () => {
  const { port, sent, fromMain } = parent();
  const link = new MainLink(port, unheard);
  const spawned = link.helper();
  const [ask] = sent;
  if (ask?.kind !== 'ask' || ask.name !== 'helperSpawn') throw new Error('no helper was asked for');
  const helperPort = {} as Port;
  fromMain({ kind: 'helperPort', id: ask.input.id }, [helperPort]);
  fromMain({ kind: 'answer', id: ask.id, value: null });
  expect((await spawned).port).toBe(helperPort);
});

it('passes on windows that knock, and the end', () => {
  const { port, fromMain } = parent();
  const seen: unknown[] = [];
  new MainLink(port, { connect: (given) => void seen.push(given), end: () => void seen.push('end') });
  const window = {} as Port;
  fromMain({ kind: 'connect' }, [window]);
  fromMain({ kind: 'end' });
  expect(seen).toEqual([window, 'end']);
});
