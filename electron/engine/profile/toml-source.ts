import { parse, TomlError } from 'smol-toml';
import { type AST, parseForESLint } from 'toml-eslint-parser';
import type { Problem } from '#shared/model/finding.ts';
import { sentence } from '../values/sentence.ts';
import type { KeyPath } from './key-path.ts';
import type { SourceMap } from './profile.ts';

export type TomlTable = Readonly<Record<string, unknown>>;

/** Values of a TOML text: integers as bigint, so that no digit is lost and 1 stays apart from 1.0. */
export function parseToml(
  text: string,
  file: string,
): { readonly value: TomlTable; readonly at: SourceMap } | { readonly problem: Problem } {
  try {
    const value = parse(text, { integersAsBigInt: true, unsafeKeyBehaviour: 'throw' });
    return { value, at: new TomlSourceMap(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { problem: syntaxProblem(error, text, file) };
  }
}

function syntaxProblem(error: TomlError, text: string, file: string): Problem {
  const reason = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
  return {
    file,
    line: error.line,
    column: error.column,
    key: null,
    message: sentence(`This is not TOML: ${reason}`),
    advice: syntaxAdvice(reason, text.split('\n')[error.line - 1] ?? ''),
  };
}

function syntaxAdvice(reason: string, line: string): string | null {
  if (/__proto__|constructor|prototype/.test(line)) return 'This name is not allowed as a key.';
  if (/[“”‘’]/.test(line)) return 'The line has typographic quotes; TOML takes only straight ones.';
  if (/redefine|already|exist|duplicate/i.test(reason))
    return 'Each table and each key stands once; inline tables cannot be extended later.';
  return null;
}

type Place = { readonly line: number; readonly column: number };
type Entry = { readonly key: Place; readonly value: AST.TOMLContentNode | null };

/** Positions, read from a second parse that happens only when something is asked for. */
class TomlSourceMap implements SourceMap {
  readonly #text: string;
  #entries: ReadonlyMap<string, Entry> | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  at(path: KeyPath): Place | null {
    for (let length = path.length; length > 0; length -= 1) {
      const entry = this.#all().get(JSON.stringify(path.slice(0, length)));
      if (entry) return entry.key;
    }
    return path.length === 0 ? null : { line: 1, column: 1 };
  }

  inText(path: KeyPath, offset: number): Place | null {
    const value = this.#all().get(JSON.stringify(path))?.value;
    if (value?.type !== 'TOMLValue' || value.kind !== 'string' || value.multiline) return this.at(path);
    const raw = this.#text.slice(value.range[0] + 1, value.range[1] - 1);
    const inRaw = value.style === 'literal' ? offset : rawOffset(raw, offset);
    return { line: value.loc.start.line, column: value.loc.start.column + 2 + inRaw };
  }

  #all(): ReadonlyMap<string, Entry> {
    this.#entries ??= readEntries(this.#text);
    return this.#entries;
  }
}

/** The same map, seen from a table inside: paths given to it begin there. */
export function within(source: SourceMap, prefix: KeyPath): SourceMap {
  return {
    at: (path) => source.at([...prefix, ...path]),
    inText: (path, offset) => source.inText([...prefix, ...path], offset),
  };
}

/** Where the character at `offset` of a basic string stands in its source, escapes counted as they are written. */
function rawOffset(raw: string, offset: number): number {
  let at = 0;
  for (let index = 0; index < offset && at < raw.length; index += 1) {
    const escaped = /\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)/y;
    escaped.lastIndex = at;
    at += escaped.exec(raw)?.[0].length ?? 1;
  }
  return at;
}

function readEntries(text: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  try {
    const [top] = parseForESLint(text, { tomlVersion: '1.1' }).ast.body;
    for (const node of top.body) {
      if (node.type === 'TOMLKeyValue') readKeyValue(node, [], entries);
      else readTable(node, entries);
    }
  } catch {
    // The values were read by a parser that allows more: problems then have keys without lines.
  }
  return entries;
}

function readTable(table: AST.TOMLTable, entries: Map<string, Entry>): void {
  noteKeys(table.key, [], entries);
  note(table.resolvedKey, placeOf(table.key), null, entries);
  for (const node of table.body) readKeyValue(node, table.resolvedKey, entries);
}

function readKeyValue(node: AST.TOMLKeyValue, parent: KeyPath, entries: Map<string, Entry>): void {
  const path = noteKeys(node.key, parent, entries);
  const last = node.key.keys.at(-1);
  entries.set(JSON.stringify(path), { key: placeOf(last ?? node.key), value: node.value });
  readContent(node.value, path, entries);
}

function readContent(node: AST.TOMLContentNode, path: KeyPath, entries: Map<string, Entry>): void {
  if (node.type === 'TOMLArray') {
    node.elements.forEach((element, index) => {
      note([...path, index], placeOf(element), element, entries);
      readContent(element, [...path, index], entries);
    });
  } else if (node.type === 'TOMLInlineTable') {
    for (const inner of node.body) readKeyValue(inner, path, entries);
  }
}

/** Notes the parts of a dotted key, which are tables that may have no header of their own; gives the whole path. */
function noteKeys(key: AST.TOMLKey, parent: KeyPath, entries: Map<string, Entry>): KeyPath {
  let path = parent;
  for (const part of key.keys) {
    path = [...path, part.type === 'TOMLBare' ? part.name : part.value];
    note(path, placeOf(part), null, entries);
  }
  return path;
}

/** The first place holds: a table is where it is named first. */
function note(path: KeyPath, key: Place, value: AST.TOMLContentNode | null, entries: Map<string, Entry>): void {
  const id = JSON.stringify(path);
  if (!entries.has(id)) entries.set(id, { key, value });
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
