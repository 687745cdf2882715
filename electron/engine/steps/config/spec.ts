import type { Problem } from '#shared/model/finding.ts';
import { formatOf } from '../../documents/document.ts';
import { ProblemList } from '../../profile/problems.ts';
import type { SourceMap } from '../../profile/profile.ts';
import { didYouMean } from '../../profile/suggest.ts';
import type { ParseContext } from '../step-kind.ts';
import { RuleReader } from './spec-rules.ts';
import { type ConfigShape, configShape } from './spec-shape.ts';
import type { ConfigSpec } from './spec-types.ts';

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

class ConfigReader {
  readonly #problems: ProblemList;
  readonly #context: ParseContext;
  readonly #shape: ConfigShape;
  readonly #read: RuleReader;

  constructor(problems: ProblemList, context: ParseContext, shape: ConfigShape) {
    this.#problems = problems;
    this.#context = context;
    this.#shape = shape;
    this.#read = new RuleReader(problems, context, Object.keys(shape.env));
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
      strict: typeof shape.strict === 'boolean' ? shape.strict : this.#read.expression(shape.strict, ['strict'], false),
      start: shape.start,
      copy: this.#read.patterns(shape.copy, ['copy']),
      move: Object.entries(shape.move).map(([from, to]) => ({
        key: this.#problems.key(['move', from]),
        from: this.#read.path(from, ['move', from]),
        to: this.#read.path(to, ['move', from]),
      })),
      set: this.#read.rules(shape.set, ['set'], false),
      each: each.map((one, index) => this.#read.each(one, Array.isArray(shape.each) ? ['each', index] : ['each'])),
      fate: {
        kept: this.#read.patterns(kept, ['fate', 'kept']),
        deprecated: Array.isArray(deprecated)
          ? this.#read.patterns(deprecated, ['fate', 'deprecated']).map((key) => ({
              key,
              advice: 'It has no effect any more.',
            }))
          : Object.entries(deprecated).map(([key, advice]) => ({
              key: this.#read.path(key, ['fate', 'deprecated', key]),
              advice,
            })),
        unknown:
          unknown === 'warning' || unknown === 'error' || unknown === 'copy'
            ? unknown
            : this.#read.expression(unknown, ['fate', 'unknown'], false),
      },
      essential: (Array.isArray(shape.essential)
        ? shape.essential.map((key) => [key, key] as const)
        : Object.entries(shape.essential)
      ).map(([from, to]) => ({ from: this.#read.path(from, ['essential']), to: this.#read.path(to, ['essential']) })),
      notHeld: {
        null: shape.not_held.null,
        time: shape.not_held.time,
        bigInteger: shape.not_held.big_integer,
        nested: shape.not_held.nested,
      },
      schema: this.#schema(),
      checks: {
        allow: this.#read.patterns(shape.allow, ['allow']),
        relative: this.#read.patterns(shape.relative, ['relative']),
      },
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
}
