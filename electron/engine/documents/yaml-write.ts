import { type Doc, DocTime, docText, isDocList, isDocObject, numberText } from './tree.ts';

/** Written anew in block style; texts that any reader could take for something else stand in quotes. */
export function writeYaml(doc: Doc): string {
  if (isDocObject(doc) && Object.keys(doc).length > 0)
    return `${Object.entries(doc)
      .flatMap(([key, value]) => yamlEntry(key, value, ''))
      .join('\n')}\n`;
  if (isDocList(doc) && doc.length > 0) return `${doc.flatMap((value) => yamlItem(value, '')).join('\n')}\n`;
  return `${scalarText(doc)}\n`;
}

/** The lines of a key and its value. */
export function yamlEntry(key: string, value: Doc, indent: string): readonly string[] {
  const head = `${indent}${plainOrQuoted(key)}:`;
  if (isDocObject(value) && Object.keys(value).length > 0)
    return [head, ...Object.entries(value).flatMap(([name, inner]) => yamlEntry(name, inner, `${indent}  `))];
  if (isDocList(value) && value.length > 0) return [head, ...value.flatMap((inner) => yamlItem(inner, `${indent}  `))];
  return [`${head} ${scalarText(value)}`];
}

/** The lines of an element of a list. */
export function yamlItem(value: Doc, indent: string): readonly string[] {
  const inner = `${indent}  `;
  const lines =
    isDocObject(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, one]) => yamlEntry(key, one, inner))
      : isDocList(value) && value.length > 0
        ? value.flatMap((one) => yamlItem(one, inner))
        : [`${inner}${scalarText(value)}`];
  return [`${indent}- ${(lines[0] ?? '').slice(inner.length)}`, ...lines.slice(1)];
}

/** One line: a scalar, or an empty table or list. */
export function scalarText(value: Doc): string {
  if (typeof value === 'string') return plainOrQuoted(value);
  if (value instanceof DocTime) return JSON.stringify(value.text);
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  return typeof value === 'number' ? numberText(value) : docText(value);
}

const words = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function plainOrQuoted(text: string): string {
  const plain = /^[A-Za-z_/][\w./-]*(?: [\w./-]+)*$/.test(text) && !words.test(text);
  return plain ? text : JSON.stringify(text).replace(/[\u0085\u2028\u2029\uFEFF\u007F-\u009F]/g, escaped);
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
