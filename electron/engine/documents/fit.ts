import type { DocFormat } from './document.ts';
import {
  type Doc,
  DocNumber,
  type DocPath,
  DocTime,
  docObject,
  docPathText,
  docText,
  isDocList,
  isDocObject,
} from './tree.ts';

/** What is done with a value that the target's format has no form for, or that its readers would alter. */
export type NotHeld = {
  readonly null: 'drop' | 'text' | 'refuse';
  readonly time: 'text' | 'refuse';
  /** Integers beyond 2^53 in JSON: the text is exact, JavaScript and others round it. */
  readonly bigInteger: 'keep' | 'text' | 'refuse';
  /** Tables and lists in an environment file. */
  readonly nested: 'json_text' | 'refuse';
};
export const defaultNotHeld: NotHeld = { null: 'refuse', time: 'text', bigInteger: 'keep', nested: 'refuse' };

export type Unfit = {
  readonly path: string;
  readonly what: 'null' | 'time' | 'big_integer' | 'nested' | 'number' | 'text' | 'top';
  /** Null when no rule settles it: the file is refused. */
  readonly rule: string | null;
  readonly message: string;
  readonly value: string;
};

/** The document as the format can say it, and every place where that is not what it was. */
export function fitDocument(
  doc: Doc,
  format: DocFormat,
  rules: NotHeld,
): { readonly doc: Doc; readonly unfit: readonly Unfit[] } {
  const fitting = new Fitting(format, rules);
  if ((format === 'toml' || format === 'env') && !isDocObject(doc)) {
    fitting.note([], 'top', null, `${formatName[format]} holds a table of keys, and this is none`, doc);
    return { doc, unfit: fitting.unfit };
  }
  return { doc: fitting.value(doc, []) ?? null, unfit: fitting.unfit };
}

export const formatName: Readonly<Record<DocFormat, string>> = {
  json: 'JSON',
  yaml: 'YAML',
  toml: 'TOML',
  env: 'An environment file',
};
const safe = 2n ** 53n;

class Fitting {
  readonly unfit: Unfit[] = [];
  readonly #format: DocFormat;
  readonly #rules: NotHeld;

  constructor(format: DocFormat, rules: NotHeld) {
    this.#format = format;
    this.#rules = rules;
  }

  note(path: DocPath, what: Unfit['what'], rule: string | null, message: string, value: Doc): void {
    this.unfit.push({ path: docPathText(path), what, rule, message, value: docText(value).slice(0, 200) });
  }

  /** Undefined: the key goes. */
  value(value: Doc, path: DocPath): Doc | undefined {
    if (value === null) return this.#null(path);
    if (value instanceof DocTime) return this.#time(value, path);
    if (value instanceof DocNumber) return this.#number(value, path);
    if (typeof value === 'bigint') return this.#integer(value, path);
    if (typeof value === 'number') return this.#float(value, path);
    if (typeof value === 'string') return this.#text(value, path);
    if (typeof value === 'boolean') return this.#format === 'env' ? String(value) : value;
    if (this.#format === 'env' && path.length > 0) return this.#nested(value, path);
    if (isDocList(value))
      return value.map((inner, at) => this.value(inner, [...path, at])).filter((inner) => inner !== undefined);
    const object = docObject();
    for (const [key, inner] of Object.entries(value as { [key: string]: Doc })) {
      const held = this.value(inner, [...path, key]);
      if (held !== undefined) object[key] = held;
    }
    return object;
  }

  #null(path: DocPath): Doc | undefined {
    if (this.#format === 'json' || this.#format === 'yaml') return null;
    const rule = this.#rules.null;
    this.note(
      path,
      'null',
      rule === 'refuse' ? null : `not_held.null = "${rule}"`,
      `${formatName[this.#format]} has no null`,
      null,
    );
    return rule === 'drop' ? undefined : '';
  }

  #time(value: DocTime, path: DocPath): Doc {
    if (this.#format === 'toml') return value;
    const rule = this.#rules.time;
    this.note(
      path,
      'time',
      rule === 'refuse' ? null : 'not_held.time = "text"',
      `${formatName[this.#format]} has no dates: it becomes text`,
      value,
    );
    return value.text;
  }

  #integer(value: bigint, path: DocPath): Doc {
    if (this.#format === 'env') return value.toString();
    const magnitude = value < 0n ? -value : value;
    if (this.#format === 'toml') {
      if (magnitude < 2n ** 63n || value === -(2n ** 63n)) return value;
      this.note(path, 'number', null, 'TOML holds integers of 64 bits, and this one is larger', value);
      return value;
    }
    if (magnitude <= safe) return value;
    const rule = this.#rules.bigInteger;
    const message = 'An integer beyond 2^53: many readers of JSON and YAML round it';
    this.note(path, 'big_integer', rule === 'refuse' ? null : `not_held.big_integer = "${rule}"`, message, value);
    return rule === 'text' ? value.toString() : value;
  }

  #float(value: number, path: DocPath): Doc {
    if (this.#format === 'env') return docText(value);
    if (this.#format === 'json' && !Number.isFinite(value))
      this.note(path, 'number', null, 'JSON has neither infinity nor NaN', String(value));
    return value;
  }

  #number(value: DocNumber, path: DocPath): Doc {
    if (this.#format === 'env') return value.text;
    if (this.#format !== 'json')
      this.note(path, 'number', null, 'A number with more digits than a float64 holds', value);
    return value;
  }

  #text(value: string, path: DocPath): Doc {
    if (/\p{Surrogate}/u.test(value))
      this.note(path, 'text', null, 'Half of a surrogate pair is no character', JSON.stringify(value));
    return value;
  }

  #nested(value: Doc, path: DocPath): Doc {
    const rule = this.#rules.nested;
    this.note(
      path,
      'nested',
      rule === 'refuse' ? null : 'not_held.nested = "json_text"',
      'An environment file holds no tables and lists',
      value,
    );
    return docText(value);
  }
}
