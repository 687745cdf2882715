import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noFailpoints } from './failpoints.ts';
import { isAlive, nodeIdentity } from './identity.ts';
import { createPinoLog } from './log/pino-log.ts';
import { createRedactor } from './log/redactor.ts';
import { nodeClock } from './node-clock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { nodeRandom } from './node-random.ts';
import { homeFolder, makePaths } from './paths.ts';
import { createSecrets, variableOf } from './secrets/secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overland-platform-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('paths', () => {
  it.each([
    ['linux', {}, '/u/.local/share/overland'],
    ['linux', { XDG_DATA_HOME: '/x' }, '/x/overland'],
    ['darwin', {}, '/u/Library/Application Support/Overland'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Overland'],
    ['linux', { OVERLAND_HOME: '/given' }, '/given'],
  ] as const)('%s with %o', (platform, variables, wanted) => {
    expect(homeFolder(variables, { platform, user: '/u' })).toBe(wanted);
    expect(homeFolder(variables, { platform, user: '/u', home: '/option' })).toBe('/option');
  });

  it('folders are for nobody else', () => {
    const paths = makePaths(join(folder, 'home'), folder);
    for (const path of [paths.home, paths.points, paths.scratch, paths.logs, paths.reports]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
  });
});

describe('identity', () => {
  const here = nodeIdentity();
  it('knows itself, a stranger, and another process that got the same pid', async () => {
    expect(isAlive(here, here)).toBe('yes');
    expect(isAlive({ ...here, machine: 'elsewhere' }, here)).toBe('unknown');
    expect(isAlive({ ...here, startedAt: 'boot x ticks 1' }, here)).toBe('no');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await new Promise((resolve) => child.on('spawn', resolve));
    const pid = child.pid as number;
    expect(isAlive({ ...here, pid, startedAt: '' }, here)).toBe('yes');
    if (process.platform === 'linux') expect(isAlive({ ...here, pid, startedAt: here.startedAt }, here)).toBe('no');
    const gone = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(isAlive({ ...here, pid, startedAt: '' }, here)).toBe('no');
  });
});

describe('secrets', () => {
  const make = (variables: Record<string, string>, values: string[] = []) =>
    createSecrets({
      variables,
      fs: nodeFileSystem(noFailpoints),
      clock: nodeClock,
      keyStore: null,
      onValue: (v) => values.push(v),
    });

  it('come from the environment, a file, then the session; each value is told to the redactor', async () => {
    writeFileSync(join(folder, 'secret'), 'from file\n');
    const values: string[] = [];
    const secrets = make(
      { OVERLAND_SECRET_DB_PASS: 'direct', OVERLAND_SECRET_OTHER_FILE: join(folder, 'secret') },
      values,
    );
    expect(variableOf('db-pass')).toBe('OVERLAND_SECRET_DB_PASS');
    expect(await secrets.get('db-pass')).toBe('direct');
    expect(await secrets.get('other')).toBe('from file');
    expect(await secrets.get('third')).toBeNull();
    await secrets.set('third', 'typed', 'session', 'bundle');
    expect(await secrets.get('third')).toBe('typed');
    expect(await secrets.where('third')).toBe('session');
    expect((await secrets.list()).map((one) => `${one.name} ${one.where}`)).toEqual([
      'third session',
      'db_pass environment',
      'other environment',
    ]);
    await secrets.remove('third');
    expect(await secrets.where('third')).toBeNull();
    expect(values).toEqual(expect.arrayContaining(['direct', 'from file', 'typed']));
  });

  it('without a key store nothing is kept, and it says so without the value', async () => {
    const secrets = make({});
    expect(await secrets.note()).toContain('no key store');
    const failure = await secrets.set('a', 'hush-hush', 'key_store', null).catch((error: Error) => error.message);
    expect(failure).toContain("'a' was not kept");
    expect(failure).not.toContain('hush-hush');
  });
});

describe('redactor', () => {
  const redactor = createRedactor();
  redactor.know('s3cr3t/"value"');
  it.each([
    ['the value itself', 'x s3cr3t/"value" y'],
    ['in an address', `postgres://u:s3cr3t%2F%22value%22@h/d`],
    ['in JSON', JSON.stringify({ a: 's3cr3t/"value"' })],
    ['in an error with a cause', new Error('outer', { cause: new Error('got s3cr3t/"value"') })],
    ['deep in data', { a: [{ b: new Map([['k', 's3cr3t/"value"']]) }] }],
    ['as a key', { 's3cr3t/"value"': 1 }],
  ])('exploit: %s', (_name, given) => {
    const out = JSON.stringify(redactor.data(given));
    expect(out).toContain('[redacted]');
    expect(out).not.toMatch(/s3cr3t/);
  });

  it.each([
    ['password=hunter22;', 'hunter22'],
    ['Authorization: Bearer abc.def', 'abc.def'],
    ['{"api_key": "k-123456"}', 'k-123456'],
    ['mysql://root:unknown-one@host/db', 'unknown-one'],
  ])('unknown values at telling places: %s', (text, value) => {
    expect(redactor.text(text)).not.toContain(value);
  });

  it('values of telling keys go, others stay; loops and bytes do no harm', () => {
    const loop: Record<string, unknown> = {
      dbPassword: 'abc',
      accessToken: 'abc',
      rows: 5n,
      bytes: new Uint8Array(3),
      note: 'kept',
    };
    loop['self'] = loop;
    expect(redactor.data(loop)).toEqual({
      dbPassword: '[redacted]',
      accessToken: '[redacted]',
      rows: '5',
      bytes: '[3 bytes]',
      note: 'kept',
      self: '[...]',
    });
  });
});

describe('log', () => {
  it('writes redacted JSON lines, 0600, and turns over by size', () => {
    const redactor = createRedactor();
    redactor.know('topsecret');
    const log = createPinoLog({ level: 'info', redactor, folder, name: 'engine', maxBytes: 2000, keep: 3 });
    log.debug('not shown');
    for (let index = 0; index < 60; index += 1) log.info(`line ${index} topsecret`, { index, password: 'x' });
    log.close();
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['engine.1.log', 'engine.2.log', 'engine.log']);
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
    expect(text).not.toContain('topsecret');
    expect(text).not.toContain('not shown');
    for (const file of files) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(2000);
    }
    const last = JSON.parse(readFileSync(join(folder, 'engine.log'), 'utf8').trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ msg: 'line 59 [redacted]', index: 59, password: '[redacted]' });
  });
});

describe('clock and random', () => {
  it('sleep ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const sleep = nodeClock.sleep(60_000, stop.signal);
    stop.abort(new Error('wake up'));
    await expect(sleep).rejects.toThrow('wake up');
    await expect(nodeClock.sleep(1, stop.signal)).rejects.toThrow('wake up');
  });

  it('ids are of their alphabet and differ', () => {
    const ids = new Set(Array.from({ length: 500 }, () => nodeRandom.id(12)));
    expect(ids.size).toBe(500);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{12}$/);
  });
});
