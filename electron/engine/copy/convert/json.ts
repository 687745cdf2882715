import type { Value } from '#shared/model/value.ts';
import { Fault } from '../fault.ts';
import type { ConvertSpec, ValueConvert } from '../types.ts';
import { arrayToJson } from './arrays.ts';
import { faults, orNull } from './faults.ts';
import { JsonbForm } from './jsonb-form.ts';
import { textOfNumber } from './numbers.ts';

export function toJson(spec: ConvertSpec): ValueConvert | null {
  const { from, to, rule } = spec;
  const strict = from.engine !== 'sqlite' && from.facts.family === 'json';
  if (strict && (!to.facts.normalised || from.facts.normalised)) return null;
  const outside = orNull(spec, rule.outside, faults.notJson);
  const last = rule.duplicate_keys === 'last';
  const finish = (text: string): Value | Fault => {
    if (!strict && !isJson(text)) return outside;
    if (!to.facts.normalised) return text;
    const form = new JsonbForm(text);
    const written = form.write();
    if (written === null) return form.nul ? faults.nulInJson : outside;
    return form.duplicates && !last ? faults.duplicateKeys : written;
  };
  if (from.facts.family === 'array') {
    return (value) => {
      const text = arrayToJson(value, from.facts.items ?? 'text');
      return text instanceof Fault || !to.facts.normalised ? text : finish(text);
    };
  }
  return (value) => {
    switch (typeof value) {
      case 'string':
        return finish(value);
      case 'bigint':
      case 'number':
        return finish(textOfNumber(value));
      case 'boolean':
        return String(value);
      default:
        if (value instanceof Uint8Array && rule.bytes === 'utf8') return finish(Buffer.from(value).toString('utf8'));
        return faults.bytesForText;
    }
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
