import type { Value } from '#shared/model/value.ts';

/** One line for a person: what the value is, cut at `length` characters. Not for storing. */
export function previewValue(value: Value, length = 80): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return cut(oneLine(value), length);
  if (value instanceof Uint8Array) return `${value.length} bytes: ${cut(hexText(value.subarray(0, length)), length)}`;
  if (typeof value === 'object') return cut(`[${value.map((item) => previewValue(item, length)).join(', ')}]`, length);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Control characters as pictures, so that a NUL or a line break is seen. */
function oneLine(text: string): string {
  let shown = '';
  for (const unit of text) {
    const code = unit.codePointAt(0) ?? 0;
    if (code < 0x20) shown += String.fromCodePoint(0x2400 + code);
    else if (code === 0x7f) shown += '\u2421';
    else if (code >= 0xd800 && code <= 0xdfff) shown += `\\u${code.toString(16)}`;
    else shown += unit;
  }
  return shown;
}

function cut(text: string, length: number): string {
  const characters = [...text.slice(0, length * 2 + 2)];
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
