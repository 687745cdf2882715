import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failpoints, noFailpoints } from './failpoints.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { quotaFileSystem } from './quota-file-system.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overland-fs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const fs = nodeFileSystem(noFailpoints);

describe('writeDurable', () => {
  it('writes 0600 unless told otherwise, and leaves nothing else', async () => {
    await fs.writeDurable(at('a'), 'one');
    await fs.writeDurable(at('a'), new Uint8Array([50]));
    await fs.writeDurable(at('b'), 'x', 0o644);
    expect(readFileSync(at('a'), 'utf8')).toBe('2');
    expect(statSync(at('a')).mode & 0o777).toBe(0o600);
    expect(statSync(at('b')).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('a failure keeps the old content and removes the temporary file', async () => {
    writeFileSync(at('a'), 'old');
    const failing: Failpoints = {
      hit: (name) => {
        if (name === 'file.rename.before') throw new Error('stopped here');
      },
    };
    await expect(nodeFileSystem(failing).writeDurable(at('a'), 'new')).rejects.toThrow('stopped here');
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('passes every failpoint in order', async () => {
    const hits: string[] = [];
    const watched = nodeFileSystem({ hit: (name) => hits.push(name) });
    await watched.writeDurable(at('a'), 'x');
    await watched.rename(at('a'), at('b'));
    await watched.remove(at('b'));
    await watched.remove(at('b'));
    const wrap = (name: string) => [`file.${name}.before`, `file.${name}.after`];
    expect(hits).toEqual([...wrap('fsync'), ...wrap('rename'), ...wrap('rename'), ...wrap('remove')]);
  });
});

describe('copy and digest', () => {
  it('agree with the bytes, keep the mode, and report progress', async () => {
    const bytes = Buffer.alloc(2_500_000, 'overland ');
    writeFileSync(at('a'), bytes);
    chmodSync(at('a'), 0o640);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const seen: number[] = [];
    expect(await fs.copy(at('a'), at('b'), { onBytes: (n) => seen.push(n) })).toEqual({ bytes: bytes.length, sha256 });
    expect(seen).toEqual([1 << 20, 2 << 20, 2_500_000]);
    expect(await fs.digest(at('b'), {})).toEqual({ bytes: bytes.length, sha256 });
    expect(statSync(at('b')).mode & 0o777).toBe(0o640);
  });

  it('end when they are aborted', async () => {
    writeFileSync(at('a'), Buffer.alloc(3_000_000));
    const stop = new AbortController();
    const copy = fs.copy(at('a'), at('b'), { signal: stop.signal, onBytes: () => stop.abort(new Error('enough')) });
    await expect(copy).rejects.toThrow('enough');
  });
});

describe('looking', () => {
  it('stat follows no link and says null for nothing', async () => {
    writeFileSync(at('a'), 'abc');
    symlinkSync(at('a'), at('l'));
    expect(await fs.stat(at('a'))).toMatchObject({ kind: 'file', bytes: 3 });
    expect(await fs.stat(at('l'))).toMatchObject({ kind: 'link' });
    expect(await fs.stat(at('nothing'))).toBeNull();
    expect(await fs.stat(join(at('a'), 'below'))).toBeNull();
    expect((await fs.list(folder)).map((entry) => entry.name)).toEqual(['a', 'l']);
    expect(await fs.realPath(at('l'))).toBe(await fs.realPath(at('a')));
  });

  it('free space is told also for a path that does not exist yet', async () => {
    expect(await fs.freeBytes(at('not/yet/there'))).toBeGreaterThan(0);
  });
});

it('a quota ends with ENOSPC where a full disk would', async () => {
  writeFileSync(at('a'), Buffer.alloc(3_000_000));
  const small = quotaFileSystem(fs, 1_500_000);
  expect(await small.freeBytes(folder)).toBe(1_500_000);
  await expect(small.copy(at('a'), at('b'), {})).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(small.writeDurable(at('c'), 'x')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readdirSync(folder)).not.toContain('c');
});
