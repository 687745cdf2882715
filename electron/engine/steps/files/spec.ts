import type { Problem } from '#shared/model/finding.ts';
import { asExpression, asLiteralText } from '../../profile/expression-text.ts';
import type { KeyPath } from '../../profile/key-path.ts';
import { ProblemList } from '../../profile/problems.ts';
import type { SourceMap } from '../../profile/profile.ts';
import { didYouMean } from '../../profile/suggest.ts';
import { parseExpression } from '../../values/expression.ts';
import type { ParseContext } from '../step-kind.ts';
import { filesScope } from './scope.ts';
import { type FilesShape, filesShape } from './spec-shape.ts';
import type { FilesSpec, TextRule } from './spec-types.ts';

export function parseFiles(
  raw: unknown,
  at: SourceMap,
  context: ParseContext,
): { readonly spec: FilesSpec } | { readonly problems: readonly Problem[] } {
  const problems = new ProblemList(context.file, at, ['steps', context.step]);
  const parsed = filesShape.safeParse(raw);
  if (!parsed.success) {
    problems.addIssues(parsed.error, filesShape, raw);
    return { problems: problems.all };
  }
  checkEnds(parsed.data, problems, context);
  checkRules(parsed.data, problems);
  const spec = readSpec(parsed.data, problems, context);
  return problems.none ? { spec } : { problems: problems.all };
}

function readSpec(shape: FilesShape, problems: ProblemList, context: ParseContext): FilesSpec {
  const { source, target } = shape;
  return {
    key: problems.key([]),
    source: {
      connection: source.connection,
      patterns: source.files,
      except: source.except,
      root: withoutSlashes(source.root),
    },
    target: { connection: target.connection, folder: withoutSlashes(target.folder) },
    into: textRule(shape.into, ['into'], shape.model !== undefined, problems, context),
    model: shape.model === undefined ? null : textRule(shape.model, ['model'], false, problems, context),
    names: shape.names ?? null,
    unknownName: shape.unknown_name,
    roles: { components: shape.components.map((rule) => ({ ...rule, contains: rule.contains.map(lowered) })) },
    how: shape.how,
    symlinks: shape.symlinks,
    conflict: shape.conflict,
    safetensors: shape.safetensors,
  };
}

function textRule(
  raw: string,
  path: KeyPath,
  withModel: boolean,
  problems: ProblemList,
  { constants }: ParseContext,
): TextRule {
  const key = problems.key(path);
  const text = asExpression(raw);
  if (text === null) return { key, kind: 'literal', text: asLiteralText(raw) };
  const parsed = parseExpression(text, filesScope(Object.keys(constants), withModel));
  if ('problem' in parsed) {
    const { message, advice, offset } = parsed.problem;
    problems.addInText(path, offset + 1, `The expression \`${raw}\` does not compile: ${message}`, advice);
  }
  return { key, kind: 'expression', text };
}

function checkEnds({ source, target }: FilesShape, problems: ProblemList, context: ParseContext): void {
  for (const [end, { connection }] of [
    ['source', source],
    ['target', target],
  ] as const) {
    const { connections, engineOf } = context;
    if (!connections.has(connection))
      problems.add(
        [end, 'connection'],
        `There is no connection \`${connection}\``,
        didYouMean(connection, connections),
      );
    else if ((engineOf?.(connection) ?? 'folder') !== 'folder')
      problems.add([end, 'connection'], `The connection \`${connection}\` is no folder`, 'Files live in folders.');
  }
  for (const [path, name] of [
    [['source', 'root'], source.root],
    [['target', 'folder'], target.folder],
  ] as const)
    if (leavesFolder(name))
      problems.add([...path], `\`${name}\` leaves the folder of the connection`, 'Paths are relative to it.');
}

function checkRules(shape: FilesShape, problems: ProblemList): void {
  if (shape.names !== undefined && shape.model === undefined)
    problems.add(['names'], 'There is no `model` whose name this is', 'Give `model`, for example "=file.parts[0]".');
  if (shape.how === 'move' && shape.symlinks === 'follow')
    problems.add(
      ['symlinks'],
      'A link that is followed cannot be moved: what it leads to stays elsewhere',
      'Give symlinks = "keep" or "refuse", or how = "copy".',
    );
}

/** Absolute, with a drive, or with `..`. */
export function leavesFolder(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:)/.test(path) || path.split(/[\\/]/).includes('..');
}

function withoutSlashes(path: string): string {
  return path.replace(/^(?:\.?\/+)+|\/+$/g, '').replace(/^\.$/, '');
}

function lowered(word: string): string {
  return word.toLowerCase();
}
