import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BundleFiles } from './profile.ts';
import { readBundle } from './read-bundle.ts';
import { writeBundle } from './testing.ts';

const files = { 'profile.toml': 'overland = 1\n', 'sql/a.sql': 'SELECT 1;\n', 'sql/deep/b.sql': 'SELECT 2;\n' };

async function read(folder: string, data: readonly string[] = []): Promise<BundleFiles> {
  const result = await readBundle(folder, data);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.files;
}

describe('the files of a bundle', () => {
  test('are read by their path, and listed folder by folder', async () => {
    const bundle = await read(writeBundle(files));
    expect(bundle.text('sql/a.sql')).toBe('SELECT 1;\n');
    expect(bundle.text('./sql/a.sql')).toBe('SELECT 1;\n');
    expect(bundle.text('sql')).toBeNull();
    expect(bundle.text('../profile.toml')).toBeNull();
    expect(bundle.list('sql')).toStrictEqual(['sql/a.sql']);
    expect(bundle.list('sql/deep/')).toStrictEqual(['sql/deep/b.sql']);
    expect(bundle.list('none')).toStrictEqual([]);
  });

  test('keep their hash whatever the line ends and the folder, and change it with a name or a word', async () => {
    const { hash } = await read(writeBundle(files));
    const crlf = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]));
    expect((await read(writeBundle(crlf))).hash).toBe(hash);
    expect((await read(writeBundle({ ...files, 'sql/a.sql': 'SELECT 3;\n' }))).hash).not.toBe(hash);
    expect((await read(writeBundle({ ...files, 'sql/c.sql': '' }))).hash).not.toBe(hash);
    expect((await read(writeBundle({ ...files, 'logo.png': new Uint8Array([0, 13, 10]) }))).hash).not.toBe(hash);
  });

  test('leave out data: by extension, by what connections point to, and hidden names', async () => {
    const { hash } = await read(writeBundle(files));
    const folder = writeBundle({
      ...files,
      'legacy.db': 'x',
      'legacy.db-wal': 'x',
      'data/old.bin': 'x',
      'data/old.bin-wal': 'x',
      'out/file.txt': 'x',
      'set-aside.jsonl': '{}',
      '.git/config': 'x',
    });
    const bundle = await read(folder, ['data/old.bin', './out', '/elsewhere/x.db']);
    expect(bundle.hash).toBe(hash);
    expect(bundle.text('out/file.txt')).toBeNull();
    expect((await read(folder, ['data/old.bin'])).hash).not.toBe(hash);
  });

  test('a link may stay inside and not leave', async () => {
    const folder = writeBundle(files);
    symlinkSync(join(folder, 'sql/a.sql'), join(folder, 'inside.sql'));
    expect((await read(folder)).text('inside.sql')).toBe('SELECT 1;\n');
    const outside = writeBundle({ 'secret.txt': 'x' });
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'outside.txt'));
    symlinkSync(outside, join(folder, 'folder'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'dangling'));
    symlinkSync(folder, join(folder, 'loop'));
    const result = await readBundle(folder, []);
    expect('problems' in result && result.problems.map(({ message }) => message)).toStrictEqual([
      '`dangling` is a link to nothing.',
      '`folder` is a link that leaves the bundle.',
      '`loop` is a link that leaves the bundle.',
      '`outside.txt` is a link that leaves the bundle.',
    ]);
  });

  test('a folder nested too deep is refused', async () => {
    const folder = writeBundle(files);
    const deep = join(folder, ...Array.from({ length: 30 }, () => 'd'));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'x.sql'), '');
    const result = await readBundle(folder, []);
    expect('problems' in result && result.problems[0]?.message).toBe('Folders are nested deeper than 20.');
  });
});
