import type { ExpressionSpec, RejectSpec } from '../steps/records/spec-types.ts';
import { compileExpression, onlyColumn } from './compile-expression.ts';
import { kindWords } from './fit.ts';
import { type Evaluate, type Failed, type Fault, type Frame, fail, failed } from './frame.ts';
import type { Names } from './names.ts';
import type { ProblemSink } from './problem-sink.ts';

/** True or false, or `failed` when the expression fails or gives anything else. */
export type Condition = (frame: Frame) => boolean | Failed;

export function compileCondition(spec: ExpressionSpec, names: Names, problems: ProblemSink): Condition {
  const result = compileExpression(spec, names);
  if ('problem' in result) {
    problems.expression(spec.key, result.problem);
    return () => false;
  }
  const { evaluate, expression } = result.compiled;
  problems.check(spec.key, expression);
  return condition(evaluate, spec.key);
}

function condition(evaluate: Evaluate, rule: string): Condition {
  return (frame) => {
    const value = evaluate(frame);
    if (typeof value === 'boolean' || value === failed) return value as boolean | Failed;
    const message = `The expression gives ${kindWords(value)}, not true or false`;
    return fail(frame, { code: 'expression_failed', message, column: null, rule });
  };
}

/** The first rule that holds decides: its fault, or `failed` with the frame's. Null when the record passes. */
export type Rejection = (frame: Frame) => Fault | null;

export function compileRejects(specs: readonly RejectSpec[], names: Names, problems: ProblemSink): Rejection | null {
  if (specs.length === 0) return null;
  const rules = specs.map((spec) => ({
    holds: compileCondition(spec.when, names, problems),
    fault: faultOf(spec, names),
  }));
  return (frame) => {
    for (const { holds, fault } of rules) {
      const decided = holds(frame);
      if (decided === true) return fault;
      if (decided === failed) return frame.fault;
    }
    return null;
  };
}

function faultOf({ when, reason, message }: RejectSpec, names: Names): Fault {
  const result = compileExpression(when, names);
  const column = 'compiled' in result ? onlyColumn(result.compiled.expression) : null;
  return { code: reason, message: message ?? `Set aside by the rule "${words(reason)}"`, column, rule: when.key };
}

function words(reason: string): string {
  return reason.replaceAll('_', ' ');
}
