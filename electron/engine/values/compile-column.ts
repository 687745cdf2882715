import type { Value } from '#shared/model/value.ts';
import type { ColumnSpec, ValueSpec } from '../steps/records/spec-types.ts';
import { casts } from './cast.ts';
import { compileExpression } from './compile-expression.ts';
import { decodeValue } from './encode.ts';
import { fitTo, isMisfit, kindWords } from './fit.ts';
import { type Evaluate, type Failed, type Frame, fail, failed } from './frame.ts';
import type { Holds, MappingColumn } from './mapping-types.ts';
import type { Names } from './names.ts';
import type { ProblemSink } from './problem-sink.ts';

/** Builds one value of a row, or says why not. */
export type ColumnBuilder = {
  readonly column: string;
  readonly build: (frame: Frame) => Value | Failed;
  /** Source column that is carried as it is. */
  readonly from: string | null;
};

type Maps = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function compileColumn(
  spec: ColumnSpec,
  target: MappingColumn | null,
  holds: Holds,
  maps: Maps,
  names: Names,
  problems: ProblemSink,
): ColumnBuilder {
  const source = compileValue(spec.value, names, problems);
  const stages = [nulStage(spec), mapStage(spec, maps), castStage(spec), defaultStage(spec, names, problems)];
  const changes = stages.filter((stage) => stage !== null);
  const evaluate = changes.reduce<Evaluate>((before, stage) => stage(before), source.evaluate);
  return {
    column: spec.column,
    build: intoColumn(evaluate, spec.column, spec.key, target, holds),
    from: changes.length === 0 ? source.column : null,
  };
}

export type CompiledValue = { readonly evaluate: Evaluate; readonly column: string | null };

/** A literal or an expression. One that does not compile is noted and gives null. */
export function compileValue(spec: ValueSpec, names: Names, problems: ProblemSink): CompiledValue {
  if (spec.kind === 'literal') {
    const literal = decodeValue(spec.value);
    return { evaluate: () => literal, column: null };
  }
  const result = compileExpression(spec, names);
  if ('problem' in result) {
    problems.expression(spec.key, result.problem);
    return { evaluate: () => null, column: null };
  }
  problems.check(spec.key, result.compiled.expression);
  return { evaluate: result.compiled.evaluate, column: result.compiled.column };
}

/** Puts what an evaluator gives into the form that the column holds. */
export function intoColumn(
  evaluate: Evaluate,
  column: string,
  rule: string,
  target: MappingColumn | null,
  holds: Holds,
): (frame: Frame) => Value | Failed {
  const toForm = fitTo(target?.type ?? null, holds);
  const nullable = target?.nullable ?? true;
  const nothing = {
    code: 'null_in_required',
    message: `The column ${column} must have a value and gets none`,
    column,
    rule,
  };
  return (frame) => {
    const value = evaluate(frame);
    if (value === null || value === undefined) return nullable ? null : fail(frame, nothing);
    if (value === failed) return failed;
    const fitted = toForm(value);
    if (typeof fitted === 'object' && isMisfit(fitted)) {
      return fail(frame, { code: fitted.misfit, message: `${fitted.message} (${column})`, column, rule });
    }
    return fitted;
  };
}

type Stage = (before: Evaluate) => Evaluate;

function nulStage(spec: ColumnSpec): Stage | null {
  if (spec.nul === 'keep') return null;
  const fault = {
    code: 'nul_in_text',
    message: `The text for ${spec.column} holds a NUL character`,
    column: spec.column,
    rule: `${spec.key}.nul`,
  };
  return (before) => (frame) => {
    const value = before(frame);
    if (typeof value !== 'string' || !value.includes('\0')) return value;
    return spec.nul === 'remove' ? value.replaceAll('\0', '') : fail(frame, fault);
  };
}

function mapStage(spec: ColumnSpec, maps: Maps): Stage | null {
  const { map } = spec;
  if (map === null) return null;
  const entries = new Map(Object.entries(maps[map] ?? {}));
  const rule = `maps.${map}`;
  return (before) => (frame) => {
    const value = before(frame);
    if (value === null || value === undefined || value === failed) return value;
    const found = isScalar(value) ? entries.get(String(value)) : undefined;
    if (found !== undefined) return found;
    switch (spec.unknown) {
      case 'keep':
        return value;
      case 'null':
      case 'default':
        return null;
      case 'quarantine':
        return fail(frame, {
          code: 'unknown_value',
          message: `The map ${map} has no entry for this value of ${spec.column}`,
          column: spec.column,
          rule,
        });
    }
  };
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'symbol';
}

function castStage(spec: ColumnSpec): Stage | null {
  const { cast } = spec;
  if (cast === null) return null;
  const convert = casts[cast];
  return (before) => (frame) => {
    const value = before(frame);
    if (value === null || value === undefined || value === failed) return value;
    const converted = convert(value);
    if (converted !== undefined) return converted;
    if (spec.bad !== 'quarantine') return null;
    return fail(frame, {
      code: 'bad_cast',
      message: `${sentenceStart(kindWords(value))} for ${spec.column} cannot be read as ${cast}`,
      column: spec.column,
      rule: spec.key,
    });
  };
}

function sentenceStart(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function defaultStage(spec: ColumnSpec, names: Names, problems: ProblemSink): Stage | null {
  if (spec.default === null) return null;
  const { evaluate } = compileValue(spec.default, names, problems);
  return (before) => (frame) => {
    const value = before(frame);
    return value === null || value === undefined ? evaluate(frame) : value;
  };
}
