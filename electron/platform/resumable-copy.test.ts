import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failpoints, noFailpoints } from './failpoints.ts';
import { copyResumable, unfinishedName } from './resumable-copy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overland-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const copy = (more: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {}, failpoints = noFailpoints) =>
  copyResumable({ from: at('from'), to: at('to'), token: 'run', ...more }, failpoints);
const megabyte = 1 << 20;
/** Bytes of which no two blocks are alike. */
const content = (bytes: number, seed = 1): Buffer => {
  const data = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i += 997) data.writeUInt8((i * 31 + seed + (i >> 20)) & 0xff, i);
  return data;
};

describe('copyResumable', () => {
  it('gives content, permissions, time and the hash of what was read', async () => {
    const data = content(2 * megabyte + 5);
    writeFileSync(at('from'), data);
    chmodSync(at('from'), 0o444);
    utimesSync(at('from'), 1_000_000, 1_000_000.5);
    expect(await copy()).toEqual({ kind: 'copied', bytes: data.length, sha256: sha256(data), resumedBytes: 0 });
    expect(readFileSync(at('to')).equals(data)).toBe(true);
    expect(statSync(at('to')).mode & 0o777).toBe(0o444);
    expect(statSync(at('to')).mtimeMs).toBe(1_000_000_500);
    expect(readdirSync(folder).sort()).toEqual(['from', 'to']);
  });

  it('goes on where an aborted copy ended, which never had the name of the target', async () => {
    const data = content(5 * megabyte);
    writeFileSync(at('from'), data);
    const abort = new AbortController();
    const ended = copy({
      signal: abort.signal,
      onBytes: (bytes) => {
        if (bytes === 3 * megabyte) abort.abort(new Error('ended'));
      },
    });
    await expect(ended).rejects.toThrow('ended');
    expect(existsSync(at('to'))).toBe(false);
    expect(await copy()).toMatchObject({ kind: 'copied', resumedBytes: 3 * megabyte, sha256: sha256(data) });
    expect(readFileSync(at('to')).equals(data)).toBe(true);
  });

  it('trusts neither length nor content of what was left', async () => {
    const data = content(3 * megabyte);
    writeFileSync(at('from'), data);
    const left = Buffer.concat([data, Buffer.from('more')]);
    left.fill(0, megabyte + 7, megabyte + 4096);
    writeFileSync(unfinishedName(at('to'), 'run'), left);
    expect(await copy()).toMatchObject({ resumedBytes: 2 * megabyte, sha256: sha256(data) });
    expect(readFileSync(at('to')).equals(data)).toBe(true);
  });

  it('takes the same content for done and other content for a conflict, and changes neither', async () => {
    writeFileSync(at('from'), 'right');
    writeFileSync(at('to'), 'right');
    expect(await copy()).toMatchObject({ kind: 'same', bytes: 5 });
    writeFileSync(at('to'), 'wrong');
    expect(await copy()).toMatchObject({ kind: 'conflict', found: { sha256: sha256(Buffer.from('wrong')) } });
    expect(readFileSync(at('to'), 'utf8')).toBe('wrong');
    rmSync(at('to'));
    symlinkSync(at('from'), at('to'));
    expect(await copy()).toMatchObject({ kind: 'conflict', found: null });
  });

  it('does not replace a file that got the name while the copy ran', async () => {
    writeFileSync(at('from'), 'ours');
    const result = await copy({ onBytes: () => writeFileSync(at('to'), 'theirs') });
    expect(result).toMatchObject({ kind: 'conflict' });
    expect(readFileSync(at('to'), 'utf8')).toBe('theirs');
  });

  it('refuses a source that is a link or changes meanwhile', async () => {
    writeFileSync(at('other'), 'x');
    symlinkSync(at('other'), at('from'));
    await expect(copy()).rejects.toThrow();
    rmSync(at('from'));
    writeFileSync(at('from'), 'before');
    await expect(copy({ onBytes: () => writeFileSync(at('from'), 'after that') })).rejects.toThrow('was changed');
    expect(existsSync(at('to'))).toBe(false);
  });

  it('keeps the holes of a sparse file', async () => {
    writeFileSync(at('from'), 'begin');
    truncateSync(at('from'), 32 * megabyte);
    const result = await copy();
    expect(result).toMatchObject({ bytes: 32 * megabyte, sha256: sha256(readFileSync(at('from'))) });
    expect(statSync(at('to')).blocks).toBeLessThan((4 * megabyte) / 512);
  });

  it('ended at any place and begun again, any content arrives once and nothing else is left', async () => {
    const ends = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 2 }),
        ends,
        async (tail, mb, when) => {
          const data = Buffer.concat([content(mb * megabyte, tail[0]), tail]);
          writeFileSync(at('from'), data);
          for (const count of when) {
            let left = count;
            const failing: Failpoints = {
              hit: () => {
                left -= 1;
                if (left === 0) throw new Error('ended');
              },
            };
            await copy({}, failing).catch((error: Error) => expect(error.message).toBe('ended'));
            if (existsSync(at('to'))) expect(readFileSync(at('to')).equals(data)).toBe(true);
          }
          expect(await copy()).toMatchObject({ bytes: data.length, sha256: sha256(data) });
          expect(readFileSync(at('to')).equals(data)).toBe(true);
          expect(readdirSync(folder).sort()).toEqual(['from', 'to']);
          rmSync(at('to'));
        },
      ),
      { numRuns: 20 },
    );
  });
});
