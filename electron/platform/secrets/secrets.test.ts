import { expect, test } from 'vitest';
import type { FileSystem } from '../file-system.ts';
import { createSecrets } from './secrets.ts';

const clock = { now: () => new Date(0), monotonic: () => 0, sleep: async () => undefined };
const files = { readText: async () => 'from file\n' } as unknown as FileSystem;

function secretsOf(variables: Record<string, string>, seen: string[] = []) {
  return createSecrets({ variables, fs: files, clock, keyStore: null, onValue: (value) => seen.push(value) });
}

test('the password of an address in the environment is a secret of its connection, known to the redactor', async () => {
  const seen: string[] = [];
  const secrets = secretsOf(
    { OVERLAND_CONNECTION_OLD_SHOP: 'postgres://app:p%40ss%3A1@db-01/shop?sslmode=require' },
    seen,
  );
  expect(await secrets.get('OLD_SHOP_PASSWORD')).toBe('p@ss:1');
  expect(await secrets.where('OLD_SHOP_PASSWORD')).toBe('environment');
  expect((await secrets.list()).map(({ name }) => name)).toEqual(['old_shop_password']);
  expect(seen).toEqual(['p@ss:1']);
});

test.each([
  ['postgres://app@db-01/shop', 'no password'],
  ['postgres://app:%zz@db-01/shop', 'not readable'],
  ['/data/a:b@c.db', 'a path'],
])('%s gives none: %s', async (address) => {
  expect(await secretsOf({ OVERLAND_CONNECTION_OLD: address }).get('OLD_PASSWORD')).toBeNull();
});

test('the secret itself goes before the address, a file loses one line end', async () => {
  const variables = { OVERLAND_CONNECTION_OLD: 'mysql://a:b@h/d', OVERLAND_SECRET_OLD_PASSWORD: 'direct' };
  expect(await secretsOf(variables).get('OLD_PASSWORD')).toBe('direct');
  expect(await secretsOf({ OVERLAND_SECRET_X_FILE: '/run/x' }).get('x')).toBe('from file');
});
