import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameClashes } from './name-clashes.ts';
import { type RoleRules, roleOf } from './roles.ts';
import { checkSafetensors } from './safetensors.ts';

function shard(header: unknown, tensors: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(tensors, 7)]);
}
const check = (file: Buffer) =>
  checkSafetensors(file.length, async (at, bytes) => file.subarray(at, Math.min(file.length, at + bytes)));
const two = {
  __metadata__: { format: 'pt' },
  b: { dtype: 'F32', shape: [2], data_offsets: [6, 14] },
  a: { dtype: 'BF16', shape: [3, 1], data_offsets: [0, 6] },
};

describe('checkSafetensors', () => {
  it('finds nothing in whole files, of no tensors too', async () => {
    expect(await check(shard(two, 14))).toBeNull();
    expect(await check(shard({}, 0))).toBeNull();
    expect(await check(shard({ a: { dtype: 'NEW1', shape: [9], data_offsets: [0, 4] } }, 4))).toBeNull();
  });

  it('finds every truncation', async () => {
    const whole = shard(two, 14);
    for (let length = 0; length < whole.length; length += 1)
      expect(await check(whole.subarray(0, length))).toMatchObject({ code: 'truncated' });
    expect(await check(shard(two, 10))).toMatchObject({ message: expect.stringContaining('4 of them are missing') });
  });

  it.each([
    ['bytes after the end', shard(two, 15), 'too_long'],
    ['no JSON', shard('{"a": ', 0), 'header'],
    ['a list', shard('[]', 0), 'header'],
    ['no place', shard({ a: { dtype: 'F32', shape: [1] } }, 4), 'header'],
    ['a negative place', shard({ a: { dtype: 'U8', shape: [1], data_offsets: [-1, 0] } }, 0), 'header'],
    ['a gap', shard({ a: { dtype: 'U8', shape: [1], data_offsets: [1, 2] } }, 2), 'header'],
    ['a wrong shape', shard({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4), 'header'],
    ['an endless header', Buffer.concat([Buffer.alloc(8, 0xff), Buffer.from('{}')]), 'header'],
  ])('finds %s', async (_, file, code) => {
    expect(await check(file)).toMatchObject({ code });
  });

  it('never fails on any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.nat(20), async (json, bytes) => {
        const found = await check(shard(json, bytes));
        expect(found === null || found.message.length > 0).toBe(true);
      }),
    );
  });
});

describe('roleOf', () => {
  const rules: RoleRules = {
    components: [
      { contains: ['vae'], component: 'vae' },
      { contains: ['text_encoder', 't5'], component: 'text_encoder' },
      { contains: ['unet', 'diffusion_pytorch_model'], component: 'unet' },
    ],
  };
  it('takes the first rule, the number of a shard and the index', () => {
    expect(roleOf('VAE/diffusion_pytorch_model.safetensors', rules).component).toBe('vae');
    expect(roleOf('unet/diffusion_pytorch_model-00002-of-00003.safetensors', rules)).toEqual({
      component: 'unet',
      shard_part: 2n,
      shard_index: null,
    });
    expect(roleOf('unet/model.safetensors.index.json', rules)).toMatchObject({ shard_part: null, shard_index: true });
    expect(roleOf('README.md', rules)).toEqual({ component: null, shard_part: null, shard_index: null });
  });
});

describe('nameClashes', () => {
  it('finds case, composed letters, and a file where another needs a folder', () => {
    expect(nameClashes(['a/X', 'A/y', 'b'])).toEqual([]);
    expect(nameClashes(['a/X', 'A/x'])).toEqual([['a/X', 'A/x']]);
    expect(nameClashes(['\u00e9', 'e\u0301'])).toEqual([['\u00e9', 'e\u0301']]);
    expect(nameClashes(['Models', 'models/t2v/x'])).toEqual([['Models', 'models/t2v/x']]);
  });
});
