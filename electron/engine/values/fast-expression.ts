import type { ASTNode } from '@marcbachmann/cel-js';
import { columnOf } from './expression.ts';
import { get, json, left } from './expression-functions.ts';
import type { Evaluate, Frame } from './frame.ts';
import { jsonText } from './json-text.ts';
import type { Names } from './names.ts';

/**
 * Given by a closure where it does not know what CEL would do with these operands: another type, a missing field, an overflow.
 * The caller then asks CEL itself, so that a fast path never decides anything by its own rules. Expressions are pure.
 */
export const ask: unique symbol = Symbol('ask CEL');

/** Closures for the part of CEL that mappings mostly use, several times as fast; null for an expression outside of it. */
export function fastExpression(node: ASTNode, names: Names): Evaluate | null {
  const column = columnOf(node);
  if (column !== null) return columnReader(column, names);
  switch (node.op) {
    case 'value':
      return constant(node.args);
    case 'id':
      return variable(node.args, names);
    case '.':
      return field(node.args[0], node.args[1], names);
    case '==':
    case '!=':
      return equality(node.args, node.op === '==', names);
    case '||':
    case '&&':
      return logic(node.args, node.op === '||', names);
    case '?:':
      return choice(node.args, names);
    case '!_':
      return negation(node.args, names);
    case '+':
      return sum(node.args, names);
    case 'call':
      return call(node.args[0], node.args[1], names);
    default:
      return null;
  }
}

function constant(value: unknown): Evaluate | null {
  const type = typeof value;
  return value === null || type === 'string' || type === 'bigint' || type === 'boolean' ? () => value : null;
}

export function columnReader(name: string, names: Names): Evaluate | null {
  const index = names.columns.get(name);
  if (index === undefined) return null;
  return index === null ? () => null : (frame) => frame.row[index];
}

function variable(name: string, names: Names): Evaluate | null {
  if (name === names.scope.item) return (frame) => frame.item;
  return name === 'index' && names.scope.index ? (frame) => BigInt(frame.index) : null;
}

function field(of: ASTNode, name: string, names: Names): Evaluate | null {
  if (of.op !== 'id') return null;
  if (of.args === 'run' && Object.hasOwn(names.run, name)) return constant(names.run[name]);
  if (of.args === 'constants' && Object.hasOwn(names.constants, name)) return constant(names.constants[name]);
  const lookup = names.lookups.get(of.args);
  const at = lookup?.fields.get(name);
  if (!lookup || at === undefined) return null;
  const { index } = lookup;
  return (frame) => {
    const found = frame.lookups[index];
    return found ? found[at] : ask;
  };
}

function equality([one, other]: readonly [ASTNode, ASTNode], same: boolean, names: Names): Evaluate | null {
  const presence = lookupPresence(one, other, names) ?? lookupPresence(other, one, names);
  if (presence !== null) return (frame) => (frame.lookups[presence] === null) === same;
  const a = fastExpression(one, names);
  const b = fastExpression(other, names);
  if (!a || !b) return null;
  return (frame) => {
    const x = a(frame);
    const y = b(frame);
    return comparable(x) && comparable(y) ? (x === y) === same : ask;
  };
}

/** Position of the lookup in `parent == null`. */
function lookupPresence(one: ASTNode, other: ASTNode, names: Names): number | null {
  if (one.op !== 'id' || other.op !== 'value' || other.args !== null) return null;
  return names.lookups.get(one.args)?.index ?? null;
}

/** Values of these types are equal exactly when they are the same; of two types never. */
function comparable(value: unknown): boolean {
  const type = typeof value;
  return type === 'string' || type === 'bigint' || type === 'boolean' || value === null;
}

function logic([one, other]: readonly [ASTNode, ASTNode], decisive: boolean, names: Names): Evaluate | null {
  const a = fastExpression(one, names);
  const b = fastExpression(other, names);
  if (!a || !b) return null;
  return (frame) => {
    const x = a(frame);
    if (x === decisive) return decisive;
    if (x !== !decisive) return ask;
    const y = b(frame);
    return typeof y === 'boolean' ? y : ask;
  };
}

function choice([condition, one, other]: readonly [ASTNode, ASTNode, ASTNode], names: Names): Evaluate | null {
  const test = fastExpression(condition, names);
  const a = fastExpression(one, names);
  const b = fastExpression(other, names);
  if (!test || !a || !b) return null;
  return (frame) => {
    const decided = test(frame);
    return decided === true ? a(frame) : decided === false ? b(frame) : ask;
  };
}

function negation(of: ASTNode, names: Names): Evaluate | null {
  const a = fastExpression(of, names);
  if (!a) return null;
  return (frame) => {
    const x = a(frame);
    return typeof x === 'boolean' ? !x : ask;
  };
}

const leastInteger = -(2n ** 63n);
const mostInteger = 2n ** 63n - 1n;

function sum([one, other]: readonly [ASTNode, ASTNode], names: Names): Evaluate | null {
  const a = fastExpression(one, names);
  const b = fastExpression(other, names);
  if (!a || !b) return null;
  return (frame) => {
    const x = a(frame);
    const y = b(frame);
    if (typeof x === 'string' && typeof y === 'string') return x + y;
    if (typeof x !== 'bigint' || typeof y !== 'bigint') return ask;
    const total = x + y;
    return total >= leastInteger && total <= mostInteger ? total : ask;
  };
}

function call(name: string, args: readonly ASTNode[], names: Names): Evaluate | null {
  const parts = args.map((arg) => fastExpression(arg, names));
  if (parts.some((part) => part === null)) return null;
  const [first, second, third] = parts as Evaluate[];
  if (!first || args.length > 3) return null;
  switch (`${name}/${args.length}`) {
    case 'string/1':
      return (frame) => stringOf(first(frame));
    case 'json/1':
      return (frame) => whenKnown(first(frame), json);
    case 'text/1':
      return (frame) => whenKnown(first(frame), jsonText);
    case 'left/2':
      return second ? (frame) => leftOf(first(frame), second(frame)) : null;
    case 'get/2':
      return second ? (frame) => getOf(frame, first, second, null) : null;
    case 'get/3':
      return second && third ? (frame) => getOf(frame, first, second, third) : null;
    default:
      return null;
  }
}

function stringOf(value: unknown): unknown {
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : ask;
}

function whenKnown(value: unknown, apply: (value: unknown) => unknown): unknown {
  return value === ask ? ask : apply(value);
}

function leftOf(text: unknown, count: unknown): unknown {
  return typeof text === 'string' && typeof count === 'bigint' ? left(text, count) : ask;
}

/** The default is an argument and so evaluated in any case, as in CEL: what fails in it fails the whole. */
function getOf(frame: Frame, from: Evaluate, path: Evaluate, otherwise: Evaluate | null): unknown {
  const container = from(frame);
  const key = path(frame);
  const fallback = otherwise ? otherwise(frame) : null;
  if (container === ask || typeof key !== 'string' || fallback === ask) return ask;
  return get(container, key, fallback);
}
