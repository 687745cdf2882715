import { changesBetween } from './changes.ts';
import { type DocFormat, type DocLimits, docLimits, type ParsedDocument } from './document.ts';
import { editEnv, parseEnvDocument, writeEnv } from './env-document.ts';
import { parseJsonDocument, writeJson } from './json-document.ts';
import { editJson } from './json-edit.ts';
import { editToml, parseTomlDocument, writeToml } from './toml-document.ts';
import { type Doc, sameDoc } from './tree.ts';
import { parseYamlDocument, type YamlVersion } from './yaml-document.ts';
import { editYaml } from './yaml-edit.ts';
import { writeYaml } from './yaml-write.ts';

export type DocOptions = { readonly limits?: DocLimits; readonly yaml?: YamlVersion };

/** Reads a text. Throws a DocFault that says what, and where. */
export function parseDocument(text: string, format: DocFormat, options: DocOptions = {}): ParsedDocument {
  const limits = options.limits ?? docLimits;
  switch (format) {
    case 'json':
      return parseJsonDocument(text, limits);
    case 'yaml':
      return parseYamlDocument(text, limits, options.yaml);
    case 'toml':
      return parseTomlDocument(text, limits);
    case 'env':
      return parseEnvDocument(text, limits);
  }
}

/** A document written anew. It holds only what the format can say, see `fit.ts`. */
export function writeDocument(doc: Doc, format: DocFormat): string {
  switch (format) {
    case 'json':
      return `${writeJson(doc)}\n`;
    case 'yaml':
      return writeYaml(doc);
    case 'toml':
      return writeToml(doc);
    case 'env':
      return writeEnv(doc);
  }
}

/** `anew`: comments and formatting could not be kept. Either way the text was read again and holds `doc`. */
export type Rendered = { readonly text: string; readonly anew: boolean };

/** The text of `base` changed to hold `doc`, in its own format. */
export function editDocument(base: ParsedDocument, doc: Doc, options: DocOptions = {}): Rendered {
  const changes = changesBetween(base.doc, doc);
  if (changes.length === 0) return { text: base.text, anew: false };
  const edited = changes.some(({ path }) => path.length === 0) ? null : editText(base, changes, options);
  if (edited !== null && holds(edited, base.format, doc, options)) return { text: edited, anew: false };
  return { text: writeDocument(doc, base.format), anew: true };
}

function editText(
  base: ParsedDocument,
  changes: ReturnType<typeof changesBetween>,
  options: DocOptions,
): string | null {
  switch (base.format) {
    case 'json':
      return editJson(base.text, changes);
    case 'yaml':
      return editYaml(base.text, changes, options.yaml ?? '1.2');
    case 'toml':
      return editToml(base.text, changes);
    case 'env':
      return editEnv(base.text, changes);
  }
}

/** True when the text reads back as the document: what a consumer will see is what was meant. */
export function holds(text: string, format: DocFormat, doc: Doc, options: DocOptions = {}): boolean {
  try {
    return sameDoc(parseDocument(text, format, options).doc, doc);
  } catch {
    return false;
  }
}
