import type { Value } from '#shared/model/value.ts';
import type { ConvertSpec, ValueConvert } from '../types.ts';
import { faults, orNull } from './faults.ts';

/** 1, 0 and the words true and false; 7 is not true unless a rule says so. */
export function toBoolean(spec: ConvertSpec): ValueConvert | null {
  const { from, to, rule } = spec;
  if (from.facts.family === 'bool' && from.engine === to.engine) return null;
  const yes: Value = to.engine === 'postgres' ? true : 1n;
  const no: Value = to.engine === 'postgres' ? false : 0n;
  const outside = orNull(spec, rule.outside, faults.notBoolean);
  const otherNumber = rule.outside === 'true' ? yes : outside;
  return (value) => {
    switch (typeof value) {
      case 'boolean':
        return value ? yes : no;
      case 'bigint':
        return value === 1n ? yes : value === 0n ? no : otherNumber;
      case 'number':
        return value === 1 ? yes : value === 0 ? no : otherNumber;
      case 'string':
        return words.get(value.toLowerCase()) === undefined ? outside : words.get(value.toLowerCase()) ? yes : no;
      default:
        return outside;
    }
  };
}

/** SQL's own words, `t` and `f` as PostgreSQL writes them, and what BIT(1) is there. */
const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['t', true],
  ['f', false],
  ['1', true],
  ['0', false],
]);
