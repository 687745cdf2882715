import { request } from 'node:http';
import type { BrowserHost } from '../hosts/browser-host.ts';
import { expect, test } from '../support/fixtures.ts';
import { expectNoNode, expectPolicy } from './page-checks.ts';

test('the page: no Node, no inline script, no remote content', async ({ wizard, host }) => {
  await wizard.answers(/./);
  await expectNoNode(host.page);
  await expectPolicy(host.page);
});

test('the server: a code opens one window; foreign origins and hosts are refused', async ({ wizard, host }) => {
  await wizard.answers(/./);
  const { address } = host as BrowserHost;
  const { port } = new URL(address);
  const [cookie] = await host.page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  const session = `${cookie!.name}=${cookie!.value}`;
  const get = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end();
    });
  expect(await get('/', { cookie: session })).toBe(200);
  expect(await get('/', {})).toBe(401);
  expect(await get('/?code=guessed', {})).toBe(401);
  expect(await get('/', { cookie: session, host: `overland.evil.example:${port}` })).toBe(421);
  expect(await get('/', { cookie: session, origin: 'https://evil.example' })).toBe(403);
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'b3ZlcmxhbmQtZTJlLWtleQ==',
  };
  expect(await get('/rpc', { ...upgrade, cookie: session, origin: 'https://evil.example' })).toBe(403);
  expect(await get('/rpc', { ...upgrade, origin: address.slice(0, -1) })).toBe(401);
});
