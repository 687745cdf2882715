import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { difference, holder } from '../model/error.ts';
import { condition, counts, outcome, phase, severity, stepKindName } from '../model/run.ts';
import { procedure } from './base.ts';
import { estimate } from './plan.ts';

export const runEvent = z.object({
  seq: z.number().int(),
  at: z.string(),
  severity,
  /** Stable word, for example `chunk_committed`. */
  code: z.string(),
  step: z.string().nullable(),
  /** The sentence for the log. */
  text: z.string(),
});
export type RunEvent = z.infer<typeof runEvent>;

/** State of a step or of an item of work, as icon and word. */
export const workState = z.enum([
  'pending',
  'running',
  'completed',
  'failed',
  'rolled_back',
  'skipped',
  'paused',
  'attention',
  'lost',
]);
export type WorkState = z.infer<typeof workState>;

export const stepProgress = z.object({
  ord: z.number().int(),
  id: z.string(),
  kind: stepKindName,
  state: workState,
  unit: z.string(),
  /** Committed at the target or set aside; of the phase that runs. Never by time. */
  done: z.number().int(),
  /** Null while not known. */
  total: z.number().int().nullable(),
  setAside: z.number().int(),
  /** Units a second over the last seconds; null when not running. */
  rate: z.number().nullable(),
  elapsedMs: z.number().nullable(),
  leftSeconds: estimate.nullable(),
  chunk: z.object({ at: z.number().int(), of: z.number().int().nullable() }).nullable(),
  note: z.string().nullable(),
});
export type StepProgress = z.infer<typeof stepProgress>;

/** One line of the rail. */
export const railPhase = z.object({
  name: z.enum(['profile', 'connections', 'plan', 'backup', 'dry_run', 'execute', 'validate', 'finish']),
  state: workState,
  /** One line of fact, ready to show: `accepted 02:16`, `15,002 written`. Empty when there is none. */
  fact: z.string(),
});

/** Why work that was asked for did not start. Nothing was written. */
export const refusal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('locked'), target: z.string(), holder }),
  z.object({ kind: z.literal('changed'), differences: z.array(difference) }),
  z.object({ kind: z.literal('space'), where: z.string(), neededBytes: z.number(), freeBytes: z.number() }),
  z.object({ kind: z.literal('other'), message: z.string(), advice: z.string().nullable() }),
]);

/** Sampled state of a run: sent at once, then at most 10 a second, and the last one always. */
export const runSnapshot = z.object({
  seq: z.number().int(),
  at: z.string(),
  runId: z.string(),
  phase,
  condition,
  outcome: outcome.nullable(),
  rail: z.array(railPhase),
  steps: z.array(stepProgress),
  /** Parts of the overall bar: weight is estimated seconds, done is 0 to 1 by what is committed. */
  bar: z.array(z.object({ id: z.string(), weight: z.number(), done: z.number(), state: workState })),
  /** Floored, 0 to 100; 100 only when all is done. Null when there is nothing to measure. */
  percent: z.number().int().nullable(),
  leftSeconds: estimate.nullable(),
  setAside: z.object({ now: z.number().int(), forecast: z.number().int().nullable() }),
  counts,
  rate: z.array(z.object({ t: z.number(), perSecond: z.number() })),
  /** Forecast rate of the running step, from the dry run. */
  rateForecast: z.number().nullable(),
  events: z.array(runEvent),
  eventTotals: z.object({ warning: z.number().int(), error: z.number().int() }),
  /** What the policy will do soon, said before it strikes. */
  aboutToStop: z.object({ reason: z.string(), seconds: z.number().nullable() }).nullable(),
  /** Set while a pause or cancel is under way. */
  stopping: z.object({ what: z.string(), undoing: z.boolean(), seconds: z.number().nullable() }).nullable(),
  /** Set when the run was found running with nobody behind it. */
  interrupted: z
    .object({
      at: z.string(),
      step: z.string().nullable(),
      pid: z.number().int().nullable(),
      machine: z.string(),
      words: z.string(),
    })
    .nullable(),
  /** Set after a reconciliation: what journal and target agreed on. */
  reconciled: z.object({ at: z.string(), words: z.string(), undone: z.string().nullable() }).nullable(),
  refused: refusal.nullable(),
  /** The failure that ended the phase; null otherwise. */
  failure: z.object({ step: z.string().nullable(), message: z.string(), advice: z.string().nullable() }).nullable(),
  /** A criterion of the policy that is met: a rollback is proposed. */
  criterion: z.object({ name: z.string(), words: z.string() }).nullable(),
  /** `decideBy`: after it a rollback would not end within the window. Null while nothing is known to be undone. */
  window: z.object({ opens: z.string(), closes: z.string(), decideBy: z.string().nullable() }).nullable(),
});
export type RunSnapshot = z.infer<typeof runSnapshot>;

export const runHeader = z.object({
  runId: z.string(),
  bundlePath: z.string(),
  bundleId: z.string(),
  bundleVersion: z.string(),
  /** Target as a person names it: `generic.db`. */
  target: z.string(),
  planHash: z.string().nullable(),
  startedAt: z.string(),
  person: z.string(),
  machine: z.string(),
});
export type RunHeader = z.infer<typeof runHeader>;

const byRun = z.object({ runId: z.string() });

export const runContract = {
  header: procedure.input(byRun).output(runHeader),
  snapshot: procedure.input(byRun).output(runSnapshot),
  watch: procedure.input(byRun).output(eventIterator(runSnapshot)),
  events: procedure
    .input(
      z.object({
        runId: z.string(),
        before: z.number().int().nullable(),
        limit: z.number().int().max(1000),
        severity: z.enum(['all', 'warning', 'error']),
      }),
    )
    .output(z.array(runEvent)),
  /** These start work and return at once; the snapshot says how it goes. */
  backup: procedure.input(byRun).output(z.void()),
  dryRun: procedure
    .input(z.object({ runId: z.string(), sample: z.number().int().positive().nullable() }))
    .output(z.void()),
  /** `validate`: the quick validation follows by itself when every step is done. */
  execute: procedure
    .input(z.object({ runId: z.string(), autoRollback: z.boolean(), validate: z.boolean().optional() }))
    .output(z.void()),
  /** Goes on where the run stopped: paused, failed or interrupted, in whatever phase. */
  resume: procedure
    .input(z.object({ runId: z.string(), autoRollback: z.boolean(), validate: z.boolean().optional() }))
    .output(z.void()),
  /** Finishes the chunk, then pauses. Acknowledged within a second. */
  pause: procedure.input(byRun).output(z.void()),
  /** Stops and keeps what is committed. Acknowledged within a second. */
  cancel: procedure.input(byRun).output(z.void()),
  validate: procedure.input(z.object({ runId: z.string(), full: z.boolean() })).output(z.void()),
  /** Looks at the lock and the differences again; clears `refused` when nothing stands in the way. */
  recheck: procedure.input(byRun).output(runSnapshot),
};
