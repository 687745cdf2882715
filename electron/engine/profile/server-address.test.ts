import { describe, expect, test } from 'vitest';
import { parseServerAddress } from './server-address.ts';

describe('an address of a server', () => {
  test.each([
    ['postgres', 'postgres://app@db-01:5433/shop', { host: 'db-01', port: '5433', database: 'shop', user: 'app' }],
    ['postgres', 'postgresql://db-01/shop?sslmode=verify-full', { host: 'db-01', database: 'shop', tls: 'verify' }],
    ['postgres', 'postgres:///shop?host=/run/pg', { host: '/run/pg', database: 'shop' }],
    ['postgres', 'postgres://[::1]/a%20b?connect_timeout=7', { host: '::1', database: 'a b', connect_timeout: '7s' }],
    ['mysql', 'mariadb://a%40b@h/d?ssl-mode=DISABLED', { host: 'h', database: 'd', user: 'a@b', tls: 'off' }],
  ] as const)('%s %s', (engine, text, fields) => {
    expect(parseServerAddress(engine, text)).toStrictEqual({ fields, password: null });
  });

  test('gives its password apart', () => {
    expect(parseServerAddress('mysql', 'mysql://app:p%40ss@h/d')).toStrictEqual({
      fields: { host: 'h', database: 'd', user: 'app' },
      password: 'p@ss',
    });
  });

  test.each([
    ['mysql', 'postgres://h/d'],
    ['postgres', 'db-01/shop'],
    ['postgres', 'postgres://h/d?sslmode=maybe'],
    ['postgres', 'postgres://h/d?ssl=1'],
    ['postgres', 'postgres://h/d/e'],
    ['postgres', 'postgres://u:hunter2@h/%zz'],
  ] as const)('%s %s is refused, with an example and without its password', (engine, text) => {
    const refused = parseServerAddress(engine, text);
    expect(refused).toMatchObject({ message: expect.any(String), advice: expect.stringContaining(`${engine}://`) });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });
});
