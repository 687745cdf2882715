import { asExpression, asLiteralText } from '../../profile/expression-text.ts';
import type { KeyPath } from '../../profile/key-path.ts';
import type { ProblemList } from '../../profile/problems.ts';
import { didYouMean } from '../../profile/suggest.ts';
import { encodeValue } from '../../values/encode.ts';
import { type ExpressionScope, parseExpression } from '../../values/expression.ts';
import type { ParseContext } from '../step-kind.ts';
import type { LookupShape, RejectShape } from './spec-shape.ts';
import type { ExpressionSpec, LookupSpec, RejectSpec, ValueSpec } from './spec-types.ts';

/** A literal or expression as TOML gives it. */
export type RawValue = string | bigint | number | boolean;

/** Turns the parts of a step into their specs, and notes what does not hold. */
export class SpecReader {
  readonly problems: ProblemList;
  readonly context: ParseContext;

  constructor(problems: ProblemList, context: ParseContext) {
    this.problems = problems;
    this.context = context;
  }

  scope(lookups: Readonly<Record<string, LookupShape>>, item: string | null, index: boolean): ExpressionScope {
    const fields = Object.entries(lookups).map(([name, { take }]) => [name, take] as const);
    return { lookups: Object.fromEntries(fields), item, index, constants: Object.keys(this.context.constants) };
  }

  connection(name: string, path: KeyPath): void {
    const { connections } = this.context;
    if (!connections.has(name)) {
      this.problems.add(path, `There is no connection \`${name}\``, didYouMean(name, connections));
    }
  }

  /** `raw` has its leading `=`. */
  expression(raw: string, path: KeyPath, scope: ExpressionScope): ExpressionSpec {
    const text = asExpression(raw) ?? raw;
    const parsed = parseExpression(text, scope);
    if ('problem' in parsed) {
      const { message, advice, offset } = parsed.problem;
      this.problems.addInText(path, offset + 1, `The expression \`${raw}\` does not compile: ${message}`, advice);
    }
    return { key: this.problems.key(path), text };
  }

  value(raw: RawValue, path: KeyPath, scope: ExpressionScope): ValueSpec {
    if (typeof raw !== 'string') return { kind: 'literal', key: this.problems.key(path), value: encodeValue(raw) };
    if (asExpression(raw) !== null) return { kind: 'expression', ...this.expression(raw, path, scope) };
    return { kind: 'literal', key: this.problems.key(path), value: asLiteralText(raw) };
  }

  lookups(raw: Readonly<Record<string, LookupShape>>, path: KeyPath, scope: ExpressionScope): LookupSpec[] {
    return Object.entries(raw).map(([name, lookup]) => {
      const here = [...path, name];
      this.connection(lookup.connection, [...here, 'connection']);
      if (reserved.has(name))
        this.problems.add(here, `The name \`${name}\` is taken`, 'Choose another name for the lookup.');
      const on = Object.entries(lookup.on);
      if (on.length === 0)
        this.problems.add([...here, 'on'], '`on` names no column', 'Say which columns the row is found by.');
      return {
        key: this.problems.key(here),
        name,
        connection: lookup.connection,
        table: lookup.table,
        on: on.map(([column, value]) => ({ column, value: this.value(value, [...here, 'on', column], scope) })),
        take: lookup.take,
      };
    });
  }

  rejects(raw: readonly RejectShape[], path: KeyPath, scope: ExpressionScope): RejectSpec[] {
    return raw.map(({ when, reason, message }, index) => ({
      when: this.expression(when, [...path, index, 'when'], scope),
      reason,
      message: message ?? null,
    }));
  }
}

/** Names that expressions know already. */
export const reserved: ReadonlySet<string> = new Set([
  'row',
  'run',
  'constants',
  'index',
  'true',
  'false',
  'null',
  'in',
  'const',
]);
