import type { PlanView } from '#shared/contract/plan.ts';

export type Mapping = PlanView['types'][number];
/** A column that rules of `[steps.X.types]` decide about. */
export type RuledMapping = Mapping & { readonly rules: NonNullable<Mapping['rules']> };

export function isRuled(mapping: Mapping): mapping is RuledMapping {
  return mapping.rules !== undefined;
}

/** Values would be set aside unless a rule says otherwise. */
export function needsRule(mapping: Mapping): boolean {
  return (mapping.rules?.unfit ?? 0) > 0;
}

/** One word of a rule, in plain words. `to` takes a type of the target and stands for itself. */
export type RuleWord = { readonly word: string; readonly value: string; readonly label: string };

/** Every word of a rule that has a fixed value; what loses nothing is the default and not offered. */
export const ruleWords: readonly RuleWord[] = [
  { word: 'nul', value: 'remove', label: 'NUL characters are removed from text' },
  { word: 'zero', value: 'null', label: 'The date 0000-00-00 becomes NULL' },
  { word: 'zero', value: 'keep', label: 'The date 0000-00-00 is kept' },
  { word: 'partial', value: 'first', label: 'A date without month or day becomes the first of them' },
  { word: 'partial', value: 'null', label: 'A date without month or day becomes NULL' },
  { word: 'outside', value: 'null', label: 'A value that the target type cannot hold becomes NULL' },
  { word: 'outside', value: 'true', label: 'Any number but 0 becomes true' },
  { word: 'blank', value: 'null', label: 'The blank of an invalid label becomes NULL' },
  { word: 'blank', value: 'keep', label: 'The blank of an invalid label is kept' },
  { word: 'epoch', value: 'seconds', label: 'A number is a time in seconds since 1970' },
  { word: 'epoch', value: 'milliseconds', label: 'A number is a time in milliseconds since 1970' },
  { word: 'zone', value: 'utc', label: 'Times without a zone are UTC' },
  { word: 'nan', value: 'null', label: 'NaN becomes NULL' },
  { word: 'infinite', value: 'null', label: 'Infinity becomes NULL' },
  { word: 'negative_zero', value: 'zero', label: '-0 becomes 0' },
  { word: 'bytes', value: 'utf8', label: 'Bytes are read as UTF-8 text' },
  { word: 'duplicate_keys', value: 'last', label: 'JSON with a key twice keeps the last of them' },
  { word: 'encoding', value: 'double_utf8', label: 'Text that was encoded twice is decoded once' },
];

/** `{ word, value }` of `nul = "remove"`; null when it is written otherwise. */
export function wordOf(line: string): { readonly word: string; readonly value: string } | null {
  const found = /^(\w+) = "([^"]*)"$/.exec(line);
  return found ? { word: found[1]!, value: found[2]! } : null;
}

/** Table of a place such as `orders.note`. */
export function tableOf({ rules, column }: Mapping): string {
  const place = rules?.place ?? column.slice(column.indexOf('.') + 1);
  const end = place.lastIndexOf('.');
  return end < 0 ? place : place.slice(0, end);
}

/** How many columns of the step a rule for this type of the source would be for. */
export function columnsOfType(types: readonly Mapping[], { step, sourceType }: Mapping): number {
  return types.filter((other) => isRuled(other) && other.step === step && other.sourceType === sourceType).length;
}
