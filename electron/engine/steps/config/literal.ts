import { type Doc, DocNumber, DocTime, docObject, isDocList, isDocObject } from '../../documents/tree.ts';
import { asLiteralText } from '../../profile/expression-text.ts';

/** A value of the profile or of an expression as a part of a document. Throws for what no document holds. */
export function literalDoc(value: unknown): Doc {
  if (typeof value === 'string') return asLiteralText(value);
  return docOf(value);
}

/** What CEL gives back; numbers keep their kind. */
export function docOf(value: unknown): Doc {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number')
    return value;
  if (value instanceof DocTime || value instanceof DocNumber) return value;
  if (value instanceof Date) return new DocTime(value.toISOString());
  if (Array.isArray(value)) return value.map(docOf);
  const entries: Iterable<readonly [unknown, unknown]> =
    value instanceof Map ? value : typeof value === 'object' ? Object.entries(value) : [];
  return docObject([...entries].map(([key, inner]) => [String(key), docOf(inner)]));
}

/** A document as expressions see it: times and long numbers are text. */
export function celOf(doc: Doc): unknown {
  if (doc instanceof DocTime || doc instanceof DocNumber) return doc.text;
  if (isDocList(doc)) return doc.map(celOf);
  if (!isDocObject(doc)) return doc;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(doc)) object[key] = celOf(value);
  return object;
}
