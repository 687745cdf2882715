import { type Doc, type DocPath, docObject, docPathText, isDocObject } from '../../documents/tree.ts';

type Open = { [key: string]: Doc };

/** A result that is being built. Tables are copied before they are written to, so that sources stay as they are. */
export class Builder {
  #doc: Doc;
  readonly #own = new Set<Doc>();

  constructor(from: Doc) {
    this.#doc = from;
  }

  get doc(): Doc {
    return this.#doc;
  }

  /** Writes a value, making the tables it stands in. A table that is written over a table is joined with it. */
  write(path: DocPath, value: Doc): string | null {
    if (path.length === 0) return 'A key is needed';
    const top = this.#open(this.#doc);
    if (!top) return 'The document is no table of keys';
    this.#doc = top;
    let here: Open = top;
    for (const [at, key] of path.slice(0, -1).entries()) {
      const inner: Doc = Object.hasOwn(here, key) ? (here[key] ?? null) : docObject();
      const opened: Open | null = this.#open(inner);
      if (!opened) return `\`${docPathText(path.slice(0, at + 1))}\` holds a value, and cannot hold keys`;
      here[key] = opened;
      here = opened;
    }
    const last = String(path.at(-1));
    const old = Object.hasOwn(here, last) ? here[last] : undefined;
    here[last] = isDocObject(old) && isDocObject(value) ? joined(old, value) : value;
    return null;
  }

  /** True when there was something. */
  remove(path: DocPath): boolean {
    let here = this.#open(this.#doc);
    if (here) this.#doc = here;
    for (const key of path.slice(0, -1)) {
      const inner: Doc | undefined = here && Object.hasOwn(here, key) ? here[key] : undefined;
      const opened: Open | null = isDocObject(inner) ? this.#open(inner) : null;
      if (!here || !opened) return false;
      here[key] = opened;
      here = opened;
    }
    const last = String(path.at(-1));
    if (!here || !Object.hasOwn(here, last)) return false;
    delete here[last];
    return true;
  }

  #open(value: Doc): Open | null {
    if (!isDocObject(value)) return null;
    if (this.#own.has(value)) return value as Open;
    const copy = docObject(Object.entries(value));
    this.#own.add(copy);
    return copy;
  }
}

function joined(old: { readonly [key: string]: Doc }, value: { readonly [key: string]: Doc }): Doc {
  const all = docObject(Object.entries(old));
  for (const [key, inner] of Object.entries(value)) {
    const before = Object.hasOwn(all, key) ? all[key] : undefined;
    all[key] = isDocObject(before) && isDocObject(inner) ? joined(before, inner) : inner;
  }
  return all;
}
