import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../testing/test-engine.ts';
import { defaultSettings, loadSettings, saveSettings } from './settings.ts';

let engine: TestEngine;
beforeEach(() => {
  engine = testEngine();
});
afterEach(() => engine.close());

describe('settings', () => {
  test('are the defaults until something is saved, and keep what was saved', async () => {
    expect(await loadSettings(engine.environment)).toEqual(defaultSettings);
    await saveSettings(engine.environment, { theme: 'dark' });
    await saveSettings(engine.environment, { numberFormat: '1.234.567,8' });
    expect(await loadSettings(engine.environment)).toEqual({
      ...defaultSettings,
      theme: 'dark',
      numberFormat: '1.234.567,8',
    });
    expect(statSync(engine.environment.paths.settings).mode & 0o777).toBe(0o600);
  });

  test('an undefined field of a change leaves the setting as it is', async () => {
    await saveSettings(engine.environment, { theme: 'dark' });
    await saveSettings(engine.environment, { theme: undefined } as never);
    expect((await loadSettings(engine.environment)).theme).toBe('dark');
  });

  test.each([
    ['{"theme": "dark", "colour": "red", "wat": 1}', ['colour', 'wat']],
    ['{"theme": "purple"}', ['theme']],
    ['{"keepAwake": "yes"}', ['keepAwake']],
    ['[]', [null]],
    ['{"theme": ', [null]],
  ])('%s is refused with every problem and advice, and never overwritten', async (text, keys) => {
    const file = engine.environment.paths.settings;
    writeFileSync(file, text);
    const refused = {
      code: 'INVALID_INPUT',
      data: { problems: keys.map((key) => expect.objectContaining({ file, key, advice: expect.any(String) })) },
    };
    await expect(loadSettings(engine.environment)).rejects.toMatchObject(refused);
    await expect(saveSettings(engine.environment, { theme: 'light' })).rejects.toMatchObject(refused);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('the folder for rollback points must be a folder', async () => {
    const folder = join(engine.folder, 'points');
    await expect(saveSettings(engine.environment, { pointsFolder: folder })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    mkdirSync(folder);
    expect((await saveSettings(engine.environment, { pointsFolder: folder })).pointsFolder).toBe(folder);
    expect((await saveSettings(engine.environment, { pointsFolder: null })).pointsFolder).toBeNull();
  });
});
