import type { Value } from '#shared/model/value.ts';
import type { Fault } from '../fault.ts';
import type { ConvertSpec, ValueConvert } from '../types.ts';
import { faults, orNull } from './faults.ts';
import { textOfNumber } from './numbers.ts';

type TextStep = (text: string) => Value | Fault;

/** Text of any value: what is not text becomes the text of the same value, bytes only by a rule. */
export function toText(spec: ConvertSpec): ValueConvert | null {
  const steps = textSteps(spec);
  const alwaysText = spec.from.engine !== 'sqlite' && givesText(spec);
  if (steps.length === 0 && alwaysText) return null;
  const [only] = steps;
  const finish: TextStep = steps.length === 1 && only ? only : (text) => inTurn(steps, text);
  return (value) => {
    if (typeof value === 'string') return finish(value);
    const text = textOf(value, spec);
    return typeof text === 'string' ? finish(text) : text;
  };
}

function givesText({ from: { facts } }: ConvertSpec): boolean {
  return !['int', 'float', 'bool', 'bytes', 'bit', 'year', 'any'].includes(facts.family);
}

function inTurn(steps: readonly TextStep[], text: string): Value | Fault {
  let value: Value | Fault = text;
  for (const step of steps) {
    value = step(value);
    if (typeof value !== 'string') return value;
  }
  return value;
}

/** Only what this pair of types needs. */
function textSteps(spec: ConvertSpec): TextStep[] {
  const { from, to, rule } = spec;
  const steps: TextStep[] = [];
  if (rule.encoding === 'double_utf8') steps.push(decodedOnce);
  if (rule.nul === 'remove') steps.push((text) => (text.includes('\0') ? text.replaceAll('\0', '') : text));
  else if (to.engine === 'postgres' && from.engine !== 'postgres' && mayHoldNul(spec)) {
    steps.push((text) => (text.includes('\0') ? faults.nul : text));
  }
  if (from.facts.family === 'enum' && from.engine === 'mysql' && !(from.labels ?? []).includes('')) {
    steps.push(...blankStep(spec));
  }
  if (to.labels && to.facts.family === 'enum' && JSON.stringify(to.labels) !== JSON.stringify(from.labels))
    steps.push(labelStep(spec, to.labels));
  const length = to.facts.family === 'text' && to.engine !== 'sqlite' ? to.facts.length : null;
  const known = from.engine === 'sqlite' ? null : from.facts.family === 'uuid' ? 36 : from.facts.length;
  if (length !== null && !(known !== null && known <= length)) {
    const outside = orNull(spec, rule.outside, faults.tooLong);
    steps.push((text) => (text.length <= length || characters(text) <= length ? text : outside));
  }
  if (to.facts.fixed && length !== null) steps.push(...fixedSteps(spec, length));
  return steps;
}

function mayHoldNul({ from: { facts } }: ConvertSpec): boolean {
  return ['text', 'enum', 'set', 'any', 'other', 'bytes'].includes(facts.family) || facts.family === 'json';
}

function blankStep(spec: ConvertSpec): TextStep[] {
  if (spec.rule.blank === 'keep' && !(spec.to.facts.family === 'enum')) return [];
  const blank = orNull(spec, spec.rule.blank, faults.blankLabel);
  return spec.to.engine === 'mysql' && spec.rule.blank === 'keep' ? [] : [(text) => (text === '' ? blank : text)];
}

function labelStep(spec: ConvertSpec, labels: readonly string[]): TextStep {
  const known = new Set(labels);
  const outside = orNull(spec, spec.rule.outside, faults.notLabel);
  return (text) => (known.has(text) ? text : outside);
}

/** MySQL drops the blanks at the end of CHAR, PostgreSQL fills it up. */
function fixedSteps({ from, to }: ConvertSpec, length: number): TextStep[] {
  if (from.engine === to.engine && from.facts.fixed && from.facts.length === length) return [];
  if (to.engine === 'mysql') return [(text) => (text.endsWith(' ') ? faults.trailingBlanks : text)];
  return [(text) => text + ' '.repeat(Math.max(0, length - characters(text)))];
}

function textOf(value: Value, { from, rule }: ConvertSpec): string | Fault {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
    case 'number':
      return textOfNumber(value);
    case 'boolean':
      return String(value);
    default:
      if (!(value instanceof Uint8Array)) return faults.wrongClass;
      return rule.bytes === 'utf8' || (rule.to !== undefined && from.engine !== 'sqlite')
        ? utf8Text(value)
        : faults.bytesForText;
  }
}

function utf8Text(bytes: Uint8Array): string | Fault {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return faults.bytesForText;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Characters as both servers count them: code points. */
export function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800) count -= 1;
  }
  return count;
}

/** Text whose characters are, as bytes of cp1252, the UTF-8 of another text; else the text itself. */
export function decodedOnce(text: string): string {
  const bytes = new Uint8Array(text.length);
  let plain = true;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const byte = unit < 0x80 || (unit >= 0xa0 && unit <= 0xff) ? unit : cp1252.get(unit);
    if (byte === undefined) return text;
    if (byte >= 0x80) plain = false;
    bytes[at] = byte;
  }
  if (plain) return text;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return text;
  }
}

/** Bytes 80 to 9f of MySQL's latin1, which is cp1252; the five that cp1252 leaves open are the control characters. */
const cp1252: ReadonlyMap<number, number> = new Map(
  [
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e,
    0x178,
  ].map((unit, index) => [unit, 0x80 + index] as const),
);
