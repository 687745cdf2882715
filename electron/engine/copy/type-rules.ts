import * as z from 'zod';
import type { AppliedRule, NamedRule } from './types.ts';

/**
 * One entry of `[steps.X.types]`: what the profile says of the values of a type or a column. What is not said has a default
 * that loses nothing: the value is set aside with its reason.
 */
export const typeRuleShape = z.strictObject({
  to: z.string().min(1).optional().describe('Type in the target, in its own words.'),
  outside: z
    .enum(['quarantine', 'null', 'true'])
    .optional()
    .describe('A value that the target type cannot hold. "true": anything but 0 is true.'),
  zero: z.enum(['quarantine', 'null', 'keep']).optional().describe('The date 0000-00-00.'),
  partial: z
    .enum(['quarantine', 'null', 'keep', 'first'])
    .optional()
    .describe('A date without month or day, such as 2022-11-00. "first": the first of them.'),
  blank: z
    .enum(['quarantine', 'null', 'keep'])
    .optional()
    .describe('The empty text that MySQL keeps for an invalid label of an ENUM.'),
  nul: z.enum(['quarantine', 'remove']).optional().describe('A NUL character in text.'),
  epoch: z
    .enum(['quarantine', 'seconds', 'milliseconds'])
    .optional()
    .describe('A number in a column of times: seconds or milliseconds since 1970.'),
  zone: z
    .string()
    .regex(/^(?:quarantine|utc|[+-](?:0\d|1[0-5]):[0-5]\d)$/, 'a zone is "utc" or an offset such as "+02:00"')
    .optional()
    .describe('Zone of times that name none, and in which the others are written where the target has no zone.'),
  nan: z.enum(['quarantine', 'null']).optional().describe('NaN, where the target has none.'),
  infinite: z.enum(['quarantine', 'null']).optional().describe('Infinity, where the target has none.'),
  negative_zero: z.enum(['quarantine', 'zero']).optional().describe('-0, where the target has none.'),
  bytes: z
    .enum(['quarantine', 'utf8'])
    .optional()
    .describe('Bytes in a column of text, text in a column of bytes. "utf8": taken as UTF-8.'),
  duplicate_keys: z
    .enum(['quarantine', 'last'])
    .optional()
    .describe('A JSON object that has a key twice, where the target keeps only the last one.'),
  encoding: z
    .enum(['utf8', 'double_utf8'])
    .optional()
    .describe('"double_utf8": text that was encoded twice is decoded once.'),
});

/** A declared type of the source (`tinyint(1)`, `bigint unsigned`, `*text`) or a column (`orders.note`, `orders.*`). */
type Place = { readonly table: string; readonly column: string; readonly declaredType: string };

/** All that the rules say of a column; of two that say the same word, the more specific one counts. */
export function ruleFor(rules: readonly NamedRule[], place: Place): AppliedRule {
  const found = rules
    .map((named) => ({ named, rank: rankOf(named.pattern, place) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank);
  const rule: Record<string, unknown> = {};
  const keys: string[] = [];
  for (const { named } of found) {
    const said = Object.entries(named.rule).filter(
      ([word, value]) => value !== undefined && !Object.hasOwn(rule, word),
    );
    if (said.length === 0) continue;
    for (const [word, value] of said) rule[word] = value;
    keys.push(named.key);
  }
  return { rule, keys };
}

export function matchesAny(pattern: string, places: Iterable<Place>): boolean {
  for (const place of places) if (rankOf(pattern, place) > 0) return true;
  return false;
}

/** Column, column by pattern, type with its size, type, type by pattern; 0 when it does not match. */
function rankOf(pattern: string, { table, column, declaredType }: Place): number {
  const wild = pattern.includes('*');
  if (!wild && pattern.toLowerCase() === `${table}.${column}`.toLowerCase()) return 5;
  if (wild && pattern.includes('.') && matches(pattern, `${table}.${column}`)) return 4;
  const wanted = normalised(pattern);
  const full = normalised(declaredType);
  if (wanted === full) return 3;
  const bare = normalised(full.replace(/\s*\(.*?\)(?=[^)]*$)/s, ''));
  if (wanted === bare) return 2;
  return wild && (matches(wanted, full) || matches(wanted, bare)) ? 1 : 0;
}

function normalised(type: string): string {
  return type
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/\s*([(,)])\s*/g, '$1')
    .replace(/\)(?=\w)/g, ') ');
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'is').test(text);
}
