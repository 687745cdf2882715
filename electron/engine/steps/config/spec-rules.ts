import { DocFault, formatOf } from '../../documents/document.ts';
import { parseDocument } from '../../documents/index.ts';
import { type DocObject, type DocPath, docObject, isDocObject, parseDocPath } from '../../documents/tree.ts';
import { asExpression, asLiteralText } from '../../profile/expression-text.ts';
import type { KeyPath } from '../../profile/key-path.ts';
import type { ProblemList } from '../../profile/problems.ts';
import { didYouMean } from '../../profile/suggest.ts';
import { parseExpression } from '../../values/expression.ts';
import type { ParseContext } from '../step-kind.ts';
import { literalDoc } from './literal.ts';
import { configScope } from './scope.ts';
import { type ConfigShape, type RuleShape, ruleShape } from './spec-shape.ts';
import type { EachSpec, FromSpec, RuleText, SetRule, ValueRule } from './spec-types.ts';

/** Turns the rules of a step into their specs, and notes what does not hold. */
export class RuleReader {
  readonly #problems: ProblemList;
  readonly #context: ParseContext;
  readonly #env: readonly string[];

  /** `env`: names of the environment variables that expressions know. */
  constructor(problems: ProblemList, context: ParseContext, env: readonly string[]) {
    this.#problems = problems;
    this.#context = context;
    this.#env = env;
  }

  each(shape: Exclude<ConfigShape['each'], undefined | readonly unknown[]>, path: KeyPath): EachSpec {
    const templates = shape.template === undefined ? null : this.#templates(shape.template, path);
    const items =
      typeof shape.items === 'string'
        ? { list: this.path(shape.items, [...path, 'items']) }
        : Object.entries(shape.items).map(([key, template]) => {
            if (templates && !Object.hasOwn(templates, template))
              this.#problems.add(
                [...path, 'items', key],
                `There is no template \`${template}\``,
                didYouMean(template, Object.keys(templates)),
              );
            return { path: this.path(key, [...path, 'items', key]), template };
          });
    return {
      key: this.#problems.key(path),
      items,
      templates: shape.template ?? null,
      into: shape.into.map((part, index) =>
        asExpression(part) === null ? asLiteralText(part) : this.expression(part, [...path, 'into', index], true),
      ),
      names: shape.names ?? null,
      unknownName: shape.unknown_name,
      set: this.rules(shape.set, [...path, 'set'], true),
    };
  }

  #templates(name: string, path: KeyPath): DocObject {
    const at = [...path, 'template'];
    const text = this.#context.files.text(name);
    const format = formatOf(name);
    if (text === null) this.#problems.add(at, `There is no file \`${name}\` in the bundle`);
    else if (format === null) this.#problems.add(at, `The name \`${name}\` does not tell the format`);
    else
      try {
        const { doc } = parseDocument(text, format);
        if (isDocObject(doc)) return doc;
        this.#problems.add(at, `\`${name}\` holds no templates`, 'A template is a table of it.');
      } catch (error) {
        if (!(error instanceof DocFault)) throw error;
        this.#problems.add(at, `\`${name}\`, line ${error.place?.line ?? 1}: ${error.message}`);
      }
    return docObject();
  }

  rules(raw: Readonly<Record<string, unknown>>, path: KeyPath, inEach: boolean): SetRule[] {
    return Object.entries(raw).map(([to, value]) => ({
      key: this.#problems.key([...path, to]),
      to: this.path(to, [...path, to]),
      value: this.#value(value, [...path, to], inEach),
    }));
  }

  #value(raw: unknown, path: KeyPath, inEach: boolean): ValueRule {
    if (asExpression(raw) !== null)
      return { kind: 'expression', expression: this.expression(String(raw), path, inEach) };
    if (!isPlainTable(raw)) return { kind: 'literal', value: literalDoc(raw) };
    const parsed = ruleShape.safeParse(raw);
    if (!parsed.success) {
      this.#problems.addIssuesAt(path, parsed.error.issues, ruleShape, raw);
      return { kind: 'literal', value: null };
    }
    return this.#rule(parsed.data, path, inEach);
  }

  #rule(shape: RuleShape, path: KeyPath, inEach: boolean): ValueRule {
    if (shape.literal !== undefined) return { kind: 'literal', value: literalDoc(shape.literal) };
    if (shape.rows !== undefined)
      return {
        kind: 'rows',
        step: shape.rows,
        where: shape.where === undefined ? null : this.expression(shape.where, [...path, 'where'], inEach),
        take: shape.take ?? [],
      };
    if (shape.from === undefined && shape.value === undefined && shape.default === undefined)
      this.#problems.add(path, 'The rule says nothing', 'Give `from`, `value`, `rows` or `literal`.');
    if (shape.map !== undefined && !Object.hasOwn(this.#context.maps, shape.map))
      this.#problems.add(
        [...path, 'map'],
        `There is no map \`${shape.map}\``,
        didYouMean(shape.map, Object.keys(this.#context.maps)),
      );
    const { default: standard } = shape;
    return {
      kind: 'from',
      sources: this.#sources(shape, path),
      value: shape.value === undefined ? null : this.expression(shape.value, [...path, 'value'], inEach),
      map: shape.map ?? null,
      unknown: shape.unknown,
      cast: shape.cast ?? null,
      bad: shape.bad,
      standard:
        standard === undefined
          ? null
          : asExpression(standard) === null
            ? { kind: 'literal', value: literalDoc(standard) }
            : { kind: 'expression', expression: this.expression(String(standard), [...path, 'default'], inEach) },
      required: shape.required,
    };
  }

  #sources(shape: RuleShape, path: KeyPath): FromSpec[] {
    const { from } = shape;
    if (from === undefined) return [];
    const list = typeof from === 'string' ? [from] : from;
    return list.map((one, index) => {
      const given =
        typeof one === 'string' ? { from: one, kind: shape.kind, split: shape.split, part: shape.part } : one;
      const at = typeof from === 'string' ? [...path, 'from'] : [...path, 'from', index];
      if ((given.split === undefined) !== (given.part === undefined))
        this.#problems.add(at, '`split` and `part` stand together', 'For example split = "/", part = "head".');
      return {
        path: this.path(given.from, at),
        kind: given.kind ?? null,
        split: given.split === undefined ? null : { by: given.split, part: given.part ?? 'head' },
      };
    });
  }

  expression(raw: string, path: KeyPath, inEach: boolean): RuleText {
    const text = asExpression(raw) ?? raw;
    const scope = configScope(Object.keys(this.#context.constants), this.#env, inEach);
    const parsed = parseExpression(text, scope);
    if ('problem' in parsed) {
      const { message, advice, offset } = parsed.problem;
      this.#problems.addInText(path, offset + 1, `The expression \`${raw}\` does not compile: ${message}`, advice);
    }
    return { key: this.#problems.key(path), text };
  }

  patterns(list: readonly string[], path: KeyPath): readonly DocPath[] {
    return list.map((key, index) => this.path(key, [...path, index]));
  }

  path(text: string, at: KeyPath): DocPath {
    const path = parseDocPath(text);
    if (path === null)
      this.#problems.add(at, `\`${text}\` is no key`, 'Keys are joined by dots; others stand in quotes.');
    return path ?? [];
  }
}

function isPlainTable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
