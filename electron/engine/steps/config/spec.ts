import type { Problem } from '#shared/model/finding.ts';
import { DocFault, formatOf } from '../../documents/document.ts';
import { parseDocument } from '../../documents/index.ts';
import { type DocObject, type DocPath, docObject, isDocObject, parseDocPath } from '../../documents/tree.ts';
import { asExpression, asLiteralText } from '../../profile/expression-text.ts';
import type { KeyPath } from '../../profile/key-path.ts';
import { ProblemList } from '../../profile/problems.ts';
import type { SourceMap } from '../../profile/profile.ts';
import { didYouMean } from '../../profile/suggest.ts';
import { type ExpressionScope, parseExpression } from '../../values/expression.ts';
import type { ParseContext } from '../step-kind.ts';
import { literalDoc } from './literal.ts';
import { type ConfigShape, configShape, type RuleShape, ruleShape } from './spec-shape.ts';
import type { ConfigSpec, EachSpec, FromSpec, RuleText, SetRule, ValueRule } from './spec-types.ts';

export function parseConfig(
  raw: unknown,
  at: SourceMap,
  context: ParseContext,
): { readonly spec: ConfigSpec } | { readonly problems: readonly Problem[] } {
  const problems = new ProblemList(context.file, at, ['steps', context.step]);
  const parsed = configShape.safeParse(raw);
  if (!parsed.success) {
    problems.addIssues(parsed.error, configShape, raw);
    return { problems: problems.all };
  }
  const spec = new ConfigReader(problems, context, parsed.data).spec();
  return problems.none ? { spec } : { problems: problems.all };
}

/** Names that expressions of a `config` step may use. */
export function configScope(constants: readonly string[], env: readonly string[], inEach: boolean): ExpressionScope {
  return {
    lookups: {},
    item: null,
    index: false,
    constants,
    variables: {
      doc: null,
      result: null,
      value: null,
      env,
      file: null,
      ...(inEach ? { item: null, key: null, template: null } : {}),
    },
  };
}

class ConfigReader {
  readonly #problems: ProblemList;
  readonly #context: ParseContext;
  readonly #shape: ConfigShape;

  constructor(problems: ProblemList, context: ParseContext, shape: ConfigShape) {
    this.#problems = problems;
    this.#context = context;
    this.#shape = shape;
  }

  spec(): ConfigSpec {
    const shape = this.#shape;
    this.#ends();
    const each = shape.each === undefined ? [] : Array.isArray(shape.each) ? shape.each : [shape.each];
    const { unknown, deprecated, kept } = shape.fate;
    return {
      key: this.#problems.key([]),
      source: this.#source(),
      target: {
        connection: shape.target.connection,
        file: shape.target.file ?? null,
        folder: shape.target.folder ?? null,
        format: shape.target.format ?? null,
        exists: shape.target.exists,
      },
      env: Object.fromEntries(
        Object.entries(shape.env).map(([name, given]) => [
          name,
          typeof given === 'string'
            ? { variable: given, standard: false }
            : { variable: given.variable, standard: given.default },
        ]),
      ),
      strict: typeof shape.strict === 'boolean' ? shape.strict : this.#expression(shape.strict, ['strict'], false),
      start: shape.start,
      copy: this.#patterns(shape.copy, ['copy']),
      move: Object.entries(shape.move).map(([from, to]) => ({
        key: this.#problems.key(['move', from]),
        from: this.#path(from, ['move', from]),
        to: this.#path(to, ['move', from]),
      })),
      set: this.#rules(shape.set, ['set'], false),
      each: each.map((one, index) => this.#each(one, Array.isArray(shape.each) ? ['each', index] : ['each'])),
      fate: {
        kept: this.#patterns(kept, ['fate', 'kept']),
        deprecated: Array.isArray(deprecated)
          ? this.#patterns(deprecated, ['fate', 'deprecated']).map((key) => ({
              key,
              advice: 'It has no effect any more.',
            }))
          : Object.entries(deprecated).map(([key, advice]) => ({
              key: this.#path(key, ['fate', 'deprecated', key]),
              advice,
            })),
        unknown:
          unknown === 'warning' || unknown === 'error' || unknown === 'copy'
            ? unknown
            : this.#expression(unknown, ['fate', 'unknown'], false),
      },
      essential: (Array.isArray(shape.essential)
        ? shape.essential.map((key) => [key, key] as const)
        : Object.entries(shape.essential)
      ).map(([from, to]) => ({ from: this.#path(from, ['essential']), to: this.#path(to, ['essential']) })),
      notHeld: {
        null: shape.not_held.null,
        time: shape.not_held.time,
        bigInteger: shape.not_held.big_integer,
        nested: shape.not_held.nested,
      },
      schema: this.#schema(),
      checks: { allow: this.#patterns(shape.allow, ['allow']), relative: this.#patterns(shape.relative, ['relative']) },
    };
  }

  #source(): ConfigSpec['source'] {
    const { source } = this.#shape;
    return {
      connection: source.connection,
      file: source.file ?? null,
      patterns: source.files ?? [],
      root: source.root.replace(/^\.?\/+|\/+$/g, ''),
      format: source.format ?? null,
      yaml: source.yaml,
    };
  }

  #ends(): void {
    const { source, target } = this.#shape;
    for (const [end, { connection }] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const { connections, engineOf } = this.#context;
      if (!connections.has(connection))
        this.#problems.add(
          [end, 'connection'],
          `There is no connection \`${connection}\``,
          didYouMean(connection, connections),
        );
      else if ((engineOf?.(connection) ?? 'folder') !== 'folder')
        this.#problems.add(
          [end, 'connection'],
          `The connection \`${connection}\` is no folder`,
          'Configuration lives in folders.',
        );
    }
    if ((source.file === undefined) === (source.files === undefined))
      this.#problems.add(['source'], 'Either `file` or `files` says what is read', 'Give one of the two.');
    if (target.file !== undefined && (target.folder !== undefined || source.files !== undefined))
      this.#problems.add(
        ['target', 'file'],
        'Several files cannot become one',
        'Give `folder`, or a `file` as source.',
      );
    for (const [path, name] of [
      [['source', 'file'], source.file],
      [['target', 'file'], target.file],
      [['target', 'folder'], target.folder],
      [['source', 'root'], source.root],
    ] as const)
      if (name !== undefined && (/^(?:[\\/]|[A-Za-z]:)/.test(name) || name.split(/[\\/]/).includes('..')))
        this.#problems.add([...path], `\`${name}\` leaves the folder of the connection`, 'Paths are relative to it.');
    if (source.file !== undefined && !source.format && formatOf(source.file) === null)
      this.#problems.add(
        ['source', 'file'],
        'The name does not tell the format',
        'Give `format`: json, yaml, toml or env.',
      );
    if (target.file !== undefined && !target.format && formatOf(target.file) === null)
      this.#problems.add(
        ['target', 'file'],
        'The name does not tell the format',
        'Give `format`: json, yaml, toml or env.',
      );
  }

  #schema(): string | null {
    const name = this.#shape.result_schema;
    if (name === undefined) return null;
    const text = this.#context.files.text(name);
    if (text === null) this.#problems.add(['result_schema'], `There is no file \`${name}\` in the bundle`);
    else
      try {
        JSON.parse(text);
      } catch {
        this.#problems.add(['result_schema'], `\`${name}\` is not JSON`);
      }
    return name;
  }

  #each(shape: Exclude<ConfigShape['each'], undefined | readonly unknown[]>, path: KeyPath): EachSpec {
    const templates = shape.template === undefined ? null : this.#templates(shape.template, path);
    const items =
      typeof shape.items === 'string'
        ? { list: this.#path(shape.items, [...path, 'items']) }
        : Object.entries(shape.items).map(([key, template]) => {
            if (templates && !Object.hasOwn(templates, template))
              this.#problems.add(
                [...path, 'items', key],
                `There is no template \`${template}\``,
                didYouMean(template, Object.keys(templates)),
              );
            return { path: this.#path(key, [...path, 'items', key]), template };
          });
    return {
      key: this.#problems.key(path),
      items,
      templates: shape.template ?? null,
      into: shape.into.map((part, index) =>
        asExpression(part) === null ? asLiteralText(part) : this.#expression(part, [...path, 'into', index], true),
      ),
      names: shape.names ?? null,
      unknownName: shape.unknown_name,
      set: this.#rules(shape.set, [...path, 'set'], true),
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

  #rules(raw: Readonly<Record<string, unknown>>, path: KeyPath, inEach: boolean): SetRule[] {
    return Object.entries(raw).map(([to, value]) => ({
      key: this.#problems.key([...path, to]),
      to: this.#path(to, [...path, to]),
      value: this.#value(value, [...path, to], inEach),
    }));
  }

  #value(raw: unknown, path: KeyPath, inEach: boolean): ValueRule {
    if (asExpression(raw) !== null)
      return { kind: 'expression', expression: this.#expression(String(raw), path, inEach) };
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
        where: shape.where === undefined ? null : this.#expression(shape.where, [...path, 'where'], inEach),
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
      value: shape.value === undefined ? null : this.#expression(shape.value, [...path, 'value'], inEach),
      map: shape.map ?? null,
      unknown: shape.unknown,
      cast: shape.cast ?? null,
      bad: shape.bad,
      standard:
        standard === undefined
          ? null
          : asExpression(standard) === null
            ? { kind: 'literal', value: literalDoc(standard) }
            : { kind: 'expression', expression: this.#expression(String(standard), [...path, 'default'], inEach) },
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
        path: this.#path(given.from, at),
        kind: given.kind ?? null,
        split: given.split === undefined ? null : { by: given.split, part: given.part ?? 'head' },
      };
    });
  }

  #expression(raw: string, path: KeyPath, inEach: boolean): RuleText {
    const text = asExpression(raw) ?? raw;
    const scope = configScope(Object.keys(this.#context.constants), Object.keys(this.#shape.env), inEach);
    const parsed = parseExpression(text, scope);
    if ('problem' in parsed) {
      const { message, advice, offset } = parsed.problem;
      this.#problems.addInText(path, offset + 1, `The expression \`${raw}\` does not compile: ${message}`, advice);
    }
    return { key: this.#problems.key(path), text };
  }

  #patterns(list: readonly string[], path: KeyPath): readonly DocPath[] {
    return list.map((key, index) => this.#path(key, [...path, index]));
  }

  #path(text: string, at: KeyPath): DocPath {
    const path = parseDocPath(text);
    if (path === null)
      this.#problems.add(at, `\`${text}\` is no key`, 'Keys are joined by dots; others stand in quotes.');
    return path ?? [];
  }
}

function isPlainTable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
