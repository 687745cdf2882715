import * as z from 'zod';
import { finding, problem } from './finding.ts';

/** Who holds a lock on a target or a run. */
export const holder = z.object({
  runId: z.string(),
  person: z.string(),
  machine: z.string(),
  pid: z.number().int(),
  bundle: z.string(),
  phase: z.string(),
  since: z.string(),
  lastSign: z.string(),
  /** Certain on the same machine; elsewhere only a stale heartbeat and an operator's word. */
  alive: z.enum(['yes', 'no', 'unknown']),
});
export type Holder = z.infer<typeof holder>;

/** One thing that differs between the accepted plan and now. */
export const difference = z.object({
  what: z.string(),
  inPlan: z.string(),
  now: z.string(),
  same: z.boolean(),
  note: z.string(),
});
export type Difference = z.infer<typeof difference>;

export const consentNeed = z.object({
  /** Name for `--consent NAME`. */
  name: z.string(),
  step: z.string().nullable(),
  /** What is consented to, word for word as it is journalled. */
  text: z.string(),
  /** Word that must be typed on the screen. */
  typed: z.string().nullable(),
});
export type ConsentNeed = z.infer<typeof consentNeed>;

/** Where a consent was given: in the wizard, typed at a terminal, or by `--consent`. */
export const consentVia = z.enum(['screen', 'terminal', 'flag']);
export type ConsentVia = z.infer<typeof consentVia>;

/** Data of each expected error. An expected error is a value of the contract; anything else is a bug. */
export const errorData = {
  BUNDLE_INVALID: z.object({ bundle: z.string(), problems: z.array(problem) }),
  NOT_FOUND: z.object({ what: z.string(), name: z.string() }),
  /** The request does not fit the phase or condition that the run is in. */
  WRONG_STATE: z.object({ phase: z.string(), condition: z.string(), allowed: z.array(z.string()) }),
  /** `target` is what is in use, as a person names it. */
  LOCKED: z.object({ holder, target: z.string().optional() }),
  PLAN_STALE: z.object({ differences: z.array(difference) }),
  CONSENT_MISSING: z.object({ needs: z.array(consentNeed) }),
  NO_BACKUP: z.object({ advice: z.string() }),
  SPACE: z.object({ where: z.string(), neededBytes: z.number(), freeBytes: z.number(), advice: z.string() }),
  CONNECTION: z.object({ connection: z.string(), findings: z.array(finding) }),
  SECRET_MISSING: z.object({ names: z.array(z.string()) }),
  INVALID_INPUT: z.object({ problems: z.array(problem) }),
  FAILED: z.object({ finding }),
  CANCELLED: z.object({ undoing: z.boolean() }),
} as const;
export type ErrorCode = keyof typeof errorData;
export type ErrorData<C extends ErrorCode> = z.infer<(typeof errorData)[C]>;

/** An expected error of the engine: a code of the contract with its data, and what to do next in `advice`. */
export class OverlandError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly data: ErrorData<C>;
  readonly advice: string | null;

  constructor(
    code: C,
    message: string,
    data: ErrorData<C>,
    options: { readonly advice?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OverlandError';
    this.code = code;
    this.data = data;
    this.advice = options.advice ?? null;
  }

  /** Narrows `data` to that of one code. */
  is<K extends ErrorCode>(code: K): this is OverlandError<K> {
    return (this.code as ErrorCode) === code;
  }
}

/** Ends a branch that the types say cannot be reached. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Unhandled ${what}: ${String(value)}`);
}
