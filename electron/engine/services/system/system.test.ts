import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemInfo } from '#shared/contract/system.ts';
import { plainHost } from '../host-bridge.ts';
import { journalSampleRun } from '../testing/sample-run.ts';
import { type TestEngine, testEngine } from '../testing/test-engine.ts';
import { createSystemServices } from './index.ts';

let engine: TestEngine;
beforeEach(() => {
  engine = testEngine({ OVERLAND_SECRET_GENERIC: 'hunter2' });
});
afterEach(() => engine.close());

function system() {
  return createSystemServices({ ...engine, host: plainHost('cli') });
}

describe('system', () => {
  test('tells about this machine what the journal and the folders hold', async () => {
    journalSampleRun(engine.journal);
    const info = systemInfo.parse(await system().info(undefined, {}));
    expect(info).toMatchObject({ host: 'cli', runs: 1, points: { count: 1, bytes: 24_576 } });
    expect(Date.parse(info.startedAt)).not.toBeNaN();
    expect(info.keyStoreNote).toMatch(/no key store/);
  });

  test('lists folders: bundles and folders first, then files, nothing hidden, links followed', async () => {
    const folder = join(engine.folder, 'list');
    for (const name of ['b10', 'b9', '.git', 'with-profile']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'with-profile', 'profile.toml'), '');
    writeFileSync(join(folder, 'a.db'), '12345');
    symlinkSync(join(folder, 'b9'), join(folder, 'link'));
    symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
    const list = await system().browse({ path: folder }, {});
    expect(list.parent).toBe(engine.folder);
    expect(list.entries).toEqual([
      { name: 'b9', kind: 'folder', bytes: null },
      { name: 'b10', kind: 'folder', bytes: null },
      { name: 'link', kind: 'folder', bytes: null },
      { name: 'with-profile', kind: 'bundle', bytes: null },
      { name: 'a.db', kind: 'file', bytes: 5 },
    ]);
    expect((await system().browse({ path: '/' }, {})).parent).toBeNull();
    await expect(system().browse({ path: join(folder, 'nowhere') }, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(system().browse({ path: 'relative' }, {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('secrets are told by name, never by value', async () => {
    const services = system();
    await services.setSecret({ name: 'LEGACY_PASSWORD', bundle: 'b', value: 'correct horse', keep: 'session' }, {});
    const listed = await services.secrets(undefined, {});
    expect(listed.map(({ name, where }) => [name, where])).toEqual(
      expect.arrayContaining([
        ['LEGACY_PASSWORD', 'session'],
        [expect.stringMatching(/generic/i), 'environment'],
      ]),
    );
    expect(JSON.stringify(listed)).not.toMatch(/correct horse|hunter2/);
    await services.removeSecret({ name: 'LEGACY_PASSWORD' }, {});
    await expect(services.removeSecret({ name: 'LEGACY_PASSWORD' }, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each([
    [{ name: 'A B', value: 'x', keep: 'session' }, 'name'],
    [{ name: 'A', value: '', keep: 'session' }, 'value'],
    [{ name: 'A', value: 'x', keep: 'key_store' }, 'keep'],
  ] as const)('%j is refused, naming %s', async (secret, key) => {
    const error: unknown = await system()
      .setSecret({ bundle: null, ...secret }, {})
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', data: { problems: [{ key }] } });
    if (secret.value !== '') expect(JSON.stringify(error)).not.toContain(`"${secret.value}"`);
  });

  test('a host without dialogs picks nothing, and says so when it is to show a folder', async () => {
    expect(await system().pick({ kind: 'folder', title: 't', suggested: null }, {})).toEqual({ path: null });
    await expect(system().openFolder({ path: engine.folder }, {})).rejects.toMatchObject({ code: 'FAILED' });
    await expect(system().openFolder({ path: '/no/such' }, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
