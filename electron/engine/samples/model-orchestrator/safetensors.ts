import type { SeededRandom } from '../seeded-random.ts';

const blockBytes = 64 * 1024;

/** A whole safetensors file with about so many bytes of tensors. */
export function safetensors(names: readonly string[], bytes: number, random: SeededRandom): Uint8Array {
  const each = Math.max(2, Math.floor(bytes / names.length / 2) * 2);
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [at, name] of names.entries())
    header[name] = { dtype: 'BF16', shape: [each / 2], data_offsets: [at * each, (at + 1) * each] };
  const json = JSON.stringify(header);
  const head = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8, ' '));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  return Buffer.concat([length, head, Buffer.alloc(each * names.length, block(random))]);
}

function block(random: SeededRandom): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  for (let at = 0; at < blockBytes; at += 4) bytes.writeUInt32LE(random.below(0x1_0000_0000), at);
  return bytes;
}
