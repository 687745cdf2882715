import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { functionNames, registerFunctions } from './expression-functions.ts';

/** Names that an expression may use beside `row`, `run` and `constants`. */
export type ExpressionScope = {
  /** Lookups, each with the fields it takes. */
  readonly lookups: Readonly<Record<string, readonly string[]>>;
  /** Variable of a fan-out and its position `index`; null outside of one. */
  readonly item: string | null;
  readonly index: boolean;
  readonly constants: readonly string[];
  /** Names that stand in place of `row`, each with the fields it has; null: any. */
  readonly variables?: Readonly<Record<string, readonly string[] | null>>;
};

/** What is wrong with an expression; `offset` counts characters of its text from 0. */
export type ExpressionProblem = { readonly message: string; readonly advice: string | null; readonly offset: number };

/** An expression that compiles. */
export type Expression = {
  readonly text: string;
  readonly ast: ASTNode;
  /** CEL's own evaluator; throws EvaluationError. */
  readonly evaluate: ParseResult;
  /** Columns of `row` that it reads; null when it takes `row` as a whole. */
  readonly columns: ReadonlySet<string> | null;
};

const runFields = ['id', 'started_at'] as const;

/** Parses and checks; what is refused: unknown names and functions, `matches`, timestamps see docs/profile.md. */
export function parseExpression(
  text: string,
  scope: ExpressionScope,
): { readonly expression: Expression } | { readonly problem: ExpressionProblem } {
  let parsed: ParseResult;
  try {
    parsed = environmentOf(scope).parse(text);
  } catch (error) {
    return { problem: problemOf(error, scope) };
  }
  const refused = firstRefused(parsed.ast, scope);
  if (refused) return { problem: refused };
  const checked = parsed.check();
  if (!checked.valid) return { problem: problemOf(checked.error, scope) };
  return { expression: { text, ast: parsed.ast, evaluate: parsed, columns: rowColumns(parsed.ast) } };
}

function rootNames(scope: ExpressionScope): readonly string[] {
  return scope.variables ? Object.keys(scope.variables) : ['row'];
}

const environments = new Map<string, Environment>();

function environmentOf(scope: ExpressionScope): Environment {
  const names = [
    ...rootNames(scope),
    'run',
    'constants',
    ...Object.keys(scope.lookups),
    ...(scope.item === null ? [] : [scope.item]),
  ];
  const key = `${scope.index}:${names.join(',')}`;
  const known = environments.get(key);
  if (known) return known;
  const environment = new Environment({ homogeneousAggregateLiterals: false });
  registerFunctions(environment);
  for (const name of new Set(names)) environment.registerVariable(name, 'dyn');
  if (scope.index) environment.registerVariable('index', 'int');
  environments.set(key, environment);
  return environment;
}

function problemOf(error: unknown, scope: ExpressionScope): ExpressionProblem {
  if (!(error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError)) throw error;
  const offset = error.range?.start ?? 0;
  if (error.code === 'unknown_variable') {
    const names = [...rootNames(scope), ...Object.keys(scope.lookups), ...(scope.item === null ? [] : [scope.item])];
    if (scope.index) names.push('index');
    names.push('run', 'constants');
    return {
      message: sentence(error.summary),
      advice: `Known here: ${names.join(', ')}. Text stands in single quotes.`,
      offset,
    };
  }
  if (/^Unexpected character: =/.test(error.summary)) {
    return {
      message: sentence(error.summary),
      advice: 'Values are compared with ==, as in "=row.name == null".',
      offset,
    };
  }
  const unknownFunction = /overload for '(\w+)/.exec(error.summary)?.[1];
  const advice =
    unknownFunction !== undefined && !(functionNames as readonly string[]).includes(unknownFunction)
      ? `Functions: ${functionNames.join(', ')}, and those of CEL; see docs/profile.md.`
      : null;
  return { message: sentence(error.summary), advice, offset };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function firstRefused(root: ASTNode, scope: ExpressionScope): ExpressionProblem | null {
  for (const node of nodesOf(root)) {
    const problem = refusedCall(node) ?? unknownField(node, scope);
    if (problem) return problem;
  }
  return null;
}

function refusedCall(node: ASTNode): ExpressionProblem | null {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : null;
  if (name === 'matches') {
    const message = '`matches` is not allowed: a pattern can run for minutes on one value';
    return { message, advice: 'Use contains, startsWith, endsWith or a comparison.', offset: node.start };
  }
  if (name === 'timestamp' || name === 'duration') {
    const message = `\`${name}\` is not allowed: it would cut times to milliseconds`;
    return { message, advice: 'Times are text here; ISO texts compare in the order of time.', offset: node.start };
  }
  return null;
}

/** `run.x`, `constants.x` and lookups have known fields, so a wrong one need not wait for a record. */
function unknownField(node: ASTNode, scope: ExpressionScope): ExpressionProblem | null {
  if (node.op !== '.' || node.args[0].op !== 'id') return null;
  const name = node.args[0].args;
  const fields = knownFields(name, scope);
  if (fields === null || fields.includes(node.args[1])) return null;
  const advice =
    fields.length > 0 ? `Known: ${fields.map((field) => `${name}.${field}`).join(', ')}.` : 'It has no fields.';
  return { message: `\`${name}\` has no field \`${node.args[1]}\``, advice, offset: node.start };
}

function knownFields(name: string, scope: ExpressionScope): readonly string[] | null {
  if (name === 'run') return runFields;
  if (name === 'constants') return scope.constants;
  if (scope.variables && Object.hasOwn(scope.variables, name)) return scope.variables[name] ?? null;
  return Object.hasOwn(scope.lookups, name) ? (scope.lookups[name] ?? null) : null;
}

function rowColumns(root: ASTNode): ReadonlySet<string> | null {
  const columns = new Set<string>();
  const fields = new Set<ASTNode>();
  for (const node of nodesOf(root)) {
    const column = columnOf(node);
    if (column !== null) {
      columns.add(column);
      if (node.op === '.' || node.op === '[]') fields.add(node.args[0]);
    } else if (node.op === 'id' && node.args === 'row' && !fields.has(node)) {
      return null;
    }
  }
  return columns;
}

/** The column when the node is `row.x` or `row['x']`. */
export function columnOf(node: ASTNode): string | null {
  if (node.op !== '.' && node.op !== '[]') return null;
  if (node.args[0].op !== 'id' || node.args[0].args !== 'row') return null;
  if (node.op === '.') return node.args[1];
  const key = node.args[1];
  return key.op === 'value' && typeof key.args === 'string' ? key.args : null;
}

/** All nodes, parents before their parts. */
export function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const part of partsOf(node.args)) yield* nodesOf(part);
}

function partsOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(partsOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return value !== null && typeof value === 'object' && 'op' in value && 'args' in value;
}
