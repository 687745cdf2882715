import type { Doc, DocPath } from '../../documents/tree.ts';
import type { ProfileConstants } from '../../profile/profile.ts';
import { type columnOf, type Expression, nodesOf, parseExpression } from '../../values/expression.ts';
import { celOf, docOf } from './literal.ts';
import { configScope } from './scope.ts';
import type { RuleText } from './spec-types.ts';

/** Values of the names that an expression may use. */
export type Names = {
  readonly doc: Doc;
  readonly result: Doc;
  readonly file: unknown;
  readonly value?: Doc;
  readonly item?: Doc;
  readonly key?: string;
  readonly template?: Doc;
};

export type Constant = {
  readonly env: Readonly<Record<string, boolean | string>>;
  readonly constants: ProfileConstants;
  readonly run: { readonly id: string; readonly startedAt: string };
};

/** Expressions of a step, each compiled once. */
export class Expressions {
  readonly #given: Constant;
  readonly #compiled = new Map<string, Expression>();

  constructor(given: Constant) {
    this.#given = given;
  }

  /** Throws what CEL throws, or what a function of ours says. */
  evaluate({ text }: RuleText, names: Names): Doc {
    const { env, constants, run } = this.#given;
    const context = {
      doc: celOf(names.doc),
      result: celOf(names.result),
      value: celOf(names.value ?? null),
      item: celOf(names.item ?? null),
      key: names.key ?? null,
      template: celOf(names.template ?? null),
      file: names.file ?? null,
      env,
      constants,
      run: { id: run.id, started_at: run.startedAt },
    };
    return docOf(this.#of(text).evaluate(context));
  }

  /** Keys of the source that the expression reads, as far as its text tells; null when it takes the document as a whole. */
  reads({ text }: RuleText): readonly DocPath[] | null {
    const paths: DocPath[] = [];
    const seen = new Set<unknown>();
    for (const node of nodesOf(this.#of(text).ast)) {
      if (seen.has(node)) continue;
      const path = pathOf(node, seen);
      if (path === null) continue;
      if (path.length === 0) return null;
      paths.push(path);
    }
    return paths;
  }

  #of(text: string): Expression {
    const known = this.#compiled.get(text);
    if (known) return known;
    const { env, constants } = this.#given;
    const parsed = parseExpression(text, configScope(Object.keys(constants), Object.keys(env), true));
    if ('problem' in parsed) throw new Error(`An expression of the plan does not compile: ${parsed.problem.message}`);
    this.#compiled.set(text, parsed.expression);
    return parsed.expression;
  }
}

type Node = Parameters<typeof columnOf>[0];

/** The path when the node is `doc`, `doc.a['b']` or `get(doc, 'a.b')`; what it is made of is marked as seen. */
function pathOf(node: Node, seen: Set<unknown>): DocPath | null {
  if (node.op === 'id') return node.args === 'doc' ? [] : null;
  if (node.op === '.' || node.op === '.?') {
    const outer = pathOf(node.args[0] as Node, seen);
    if (outer) seen.add(node.args[0]);
    return outer && [...outer, String(node.args[1])];
  }
  if (node.op === '[]') {
    const key = node.args[1];
    const name = key.op === 'value' && typeof key.args === 'string' ? key.args : null;
    const outer = name === null ? null : pathOf(node.args[0], seen);
    if (outer) seen.add(node.args[0]);
    return outer && name !== null ? [...outer, name] : null;
  }
  if (node.op !== 'call' || node.args[0] !== 'get') return null;
  const [from, key] = node.args[1];
  if (!from || key?.op !== 'value' || typeof key.args !== 'string') return null;
  const outer = pathOf(from, seen);
  if (outer) seen.add(from);
  return outer && [...outer, ...key.args.split('.')];
}
