import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { parseJson } from '../values/json-text.ts';
import { Counter, checkDepth } from './count.ts';
import { DocFault, type DocLimits, LineIndex, type ParsedDocument } from './document.ts';
import { type Doc, DocNumber, type DocPath, DocTime, docObject, docText, isDocList, isDocObject } from './tree.ts';

/** JSON, with comments and trailing commas as editors allow them. */
export function parseJsonDocument(text: string, limits: DocLimits): ParsedDocument {
  const lines = new LineIndex(text);
  checkDepth(text, limits, lines);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) {
    const what = printParseErrorCode(error.error)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase();
    throw new DocFault('not_json', `This is not JSON: ${what}`, lines.place(error.offset), null);
  }
  if (!root) throw new DocFault('empty', 'The file is empty', lines.place(0), 'An empty JSON document is {}.');
  const count = new Counter(limits);
  const doc = readNode(root, text, lines, count);
  return { format: 'json', text, doc, notes: [], at: (path) => placeAt(root, path, lines) };
}

function readNode(node: Node, text: string, lines: LineIndex, count: Counter): Doc {
  count.add(lines, node.offset);
  switch (node.type) {
    case 'object': {
      const object = docObject();
      for (const property of node.children ?? []) {
        const [key, value] = property.children ?? [];
        if (!key || !value)
          throw new DocFault('not_json', 'This is not JSON: a value is missing', lines.place(property.offset));
        const name = String(key.value);
        if (Object.hasOwn(object, name)) throw duplicate(name, lines.place(key.offset));
        object[name] = readNode(value, text, lines, count);
      }
      return object;
    }
    case 'array':
      return (node.children ?? []).map((child) => readNode(child, text, lines, count));
    case 'number':
      return jsonNumber(text.slice(node.offset, node.offset + node.length));
    case 'string':
      return String(node.value);
    case 'boolean':
      return node.value === true;
    default:
      return null;
  }
}

/** A key that stands twice: which of the two holds differs from reader to reader. */
export function duplicate(key: string, place: ReturnType<LineIndex['place']> | null): DocFault {
  const advice = 'Which of the two is read differs between programs; remove one.';
  return new DocFault('duplicate_key', `The key \`${key}\` stands twice`, place, advice);
}

/** A number of JSON or YAML, digit for digit. */
export function jsonNumber(text: string): Doc {
  const value = parseJson(text);
  if (typeof value === 'string') return new DocNumber(text);
  return typeof value === 'bigint' || typeof value === 'number' ? value : new DocNumber(text);
}

function placeAt(root: Node, path: DocPath, lines: LineIndex) {
  let here = root;
  for (const key of path) {
    const next =
      typeof key === 'number'
        ? here.children?.[key]
        : here.children?.find((property) => property.children?.[0]?.value === key)?.children?.[1];
    if (!next) break;
    here = next;
  }
  const start = here.parent?.type === 'property' ? here.parent.offset : here.offset;
  return lines.place(start);
}

/** Written anew. Two spaces, one key a line. */
export function writeJson(doc: Doc, indent = '  ', at = ''): string {
  const inner = at + indent;
  if (isDocList(doc)) {
    if (doc.length === 0) return '[]';
    return `[\n${doc.map((value) => inner + writeJson(value, indent, inner)).join(',\n')}\n${at}]`;
  }
  if (isDocObject(doc)) {
    const entries = Object.entries(doc);
    if (entries.length === 0) return '{}';
    const lines = entries.map(([key, value]) => `${inner}${JSON.stringify(key)}: ${writeJson(value, indent, inner)}`);
    return `{\n${lines.join(',\n')}\n${at}}`;
  }
  return doc instanceof DocTime ? JSON.stringify(doc.text) : docText(doc);
}
