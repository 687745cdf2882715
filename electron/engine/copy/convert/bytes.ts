import type { Value } from '#shared/model/value.ts';
import type { Fault } from '../fault.ts';
import type { ConvertSpec, ValueConvert } from '../types.ts';
import { faults, orNull } from './faults.ts';

/** Empty bytes stay empty and are never NULL. */
export function toBytes(spec: ConvertSpec): ValueConvert | null {
  const { from, to, rule } = spec;
  const most = to.engine === 'mysql' ? to.facts.length : null;
  const fixed = most !== null && to.facts.fixed;
  const known = from.engine === 'sqlite' || from.facts.family !== 'bytes' ? null : from.facts.length;
  const fits = most === null || (known !== null && known <= most && (!fixed || (from.facts.fixed && known === most)));
  if (fits && from.engine !== 'sqlite' && from.facts.family === 'bytes') return null;
  const tooLong = orNull(spec, rule.outside, faults.tooLong);
  const sized = (bytes: Uint8Array): Value | Fault => {
    if (most === null || bytes.length === most || (bytes.length < most && !fixed)) return bytes;
    return bytes.length > most ? tooLong : faults.outOfRange;
  };
  // Text that a rule sends to bytes is meant as it is stored; among the bytes of SQLite it is a stray.
  const takesText = rule.bytes === 'utf8' || (rule.to !== undefined && from.facts.family !== 'bytes');
  return (value) => {
    if (value instanceof Uint8Array) return sized(value);
    if (typeof value !== 'string') return faults.numberForBytes;
    return takesText ? sized(new TextEncoder().encode(value)) : faults.textForBytes;
  };
}

export function toUuid(spec: ConvertSpec): ValueConvert | null {
  if (spec.from.engine !== 'sqlite' && spec.from.facts.family === 'uuid') return null;
  const outside = orNull(spec, spec.rule.outside, faults.notUuid);
  return (value) => {
    if (typeof value === 'string' && plainUuid.test(value)) return value;
    const text =
      typeof value === 'string'
        ? value
        : value instanceof Uint8Array && value.length === 16
          ? Buffer.from(value.buffer, value.byteOffset, 16).toString('hex')
          : '';
    const parts = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i.exec(text);
    return parts ? parts.slice(1).join('-').toLowerCase() : outside;
  };
}

const plainUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
