import { parse as parseEditable, patch } from '@decimalturn/toml-patch';
import { TomlDate } from 'smol-toml';
import { type AST, parseForESLint } from 'toml-eslint-parser';
import { parseToml } from '../profile/toml-source.ts';
import type { DocChange } from './changes.ts';
import { Counter, checkDepth } from './count.ts';
import { DocFault, type DocLimits, LineIndex, type ParsedDocument } from './document.ts';
import {
  type Doc,
  DocNumber,
  type DocPath,
  DocTime,
  docObject,
  docText,
  isDocList,
  isDocObject,
  numberText,
} from './tree.ts';

export function parseTomlDocument(text: string, limits: DocLimits): ParsedDocument {
  const lines = new LineIndex(text);
  checkDepth(text, limits, lines);
  const parsed = parseToml(text, '');
  if ('problem' in parsed) {
    const { line, column, message, advice } = parsed.problem;
    const code = /redefine|already|exist|duplicate/i.test(message) ? 'duplicate_key' : 'not_toml';
    throw new DocFault(code, message, line === null ? null : { line, column: column ?? 1 }, advice);
  }
  const times = new ExactTimes(text);
  const count = new Counter(limits);
  return {
    format: 'toml',
    text,
    doc: fromToml(parsed.value, [], times, count),
    notes: [],
    at: (path) => parsed.at.at(path),
  };
}

function fromToml(value: unknown, path: DocPath, times: ExactTimes, count: Counter): Doc {
  count.add(null, 0);
  if (value instanceof TomlDate) return new DocTime(times.at(path) ?? value.toISOString());
  if (Array.isArray(value)) return value.map((inner, at) => fromToml(inner, [...path, at], times, count));
  if (value !== null && typeof value === 'object')
    return docObject(Object.entries(value).map(([key, inner]) => [key, fromToml(inner, [...path, key], times, count)]));
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number')
    return value;
  return null;
}

/** Dates as they are written: a Date would cut them to milliseconds. Read only when there is one. */
class ExactTimes {
  readonly #text: string;
  #found: Map<string, string> | null = null;
  constructor(text: string) {
    this.#text = text;
  }

  at(path: DocPath): string | null {
    this.#found ??= timesIn(this.#text);
    return this.#found.get(JSON.stringify(path)) ?? null;
  }
}

function timesIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const content = (node: AST.TOMLContentNode, path: DocPath): void => {
    if (node.type === 'TOMLArray') node.elements.forEach((inner, at) => void content(inner, [...path, at]));
    else if (node.type === 'TOMLInlineTable') for (const inner of node.body) keyValue(inner, path);
    else if (/date|time/.test(node.kind)) found.set(JSON.stringify(path), text.slice(...node.range));
  };
  const keyValue = (node: AST.TOMLKeyValue, parent: DocPath): void => {
    const keys = node.key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
    content(node.value, [...parent, ...keys]);
  };
  for (const node of parseForESLint(text, { tomlVersion: '1.1' }).ast.body[0].body) {
    if (node.type === 'TOMLKeyValue') keyValue(node, []);
    else for (const inner of node.body) keyValue(inner, node.resolvedKey);
  }
  return found;
}

/** Written anew: the scalars of a table first, since a key after a table header would belong to that table. */
export function writeToml(doc: Doc): string {
  if (!isDocObject(doc)) throw new TypeError('A TOML document is a table');
  const lines: string[] = [];
  writeTable(doc, [], lines);
  return `${lines.join('\n').replace(/^\n+/, '')}\n`;
}

function writeTable(table: { readonly [key: string]: Doc }, path: readonly string[], lines: string[]): void {
  const entries = Object.entries(table);
  for (const [key, value] of entries) if (!isSection(value)) lines.push(`${keyText(key)} = ${inline(value)}`);
  for (const [key, value] of entries) writeSection(value, [...path, key], lines);
}

function writeSection(value: Doc, path: readonly string[], lines: string[]): void {
  const name = path.map(keyText).join('.');
  if (isDocObject(value)) {
    const own = Object.values(value).some((inner) => !isSection(inner));
    if (own || Object.keys(value).length === 0) lines.push('', `[${name}]`);
    writeTable(value, path, lines);
  } else if (isDocList(value) && isSection(value)) {
    for (const item of value) {
      lines.push('', `[[${name}]]`);
      if (isDocObject(item)) writeTable(item, path, lines);
    }
  }
}

function isSection(value: Doc): boolean {
  return isDocObject(value) || (isDocList(value) && value.length > 0 && value.every(isDocObject));
}

function inline(value: Doc): string {
  if (isDocList(value)) return `[${value.map(inline).join(', ')}]`;
  if (isDocObject(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${keyText(key)} = ${inline(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return typeof value === 'number' ? numberText(value) : docText(value);
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007F', '\\u007F');
}

/** The text with changes made where they are; null where a value has no form that the editor takes. */
export function editToml(text: string, changes: readonly DocChange[]): string | null {
  try {
    const inPlace = changes.filter((change) => !isNewSection(change));
    const tree: unknown = inPlace.length > 0 ? parseEditable(text) : null;
    for (const { path, to } of inPlace) if (!setIn(tree, path, to)) return null;
    let edited = inPlace.length > 0 ? patch(text, tree, { trailingComma: false }) : text;
    for (const { path, to } of changes.filter(isNewSection)) edited = withSection(edited, path, to ?? null);
    return edited;
  } catch {
    return null;
  }
}

/** A table, or a list of tables, that stands in tables only. */
function isNewSection({ path, from, to }: DocChange): boolean {
  return from === undefined && to !== undefined && isSection(to) && path.every((key) => typeof key === 'string');
}

/** Appends a table under its own header; where its parent is written inline it is written there. */
function withSection(text: string, path: DocPath, value: Doc): string {
  const lines: string[] = [];
  writeSection(value, path.map(String), lines);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const appended = `${text}${text === '' || text.endsWith('\n') ? '' : newline}${lines.join(newline)}${newline}`;
  if (!('problem' in parseToml(appended, ''))) return appended;
  const tree: unknown = parseEditable(text);
  setIn(tree, path, value);
  return patch(text, tree, { trailingComma: false });
}

function setIn(tree: unknown, path: DocPath, to: Doc | undefined): boolean {
  let here: unknown = tree;
  for (const key of path.slice(0, -1)) here = isRecord(here) ? here[key] : undefined;
  const last = path.at(-1);
  if (last === undefined || !isRecord(here)) return false;
  if (to !== undefined) here[last] = editable(to);
  else if (Array.isArray(here)) here.splice(Number(last), 1);
  else delete here[last];
  return true;
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function editable(value: Doc): unknown {
  if (value instanceof DocTime) return new TomlDate(value.text);
  if (value instanceof DocNumber || value === null) throw new TypeError('No form in TOML');
  if (isDocList(value)) return value.map(editable);
  if (isDocObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, editable(inner)]));
  return value;
}
