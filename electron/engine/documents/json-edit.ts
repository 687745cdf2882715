import { type Node, parseTree } from 'jsonc-parser';
import type { DocChange } from './changes.ts';
import { writeJson } from './json-document.ts';
import { type Doc, type DocPath, docObject } from './tree.ts';

/** The text with changes made where they are; what is not changed keeps its bytes. Null where a path is not there. */
export function editJson(text: string, changes: readonly DocChange[]): string | null {
  const style = styleOf(text);
  let edited: string | null = text;
  for (const { path, to } of changes) {
    const root = parseTree(edited, [], { allowTrailingComma: true });
    const parent = root && find(root, path.slice(0, -1));
    const last = path.at(-1);
    if (!parent || last === undefined) return null;
    const child = childAt(parent, last);
    if (to === undefined) edited = child ? remove(edited, parent, child) : null;
    else if (child) edited = replace(edited, child, to, style);
    else edited = insert(edited, parent, last, to, style);
    if (edited === null) return null;
  }
  return edited;
}

type Style = { readonly indent: string; readonly newline: string };

function styleOf(text: string): Style {
  return { indent: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ', newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

function find(root: Node, path: DocPath): Node | null {
  let here: Node | undefined = root;
  for (const key of path) {
    const child: Node | undefined = here && childAt(here, key);
    here = child?.type === 'property' ? child.children?.[1] : child;
  }
  return here ?? null;
}

/** The property of an object, the element of a list. */
function childAt(parent: Node, key: string | number): Node | undefined {
  return typeof key === 'number'
    ? parent.children?.[key]
    : parent.children?.find((property) => property.children?.[0]?.value === key);
}

function end(node: Node): number {
  return node.offset + node.length;
}

function replace(text: string, child: Node, to: Doc, style: Style): string {
  const node = child.type === 'property' ? (child.children?.[1] ?? child) : child;
  return text.slice(0, node.offset) + valueText(to, style, indentAt(text, node.offset)) + text.slice(end(node));
}

function insert(text: string, parent: Node, key: string | number, to: Doc, style: Style): string {
  const children = parent.children ?? [];
  const outer = indentAt(text, parent.offset);
  const last = children.at(-1);
  if (!last) {
    const whole: Doc = typeof key === 'number' ? [to] : docObject([[key, to]]);
    return text.slice(0, parent.offset) + valueText(whole, style, outer) + text.slice(end(parent));
  }
  const inline = !text.slice(parent.offset, end(parent)).includes('\n');
  const inner = inline ? '' : indentAt(text, last.offset);
  const value = inline ? compact(to, style) : valueText(to, style, inner);
  const added = typeof key === 'number' ? value : `${JSON.stringify(key)}: ${value}`;
  if (inline) return `${text.slice(0, end(last))}, ${added}${text.slice(end(last))}`;
  // A comment that ends the line of the last one stays with it.
  const comment =
    /^[ \t]*,?[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)(?=\r?\n)/.exec(text.slice(end(last)))?.[0] ?? '';
  const comma = comment.trimStart().startsWith(',') ? '' : ',';
  const after = end(last) + comment.length;
  const trailing = comma === '' ? ',' : '';
  return `${text.slice(0, end(last))}${comma}${comment}${style.newline}${inner}${added}${trailing}${text.slice(after)}`;
}

function remove(text: string, parent: Node, child: Node): string {
  const comma = commaAfter(text, end(child));
  const siblings = parent.children ?? [];
  const before = siblings[siblings.indexOf(child) - 1];
  let from = child.offset;
  let to = comma === null ? end(child) : comma + 1;
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const rest = /^[ \t]*\r?\n/.exec(text.slice(to))?.[0];
  if (rest !== undefined && text.slice(lineStart, from).trim() === '') {
    from = lineStart;
    to += rest.length;
  } else if (comma !== null) to += /^[ \t]*/.exec(text.slice(to))?.[0].length ?? 0;
  const shorter = text.slice(0, from) + text.slice(to);
  if (comma !== null || !before) return shorter;
  const loose = commaAfter(shorter, end(before));
  return loose === null ? shorter : shorter.slice(0, loose) + shorter.slice(loose + 1);
}

/** The comma that follows, comments skipped; null when something else comes first. */
function commaAfter(text: string, from: number): number | null {
  const skipped = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(text.slice(from))?.[0].length ?? 0;
  return text[from + skipped] === ',' ? from + skipped : null;
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function valueText(value: Doc, { indent, newline }: Style, at: string): string {
  return writeJson(value, indent, at).replaceAll('\n', newline);
}

/** On one line; line ends inside of texts are escaped, so every one that is left is of the layout. */
function compact(value: Doc, style: Style): string {
  return valueText(value, { ...style, newline: '\n' }, '').replace(/\n\s*/g, ' ');
}
