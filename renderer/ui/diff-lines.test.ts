import { describe, expect, it } from 'vitest';
import { changedPart, diffLines } from './diff-lines.ts';

describe('aligned rows', () => {
  it('keep what is common in line and pair what changed', () => {
    const rows = diffLines('a\nb\nc', 'a\nB\nc\nd');
    expect(rows.map((row) => row.kind)).toEqual(['same', 'changed', 'same', 'added']);
    expect(rows[1]).toEqual({ left: { line: 2, text: 'b' }, right: { line: 2, text: 'B' }, kind: 'changed' });
    expect(rows[3]?.left).toBeNull();
  });

  it('show a new or a dropped text whole', () => {
    expect(diffLines('', 'x\ny').every((row) => row.kind === 'added')).toBe(true);
    expect(diffLines('x', '').map((row) => row.kind)).toEqual(['removed']);
  });

  it('mark only the part of a line that differs', () => {
    const { start, leftEnd, rightEnd } = changedPart('status TEXT', 'status VARCHAR TEXT');
    expect('status VARCHAR TEXT'.slice(start, rightEnd)).toBe('VARCHAR ');
    expect(leftEnd).toBe(start);
  });
});
