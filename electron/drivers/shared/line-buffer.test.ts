import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from './line-buffer.ts';

function written(lines: readonly string[], size: number): { readonly blocks: Buffer[]; readonly text: string } {
  const buffer = new LineBuffer(size);
  const blocks: Buffer[] = [];
  for (const line of lines) {
    if (buffer.add(line)) continue;
    blocks.push(buffer.take());
    expect(buffer.add(line)).toBe(true);
  }
  if (!buffer.isEmpty) blocks.push(buffer.take());
  return { blocks, text: Buffer.concat(blocks).toString('utf8') };
}

describe('lines as UTF-8 in blocks', () => {
  it('any lines come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 1, max: 300 }), (lines, size) => {
        expect(written(lines, size).text).toBe(lines.join(''));
      }),
    );
  });

  it('a block that was taken is not written to any more', () => {
    const buffer = new LineBuffer(16);
    buffer.add('first\n');
    const block = buffer.take();
    buffer.add('other\n');
    expect(block.toString()).toBe('first\n');
  });

  it('a line that is longer than a block has one of its own size', () => {
    const { blocks } = written(['a\n', `${'é'.repeat(50)}\n`, 'b\n'], 16);
    expect(blocks.map((block) => block.length)).toEqual([2, 103]);
  });
});
