import {
  type Doc,
  type DocObject,
  type DocPath,
  docObject,
  docPathText,
  docText,
  isDocList,
  isDocObject,
  valueAt,
} from '../../documents/tree.ts';
import { Builder } from './builder.ts';
import { castDoc, isKind } from './cast.ts';
import type { Names } from './expressions.ts';
import type { MapInput, MapProblem, Mapped, MapRules } from './map-types.ts';
import type { EachSpec, FromSpec, RuleText, SetRule, Standard, ValueRule } from './spec-types.ts';

/** Makes the result of one source document. Never throws for what the document holds. */
export function mapDocument(input: MapInput, rules: MapRules): Mapped {
  return new Mapping(input, rules).run();
}

class Mapping {
  readonly #input: MapInput;
  readonly #rules: MapRules;
  readonly #result: Builder;
  readonly #problems: MapProblem[] = [];
  readonly #reads: { from: DocPath; to: string }[] = [];
  readonly #defaulted: string[] = [];
  readonly #removed: DocPath[] = [];

  constructor(input: MapInput, rules: MapRules) {
    this.#input = input;
    this.#rules = rules;
    this.#result = new Builder(rules.spec.start === 'source' ? input.doc : (input.before ?? docObject()));
  }

  run(): Mapped {
    const { spec } = this.#rules;
    if (!isDocObject(this.#input.doc))
      this.#problem('error', 'not_a_table', '', 'The document is no table of keys', null, null);
    else {
      for (const from of spec.copy) this.#copy(from);
      for (const { key, from, to } of spec.move) this.#move(key, from, to);
      for (const rule of spec.set) this.#set(rule, {});
      for (const each of spec.each) this.#each(each);
      for (const { key } of spec.fate.deprecated)
        if (spec.start === 'source' && this.#result.remove(key)) this.#removed.push(key);
    }
    return {
      result: this.#result.doc,
      problems: this.#problems,
      reads: this.#reads,
      defaulted: this.#defaulted,
      removed: this.#removed,
    };
  }

  #copy(from: DocPath): void {
    const value = valueAt(this.#input.doc, from);
    if (value === undefined) return;
    this.#read(from, from);
    this.#write(from, value, null);
  }

  #move(key: string, from: DocPath, to: DocPath): void {
    const value = valueAt(this.#input.doc, from);
    if (value === undefined) return;
    this.#read(from, to);
    if (this.#rules.spec.start === 'source' && valueAt(this.#result.doc, to) !== undefined) {
      const message = `\`${docPathText(from)}\` would overwrite \`${docPathText(to)}\``;
      this.#problem('error', 'key_clash', docPathText(to), message, 'Move or name the other key, too.', key);
      return;
    }
    if (this.#rules.spec.start === 'source') {
      this.#result.remove(from);
      this.#removed.push(from);
    }
    this.#write(to, value, key);
  }

  #set({ key, to, value }: SetRule, more: Partial<Names>, base: DocPath = []): void {
    const target = [...base, ...to];
    try {
      const found = this.#value(value, more, target, key);
      if (found !== undefined) this.#write(target, found, key);
    } catch (error) {
      const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      this.#problem('error', 'rule_failed', docPathText(target), `The rule cannot be applied: ${message}`, null, key);
    }
  }

  #value(rule: ValueRule, more: Partial<Names>, to: DocPath, key: string): Doc | undefined {
    switch (rule.kind) {
      case 'literal':
        return rule.value;
      case 'expression':
        return this.#evaluate(rule.expression, more, to);
      case 'rows':
        return this.#rows(rule, more);
      case 'from':
        return this.#from(rule, more, to, key);
    }
  }

  #from(rule: ValueRule & { kind: 'from' }, more: Partial<Names>, to: DocPath, key: string): Doc | undefined {
    const found = this.#first(rule.sources, to);
    if (found === undefined || found === null) {
      if (rule.standard !== null) {
        this.#defaulted.push(docPathText(to));
        return this.#standard(rule.standard, more, to);
      }
      if (rule.sources.length === 0 && rule.value) return this.#evaluate(rule.value, more, to);
      if (rule.required)
        this.#problem('error', 'missing_required', docPathText(to), 'No source has a value for this key', null, key);
      return found;
    }
    let value: Doc = rule.value ? this.#evaluate(rule.value, { ...more, value: found }, to) : found;
    if (rule.map !== null) {
      const table = this.#rules.maps[rule.map] ?? {};
      const name = typeof value === 'string' ? value : docText(value);
      if (Object.hasOwn(table, name)) value = table[name] ?? null;
      else if (rule.unknown === 'default' && rule.standard !== null) return this.#standard(rule.standard, more, to);
      else if (rule.unknown === 'refuse') {
        const message = `The map \`${rule.map}\` does not have the value ${docText(value)}`;
        this.#problem('error', 'not_in_map', docPathText(to), message, 'Add it to the map.', key);
        return undefined;
      }
    }
    if (rule.cast === null) return value;
    const cast = castDoc(value, rule.cast);
    if (cast !== undefined) return cast;
    if (rule.bad === 'default' && rule.standard !== null) return this.#standard(rule.standard, more, to);
    const message = `The value ${docText(value).slice(0, 100)} is no ${rule.cast}`;
    this.#problem('error', 'cast_failed', docPathText(to), message, null, key);
    return undefined;
  }

  #standard(standard: Standard, more: Partial<Names>, to: DocPath): Doc {
    return standard.kind === 'literal' ? standard.value : this.#evaluate(standard.expression, more, to);
  }

  #first(sources: readonly FromSpec[], to: DocPath): Doc | undefined {
    for (const { path, kind, split } of sources) {
      const value = valueAt(this.#input.doc, path);
      if (value === undefined) continue;
      // A key that was looked at and is of another kind was read, too: another rule takes that form.
      this.#read(path, to);
      if (kind !== null && !isKind(value, kind)) continue;
      if (!split) return value;
      if (typeof value !== 'string') continue;
      const at = value.indexOf(split.by);
      if (split.part === 'tail') return at < 0 ? value : value.slice(at + split.by.length);
      if (at >= 0) return value.slice(0, at);
    }
    return undefined;
  }

  #rows(rule: ValueRule & { kind: 'rows' }, more: Partial<Names>): Doc {
    const rows = this.#input.rows.get(rule.step) ?? [];
    const taken = rows.filter((row) => {
      if (!rule.where) return true;
      return this.#rules.expressions.evaluate(rule.where, { ...this.#names(more), file: toPlain(row) }) === true;
    });
    return taken.map((row) =>
      docObject(
        Object.entries(row).filter(
          ([name, value]) => value !== null && (rule.take.length === 0 || rule.take.includes(name)),
        ),
      ),
    );
  }

  #each(each: EachSpec): void {
    for (const { path, value, template } of this.#items(each)) {
      this.#read(
        path,
        each.into.map((part) => (typeof part === 'string' ? part : '*')),
      );
      const name = this.#name(each, value, path);
      if (name === undefined) continue;
      const data = template === null ? null : (this.#rules.templates.get(each.templates ?? '')?.[template] ?? null);
      const more: Partial<Names> = {
        item: name,
        key: String(path.at(-1)),
        ...(data === null ? {} : { template: data }),
      };
      try {
        const into = each.into.map((part) =>
          typeof part === 'string' ? part : docText(this.#plain(part, more)).replace(/^"|"$/g, ''),
        );
        const { id: _id, ...rest } = isDocObject(data) ? data : { id: null };
        if (data !== null) this.#write(into, docObject(Object.entries(rest)), each.key);
        else if (isDocObject(value)) this.#write(into, value, each.key);
        for (const rule of each.set) this.#set(rule, more, into);
      } catch (error) {
        const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
        this.#problem(
          'error',
          'rule_failed',
          docPathText(path),
          `The rule cannot be applied: ${message}`,
          null,
          each.key,
        );
      }
    }
  }

  *#items(each: EachSpec): Generator<{ path: DocPath; value: Doc; template: string | null }> {
    if (!('list' in each.items)) {
      for (const { path, template } of each.items) {
        const value = valueAt(this.#input.doc, path);
        if (value !== undefined && value !== null && value !== '') yield { path, value, template };
      }
      return;
    }
    const all = valueAt(this.#input.doc, each.items.list);
    const entries: readonly (readonly [string | number, Doc])[] = isDocList(all)
      ? all.map((value, at) => [at, value] as const)
      : isDocObject(all)
        ? Object.entries(all)
        : [];
    for (const [key, value] of entries) yield { path: [...each.items.list, key], value, template: null };
  }

  /** The item under the name that is meant; undefined when nobody has said what it is. */
  #name(each: EachSpec, value: Doc, path: DocPath): Doc | undefined {
    if (each.names === null || typeof value !== 'string') return value;
    const known = Object.hasOwn(each.names, value) ? each.names[value] : undefined;
    if (known !== undefined) return known;
    if (each.unknownName === 'keep' || Object.values(each.names).includes(value)) return value;
    const advice = `Say in ${each.key}.names what \`${value}\` is, or set unknown_name = "keep".`;
    this.#problem('error', 'unknown_name', docPathText(path), `The name \`${value}\` is not known`, advice, each.key);
    return undefined;
  }

  #names(more: Partial<Names>): Names {
    return { doc: this.#input.doc, result: this.#result.doc, file: this.#input.file, ...more };
  }

  #plain(text: RuleText, more: Partial<Names>): Doc {
    return this.#rules.expressions.evaluate(text, this.#names(more));
  }

  #evaluate(text: RuleText, more: Partial<Names>, to: DocPath): Doc {
    for (const path of this.#rules.expressions.reads(text) ?? [[]]) this.#read(path, to);
    return this.#plain(text, more);
  }

  #read(from: DocPath, to: DocPath): void {
    this.#reads.push({ from, to: docPathText(to) });
  }

  #write(to: DocPath, value: Doc, rule: string | null): void {
    const refused = this.#result.write(to, value);
    if (refused !== null) this.#problem('error', 'key_clash', docPathText(to), refused, null, rule);
  }

  #problem(
    severity: MapProblem['severity'],
    code: string,
    path: string,
    message: string,
    suggestion: string | null,
    rule: string | null,
  ) {
    this.#problems.push({ severity, code, path, message, suggestion, rule });
  }
}

function toPlain(row: DocObject): unknown {
  return Object.fromEntries(Object.entries(row));
}
