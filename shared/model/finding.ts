import * as z from 'zod';
import { severity } from './run.ts';

/** A finding of check, plan, dry run, validation or rollback. Words are for a person; `category` and `code` are stable. */
export const finding = z.object({
  severity,
  /** For example `not_carried`, `type_mismatch`, `missing_right`, `data_consistency`, `source_changed`. */
  category: z.string(),
  /** One neutral sentence. */
  message: z.string(),
  step: z.string().nullable(),
  /** What it is about: `table / key / column`, or `file:line:column`, or a profile key. */
  path: z.string().nullable(),
  oldValue: z.string().nullable(),
  newValue: z.string().nullable(),
  /** What to do, or what the named rule does. */
  suggestion: z.string().nullable(),
  /** How many rows, values or files; null when it is not about a number of them. */
  count: z.number().int().nullable(),
  /** The rule of the profile that settles it; null when none does. */
  rule: z.string().nullable(),
  /** What the statement rests on: `read in full, 12,043 rows` or `sample of 1,000`. */
  basis: z.string().nullable(),
});
export type Finding = z.infer<typeof finding>;

/** Builds a finding; what is not given is null. */
export function makeFinding(given: Pick<Finding, 'severity' | 'category' | 'message'> & Partial<Finding>): Finding {
  return {
    step: null,
    path: null,
    oldValue: null,
    newValue: null,
    suggestion: null,
    count: null,
    rule: null,
    basis: null,
    ...given,
  };
}

/** Whether it is an error or worse: a plan with one is not accepted. */
export function isError({ severity }: Pick<Finding, 'severity'>): boolean {
  return severity === 'error' || severity === 'critical';
}

/** A problem in a file that somebody wrote: where, what, and what to do. */
export const problem = z.object({
  /** Relative to the bundle. */
  file: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  /** Dotted key, for example `steps.subtasks.needs`. */
  key: z.string().nullable(),
  message: z.string(),
  advice: z.string().nullable(),
});
export type Problem = z.infer<typeof problem>;
