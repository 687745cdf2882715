import { isAlias, isMap, isNode, isScalar, isSeq, type Node, parseDocument, type Document as YamlTree } from 'yaml';
import { Counter, checkFlowDepth, tooDeep } from './count.ts';
import { DocFault, type DocLimits, type DocNote, LineIndex, type ParsedDocument } from './document.ts';
import { duplicate, jsonNumber } from './json-document.ts';
import { type Doc, DocNumber, type DocPath, docObject } from './tree.ts';

/** How `no`, `on` and `012` are meant: YAML 1.1 readers (PyYAML, Go before 2019) and 1.2 readers differ. */
export type YamlVersion = '1.1' | '1.2';

/** One YAML document. Anchors and merge keys are resolved and told; tags that make objects of programs are refused. */
export function parseYamlDocument(text: string, limits: DocLimits, version: YamlVersion = '1.2'): ParsedDocument {
  const lines = new LineIndex(text);
  checkFlowDepth(text, lines);
  const tree = yamlTree(text, lines, version);
  const reader = new YamlReader(tree, lines, new Counter(limits), limits, version);
  const doc = tree.contents === null ? null : reader.value(tree.contents, 0);
  if (tree.contents === null)
    throw new DocFault('empty', 'The file is empty', lines.place(0), 'Write {} for no settings.');
  return { format: 'yaml', text, doc, notes: reader.notes, at: (path) => placeAt(tree, path, lines) };
}

/** The parsed tree with positions. Throws a DocFault for what is no YAML. */
export function yamlTree(text: string, lines: LineIndex, version: YamlVersion): YamlTree {
  let tree: YamlTree;
  try {
    tree = parseDocument(text, {
      version,
      intAsBigInt: true,
      merge: true,
      uniqueKeys: true,
      prettyErrors: false,
      keepSourceTokens: false,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) throw new DocFault('too_deep', 'The document is nested too deep', null, null);
    throw error;
  }
  const [error] = tree.errors;
  if (!error) return tree;
  const place = lines.place(error.pos[0]);
  if (error.code === 'DUPLICATE_KEY') throw duplicate(keyAt(text, error.pos[0]), place);
  if (error.code === 'MULTIPLE_DOCS')
    throw new DocFault('several', 'The file holds several YAML documents', place, 'One document a file is read.');
  const advice = error.code === 'TAB_AS_INDENT' ? 'YAML is indented with spaces.' : null;
  throw new DocFault(
    'not_yaml',
    `This is not YAML: ${error.message.replace(/ at line \d+.*$/s, '').trim()}`,
    place,
    advice,
  );
}

function keyAt(text: string, offset: number): string {
  return /^["']?([^:"'\n]*)/.exec(text.slice(offset))?.[1]?.trim() ?? '';
}

class YamlReader {
  readonly notes: DocNote[] = [];
  readonly #tree: YamlTree;
  readonly #lines: LineIndex;
  readonly #count: Counter;
  readonly #limits: DocLimits;
  readonly #version: YamlVersion;

  constructor(tree: YamlTree, lines: LineIndex, count: Counter, limits: DocLimits, version: YamlVersion) {
    this.#tree = tree;
    this.#lines = lines;
    this.#count = count;
    this.#limits = limits;
    this.#version = version;
  }

  value(node: unknown, depth: number): Doc {
    if (!isNode(node)) return null;
    const offset = node.range?.[0] ?? 0;
    this.#count.add(this.#lines, offset);
    if (depth > this.#limits.depth) throw tooDeep(this.#limits, this.#lines.place(offset));
    this.#refuseTag(node, offset);
    if (isAlias(node)) return this.#alias(node, offset, depth);
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) return node.items.map((item) => this.value(item, depth + 1));
    return isScalar(node) ? this.#scalar(node.value, node, offset) : null;
  }

  #alias(node: Node, offset: number, depth: number): Doc {
    const target = isAlias(node) ? node.resolve(this.#tree) : undefined;
    if (!target)
      throw new DocFault('not_yaml', 'This is not YAML: an alias without its anchor', this.#lines.place(offset));
    this.#note('alias', 'An alias stands for a copy of its anchor', offset);
    return this.value(target, depth + 1);
  }

  #map(node: Node, depth: number): Doc {
    const object = docObject();
    const merged = docObject();
    for (const pair of isMap(node) ? node.items : []) {
      const key = this.#key(pair.key);
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        this.#note('merge_key', 'A merge key `<<` is replaced by what it takes in', pair.key.range?.[0] ?? 0);
        const taken = this.value(pair.value, depth + 1);
        for (const one of Array.isArray(taken) ? taken : [taken])
          for (const [name, value] of Object.entries(one ?? {}))
            if (!Object.hasOwn(merged, name)) merged[name] = value as Doc;
      } else object[key] = this.value(pair.value, depth + 1);
    }
    for (const [name, value] of Object.entries(merged)) if (!Object.hasOwn(object, name)) object[name] = value;
    return object;
  }

  #key(node: unknown): string {
    if (isScalar(node)) return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    throw new DocFault('not_yaml', 'A key that is a list or a table has no place here', this.#lines.place(offset));
  }

  #scalar(value: unknown, node: Node & { source?: string; type?: string }, offset: number): Doc {
    if (typeof value === 'number') {
      const source = node.source ?? String(value);
      if (!Number.isFinite(value)) return value;
      return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(source) ? jsonNumber(source) : value;
    }
    if (typeof value === 'string' && node.type === 'PLAIN') this.#ambiguous(value, offset);
    if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'string') return value;
    return value === null || value === undefined ? null : new DocNumber(node.source ?? String(value));
  }

  #ambiguous(text: string, offset: number): void {
    if (this.#version === '1.1') return;
    if (/^(?:y|n|yes|no|on|off)$/i.test(text))
      this.#note(
        'norway',
        `\`${text}\` is text here; YAML 1.1 readers such as PyYAML take it for true or false`,
        offset,
      );
    else if (/^0\d+$/.test(text)) this.#note('octal', `\`${text}\` is an octal number to YAML 1.1 readers`, offset);
  }

  #refuseTag(node: Node & { tag?: string }, offset: number): void {
    const { tag } = node;
    if (tag === undefined || /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|merge)$/.test(tag) || tag === '!')
      return;
    const message = `The tag \`${tag}\` is not read`;
    throw new DocFault('tag', message, this.#lines.place(offset), 'Tags of this kind make programs build objects.');
  }

  #note(code: DocNote['code'], message: string, offset: number): void {
    if (this.notes.length < 100) this.notes.push({ code, message, place: this.#lines.place(offset) });
  }
}

function placeAt(tree: YamlTree, path: DocPath, lines: LineIndex) {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsetOf(tree, path.slice(0, length));
    if (offset !== null) return lines.place(offset);
  }
  return null;
}

/** Where the key stands; the value in a list. */
function offsetOf(tree: YamlTree, path: DocPath): number | null {
  const last = path.at(-1);
  if (last === undefined) return 0;
  const parent: unknown = path.length === 1 ? tree.contents : tree.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const key = parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === last)?.key;
    return isNode(key) ? (key.range?.[0] ?? null) : null;
  }
  const item: unknown = isSeq(parent) && typeof last === 'number' ? parent.items[last] : null;
  return isNode(item) ? (item.range?.[0] ?? null) : null;
}
