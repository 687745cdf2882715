import { isMap, isNode, isScalar, isSeq, type Node, type Document as YamlTree } from 'yaml';
import type { DocChange } from './changes.ts';
import { LineIndex } from './document.ts';
import { type Doc, type DocPath, isDocList, isDocObject } from './tree.ts';
import { type YamlVersion, yamlTree } from './yaml-document.ts';
import { scalarText, yamlEntry, yamlItem } from './yaml-write.ts';

/** The text with changes made where they are; null where a change cannot be made without writing all of it anew. */
export function editYaml(text: string, changes: readonly DocChange[], version: YamlVersion): string | null {
  let edited = text;
  for (const change of changes) {
    const next = editOne(edited, change, version);
    if (next === null) return null;
    edited = next;
  }
  return edited;
}

function editOne(text: string, { path, to }: DocChange, version: YamlVersion): string | null {
  const tree = yamlTree(text, new LineIndex(text), version);
  if (to === undefined) return removeAt(text, tree, path);
  const node = nodeAt(tree, path);
  if (node === null) return addAt(text, tree, path, to);
  const simple = !isDocObject(to) && !isDocList(to);
  if (simple && isScalar(node) && node.range && node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') {
    const [start, end] = node.range;
    if (start === end)
      return (
        text.slice(0, start) +
        (/[:\s]$/.test(text.slice(0, start)) && !/\s$/.test(text.slice(0, start)) ? ' ' : '') +
        scalarText(to) +
        text.slice(end)
      );
    const quote = node.type === 'QUOTE_SINGLE' && typeof to === 'string' && !/[\n\r]/.test(to);
    return text.slice(0, start) + (quote ? `'${to.replaceAll("'", "''")}'` : scalarText(to)) + text.slice(end);
  }
  const removed = removeAt(text, tree, path);
  const last = path.at(-1);
  if (removed === null || typeof last === 'number') return null;
  return addAt(removed, yamlTree(removed, new LineIndex(removed), version), path, to);
}

function nodeAt(tree: YamlTree, path: DocPath): Node | null {
  const node: unknown = path.length === 0 ? tree.contents : tree.getIn(path, true);
  return isNode(node) ? node : null;
}

type Entry = { readonly start: number; readonly end: number };

/** The lines of an entry in a block; null in flow style, or where the entry shares its first line. */
function linesOf(text: string, tree: YamlTree, path: DocPath): Entry | null {
  const parent = nodeAt(tree, path.slice(0, -1));
  if (!parent || ((isMap(parent) || isSeq(parent)) && parent.flow)) return null;
  const last = path.at(-1);
  let first: number | undefined;
  let value: Node | null = null;
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
    if (!pair || !isNode(pair.key)) return null;
    first = pair.key.range?.[0];
    value = isNode(pair.value) ? pair.value : pair.key;
  } else if (isSeq(parent) && typeof last === 'number') {
    const item: unknown = parent.items[last];
    value = isNode(item) ? item : null;
    first = value?.range ? text.lastIndexOf('-', value.range[0] - 1) : undefined;
  }
  if (first === undefined || first < 0 || !value?.range) return null;
  const start = text.lastIndexOf('\n', first - 1) + 1;
  if (text.slice(start, first).trim() !== '') return null;
  return { start, end: endOfLine(text, contentEnd(value)) };
}

/** Where the last scalar of a node ends: a block's own end takes in the comments that follow it. */
function contentEnd(node: Node): number {
  if ((isMap(node) || isSeq(node)) && !node.flow) {
    const last: unknown = node.items.at(-1);
    if (isMap(node)) {
      const pair = node.items.at(-1);
      if (isNode(pair?.value)) return contentEnd(pair.value);
      if (isNode(pair?.key)) return contentEnd(pair.key);
    } else if (isNode(last)) return contentEnd(last);
  }
  return node.range?.[1] ?? 0;
}

function endOfLine(text: string, from: number): number {
  if (from > 0 && text[from - 1] === '\n') return from;
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function removeAt(text: string, tree: YamlTree, path: DocPath): string | null {
  const parent = nodeAt(tree, path.slice(0, -1));
  const size = isMap(parent) || isSeq(parent) ? parent.items.length : 0;
  const lines = size > 1 ? linesOf(text, tree, path) : null;
  return lines && text.slice(0, lines.start) + text.slice(lines.end);
}

function addAt(text: string, tree: YamlTree, path: DocPath, to: Doc): string | null {
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(tree, parentPath);
  const last = path.at(-1);
  if (last === undefined || !(isMap(parent) || isSeq(parent)) || parent.items.length === 0) return null;
  const sibling = isMap(parent) ? parent.items.at(-1)?.key : parent.items.length - 1;
  const name = isNode(sibling) && isScalar(sibling) ? String(sibling.value) : sibling;
  if (typeof name !== 'string' && typeof name !== 'number') return null;
  const lines = linesOf(text, tree, [...parentPath, name]);
  if (!lines) return null;
  const indent = /^ */.exec(text.slice(lines.start))?.[0] ?? '';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const body = typeof last === 'number' ? yamlItem(to, indent) : yamlEntry(last, to, indent);
  const before = text.slice(0, lines.end);
  const added = body.join(newline);
  const ended = before.endsWith('\n');
  return ended ? `${before}${added}${newline}${text.slice(lines.end)}` : `${before}${newline}${added}`;
}
