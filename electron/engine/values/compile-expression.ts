import { EvaluationError } from '@marcbachmann/cel-js';
import type { Value } from '#shared/model/value.ts';
import type { ExpressionSpec } from '../steps/records/spec-types.ts';
import { columnOf, type Expression, type ExpressionProblem, parseExpression } from './expression.ts';
import { ask, columnReader, fastExpression } from './fast-expression.ts';
import { type Evaluate, type Fault, type Frame, fail } from './frame.ts';
import type { Names } from './names.ts';
import { ValueFault } from './value-fault.ts';

/** An expression that was checked, ready to run. `evaluate` gives `failed` where the expression fails on a record. */
export type CompiledExpression = {
  readonly evaluate: Evaluate;
  readonly expression: Expression;
  /** The column when the expression is a bare `row.x`. */
  readonly column: string | null;
};

export function compileExpression(
  spec: ExpressionSpec,
  names: Names,
): { readonly compiled: CompiledExpression } | { readonly problem: ExpressionProblem } {
  const parsed = parseExpression(spec.text, names.scope);
  if ('problem' in parsed) return parsed;
  const { expression } = parsed;
  const column = columnOf(expression.ast);
  const direct = column === null ? null : columnReader(column, names);
  const evaluate =
    direct ?? guarded(spec, expression, fastExpression(expression.ast, names), celEvaluator(expression, names));
  return { compiled: { evaluate, expression, column } };
}

function guarded(spec: ExpressionSpec, expression: Expression, fast: Evaluate | null, cel: Evaluate): Evaluate {
  const quick = fast ? orAsk(fast) : () => ask;
  return (frame) => {
    const value = quick(frame);
    if (value !== ask) return value;
    try {
      return cel(frame);
    } catch (error) {
      return fail(frame, faultOf(error, spec, expression));
    }
  };
}

/** A helper function that fails may stand where CEL would not have got to, so that CEL decides what the failure is. */
function orAsk(fast: Evaluate): Evaluate {
  return (frame) => {
    try {
      return fast(frame);
    } catch (error) {
      if (error instanceof ValueFault) return ask;
      throw error;
    }
  };
}

function faultOf(error: unknown, spec: ExpressionSpec, expression: Expression): Fault {
  const column = onlyColumn(expression);
  if (error instanceof ValueFault) return { code: error.code, message: error.message, column, rule: spec.key };
  if (!(error instanceof EvaluationError)) throw error;
  const message = `The expression fails: ${error.summary}`;
  return { code: 'expression_failed', message, column, rule: spec.key };
}

/** The column that an expression is about, when it reads one only. */
export function onlyColumn({ columns }: Expression): string | null {
  return columns?.size === 1 ? ([...columns][0] ?? null) : null;
}

function celEvaluator({ evaluate }: Expression, names: Names): Evaluate {
  return (frame) => canonical(evaluate(contextOf(frame, names)));
}

/** The names as objects, for CEL. Null where a column or lookup has nothing. */
function contextOf(frame: Frame, names: Names): Record<string, unknown> {
  const row: Record<string, Value> = Object.create(null);
  for (const [name, index] of names.columns) row[name] = index === null ? null : (frame.row[index] ?? null);
  const context: Record<string, unknown> = { row, run: names.run, constants: names.constants };
  for (const [name, { index, fields }] of names.lookups) {
    const found = frame.lookups[index] ?? null;
    context[name] = found && Object.fromEntries([...fields].map(([field, at]) => [field, found[at] ?? null]));
  }
  if (names.scope.item !== null) context[names.scope.item] = frame.item;
  if (names.scope.index) context['index'] = BigInt(frame.index);
  return context;
}

/** What CEL gives as a value of ours: its unsigned integers become integers, its times do not leave it. */
function canonical(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === null || typeof value !== 'object') return value;
  const type = Object.prototype.toString.call(value);
  if (type === '[object Object]' || Array.isArray(value) || value instanceof Uint8Array) return value;
  const plain: unknown = value.valueOf();
  if (typeof plain === 'bigint') return plain;
  throw new ValueFault('expression_failed', 'The expression gives a value that no column holds');
}
