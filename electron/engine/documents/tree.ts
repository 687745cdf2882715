/**
 * A configuration document, whatever its format: no digit is lost, 1 stays apart from 1.0, and the order of keys is kept.
 * Objects have no prototype; a key `__proto__` is a key like others.
 */
export type Doc = null | boolean | bigint | number | string | DocTime | DocNumber | readonly Doc[] | DocObject;
export type DocObject = { readonly [key: string]: Doc };
export type DocPath = readonly (string | number)[];

/** A date or time of TOML, as its text. */
export class DocTime {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A number that no float64 holds digit for digit, as its text. */
export class DocNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function isDocObject(value: Doc | undefined): value is DocObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof DocTime) &&
    !(value instanceof DocNumber)
  );
}

export function isDocList(value: Doc | undefined): value is readonly Doc[] {
  return Array.isArray(value);
}

/** An object without a prototype, so that a document's keys meet none of ours. */
export function docObject(entries: Iterable<readonly [string, Doc]> = []): { [key: string]: Doc } {
  const object: { [key: string]: Doc } = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}

/** Equal in effect: the order of keys does not count, kinds of numbers do. */
export function sameDoc(one: Doc | undefined, other: Doc | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (Object.is(one, other)) return true;
  if (one instanceof DocTime) return other instanceof DocTime && one.text === other.text;
  if (one instanceof DocNumber) return other instanceof DocNumber && one.text === other.text;
  if (isDocList(one))
    return isDocList(other) && one.length === other.length && one.every((value, at) => sameDoc(value, other[at]));
  if (!isDocObject(one) || !isDocObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameDoc(one[key], other[key]))
  );
}

/** The value at a path; undefined when there is none. */
export function valueAt(doc: Doc, path: DocPath): Doc | undefined {
  let here: Doc | undefined = doc;
  for (const key of path) {
    if (isDocList(here)) here = typeof key === 'number' ? here[key] : undefined;
    else if (isDocObject(here)) here = Object.hasOwn(here, key) ? here[key] : undefined;
    else return undefined;
  }
  return here;
}

/** All values that hold no other: scalars, and empty objects and lists. */
export function* leavesOf(doc: Doc, path: DocPath = []): Generator<{ path: DocPath; value: Doc }> {
  const inner: readonly (readonly [string | number, Doc])[] = isDocList(doc)
    ? doc.map((value, at) => [at, value] as const)
    : isDocObject(doc)
      ? Object.entries(doc)
      : [];
  if (inner.length === 0) yield { path, value: doc };
  else for (const [key, value] of inner) yield* leavesOf(value, [...path, key]);
}

/** `models."t2v@1".files[0].path`: as in TOML, quotes where a key needs them. */
export function docPathText(path: DocPath): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += (text === '' ? '' : '.') + (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));
  }
  return text;
}

/** Reads what `docPathText` writes; null when it is no path. */
export function parseDocPath(text: string): DocPath | null {
  const path: (string | number)[] = [];
  const part = /(?:^|\.)(?:([^.[\]"\s]+)|("(?:[^"\\]|\\.)*"))|\[(\d+)\]/y;
  let at = 0;
  while (at < text.length) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (!found) return null;
    at = part.lastIndex;
    try {
      path.push(found[1] ?? (found[2] !== undefined ? (JSON.parse(found[2]) as string) : Number(found[3])));
    } catch {
      return null;
    }
  }
  return path.length > 0 ? path : null;
}

/** A value for a person or a comparison of texts: JSON, with numbers and times as they are written. */
export function docText(value: Doc | undefined): string {
  if (value === undefined) return '';
  if (value instanceof DocTime || value instanceof DocNumber) return value.text;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return numberText(value);
  if (isDocList(value)) return `[${value.map(docText).join(', ')}]`;
  if (isDocObject(value))
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}: ${docText(inner)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

/** A float as a float: 1 is `1.0`. */
export function numberText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
