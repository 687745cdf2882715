import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from './output.ts';
import { checkSettings, wholeNumber } from './settings.ts';

describe('checkSettings', () => {
  it('fills in what is not given', () => {
    expect(checkSettings({})).toEqual({
      json: false,
      home: null,
      logLevel: null,
      progress: 'lines',
      yes: false,
      consents: [],
      connections: [],
      environmentConnections: new Map(),
    });
  });

  it('reads a path of a connection relative to the shell, any other field as it is', () => {
    const { connections } = checkSettings({
      connection: ['legacy=old.db', 'new.host=db=1', 'new=postgres://app@db1/shop'],
    });
    expect(connections).toEqual([
      { connection: 'legacy', field: 'path', value: resolve('old.db') },
      { connection: 'new', field: 'host', value: 'db=1' },
      { connection: 'new', field: 'url', value: 'postgres://app@db1/shop' },
    ]);
  });

  it.each([{ logLevel: 'loud' }, { progress: 'bars' }, { connection: ['legacy'] }, { connection: ['=x'] }])(
    'refuses %o',
    (given) => {
      expect(() => checkSettings(given)).toThrow(UsageError);
    },
  );
});

describe('wholeNumber', () => {
  it('takes digits in groups', () => expect(wholeNumber('--tasks', '1_000', 1)).toBe(1000));
  it.each(['0', '-1', '1.5', 'many', ''])('refuses %s', (text) => {
    expect(() => wholeNumber('--tasks', text, 1)).toThrow(/--tasks/);
  });
});
