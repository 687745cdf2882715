/** Where something stands in a profile: table and key names, and positions in arrays. */
export type KeyPath = readonly (string | number)[];

/** `steps.subtasks.reject[1].when`; names that TOML must quote are quoted. */
export function keyText(path: KeyPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += (text === '' ? '' : '.') + (/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part));
  }
  return text;
}

/** The path that `keyText` made this text of; null when the text is not one. */
export function parseKey(text: string): KeyPath | null {
  const part = /(?:^|\.)(?:([A-Za-z0-9_-]+)|("(?:[^"\\]|\\.)*"))|\[(\d{1,9})\]/y;
  const path: (string | number)[] = [];
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) return null;
    if (found[3] !== undefined) path.push(Number(found[3]));
    else if (found[2] !== undefined) path.push(JSON.parse(found[2]) as string);
    else path.push(found[1] ?? '');
  }
  return path.length > 0 && typeof path[0] === 'string' ? path : null;
}
