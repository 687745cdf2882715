import type { DocChange } from './changes.ts';
import { DocFault, type DocLimits, LineIndex, type ParsedDocument, type Place } from './document.ts';
import { duplicate } from './json-document.ts';
import { type Doc, DocTime, docObject, docText, isDocObject } from './tree.ts';

type Line = { readonly key: string; readonly value: string; readonly start: number; readonly end: number };

/** `KEY=value` lines, as shells and the usual loaders read them: `export`, quotes, comments. All values are text. */
export function parseEnvDocument(text: string, limits: DocLimits): ParsedDocument {
  const lines = new LineIndex(text);
  const places = new Map<string, Place>();
  const doc = docObject();
  const read = envLines(text, lines);
  if (read.length > limits.values)
    throw new DocFault('too_many_values', `The file holds more than ${limits.values} keys`);
  for (const { key, value, start } of read) {
    const place = lines.place(start);
    if (Object.hasOwn(doc, key)) throw duplicate(key, place);
    places.set(key, place);
    doc[key] = value;
  }
  return { format: 'env', text, doc, notes: [], at: (path) => places.get(String(path[0])) ?? null };
}

const entry = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/;

function envLines(text: string, lines: LineIndex): readonly Line[] {
  const found: Line[] = [];
  let at = 0;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    if (line.trim() === '' || /^\s*#/.test(line)) {
      at = end + 1;
      continue;
    }
    const head = entry.exec(line);
    if (!head?.[1])
      throw new DocFault('not_env', 'This line is no KEY=value', lines.place(at), 'A comment begins with #.');
    const start = at + head[0].length;
    const value = valueAt(text, start, lines);
    found.push({ key: head[1], value: value.text, start, end: value.end });
    at = lineEnd(text, value.end) + 1;
  }
  return found;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function valueAt(text: string, start: number, lines: LineIndex): { text: string; end: number } {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") {
    const raw = text.slice(start, lineEnd(text, start)).replace(/\s+#.*$|\s+$/, '');
    return { text: raw.startsWith('#') ? '' : raw, end: start + raw.length };
  }
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === quote) return { text: value, end: at + 1 };
    if (sign === '\\' && quote === '"') {
      at += 1;
      value += unescaped(text.charAt(at));
    } else value += sign;
  }
  throw new DocFault('not_env', 'A quoted text does not end', lines.place(start));
}

function unescaped(sign: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return known[sign] ?? (/["\\$`]/.test(sign) ? sign : `\\${sign}`);
}

/** Written anew, one key a line. */
export function writeEnv(doc: Doc): string {
  if (!isDocObject(doc)) throw new TypeError('An environment file is a table');
  const lines = Object.entries(doc).map(([key, value]) => `${key}=${envValue(value)}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function envValue(value: Doc): string {
  const text =
    value === null ? '' : typeof value === 'string' ? value : value instanceof DocTime ? value.text : docText(value);
  if (/^[\w./:@%+,-]*$/.test(text)) return text;
  const inner = text
    .replace(/["\\$`]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${inner}"`;
}

/** The text with changes made where they are. */
export function editEnv(text: string, changes: readonly DocChange[]): string {
  let edited = text;
  for (const { path, to } of changes) {
    const key = String(path[0]);
    const line = envLines(edited, new LineIndex(edited)).find((one) => one.key === key);
    if (line && to === undefined) {
      const start = edited.lastIndexOf('\n', line.start - 1) + 1;
      edited = edited.slice(0, start) + edited.slice(lineEnd(edited, line.end) + 1);
    } else if (line && to !== undefined) {
      edited = edited.slice(0, line.start) + envValue(to) + edited.slice(line.end);
    } else if (to !== undefined) {
      const newline = edited.includes('\r\n') ? '\r\n' : '\n';
      edited += `${edited === '' || edited.endsWith('\n') ? '' : newline}${key}=${envValue(to)}${newline}`;
    }
  }
  return edited;
}
