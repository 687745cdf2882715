import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../testing/test-engine.ts';
import { receiveBundle, receiveLimits, safePath } from './received.ts';

let engine: TestEngine;
beforeEach(() => {
  engine = testEngine();
});
afterEach(() => engine.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const profile = { path: 'profile.toml', base64: base64('overland = 1') };

describe('a bundle dropped into a browser window', () => {
  test('is stored as it was, and replaces the one before as a whole', async () => {
    const first = await receiveBundle(engine.environment, 'mine', [
      profile,
      { path: 'sql/a.sql', base64: base64('ä') },
    ]);
    expect(first).toBe(join(engine.environment.paths.home, 'received', 'mine'));
    expect(readFileSync(join(first, 'sql/a.sql'), 'utf8')).toBe('ä');
    const second = await receiveBundle(engine.environment, 'mine', [profile]);
    expect(second).toBe(first);
    expect(readdirSync(first)).toEqual(['profile.toml']);
    expect(readdirSync(join(first, '..'))).toEqual(['mine']);
  });

  test.each([
    '../escape.toml',
    'sql/../../escape.toml',
    '/etc/passwd',
    'C:\\windows\\x',
    'C:/windows/x',
    'sql\\..\\..\\x',
    '..',
    '.',
    '',
    'a//b',
    'a/./b',
    'nul.txt',
    'sql/con',
    'a\u0000b',
    'a\nb',
    'trailing. ',
    `${'d/'.repeat(receiveLimits.depth)}x`,
    'x'.repeat(300),
  ])('security: a path that leaves the folder is refused: %j', async (path) => {
    expect(safePath(path)).toBeNull();
    await expect(
      receiveBundle(engine.environment, 'mine', [profile, { path, base64: base64('x') }]),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(existsSync(join(engine.environment.paths.home, 'received'))).toBe(false);
  });

  test.each(['..', '../x', 'a/b', '', 'con', 'a\u0000'])(
    'security: a name that is a path is refused: %j',
    async (name) => {
      await expect(receiveBundle(engine.environment, name, [profile])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(existsSync(join(engine.environment.paths.home, 'received'))).toBe(false);
    },
  );

  test.each([
    ['no profile', [{ path: 'a.sql', base64: '' }]],
    ['two names that are one on some disks', [profile, { path: 'PROFILE.toml', base64: '' }]],
    ['broken base64', [{ path: 'profile.toml', base64: 'no base64!' }]],
    ['a file too large', [profile, { path: 'a.db', base64: 'A'.repeat(receiveLimits.fileBytes * 1.4) }]],
    ['too many files', Array.from({ length: receiveLimits.files + 1 }, (_, i) => ({ path: `f${i}`, base64: '' }))],
  ])('%s: refused before anything is written', async (_name, files) => {
    await expect(receiveBundle(engine.environment, 'mine', files)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(existsSync(join(engine.environment.paths.home, 'received'))).toBe(false);
  });
});
