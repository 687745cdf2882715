import * as z from 'zod';
import { condition, counts, outcome, phase } from '../model/run.ts';
import { procedure } from './base.ts';

export const runRow = z.object({
  runId: z.string(),
  parentRun: z.string().nullable(),
  bundleId: z.string(),
  bundlePath: z.string(),
  startedAt: z.string(),
  tookMs: z.number().nullable(),
  phase,
  condition,
  interrupted: z.boolean(),
  outcome: outcome.nullable(),
  exitCode: z.number().int().nullable(),
  read: z.number().int(),
  setAside: z.number().int(),
  person: z.string(),
});
export type RunRow = z.infer<typeof runRow>;

/** How a run ended: the Finish screen. */
export const finishView = z.object({
  runId: z.string(),
  outcome: outcome.nullable(),
  exitCode: z.number().int().nullable(),
  endedAt: z.string().nullable(),
  /** The heading and the sentence under it. */
  title: z.string(),
  lead: z.string(),
  counts,
  steps: z.array(
    z.object({
      ord: z.number().int(),
      id: z.string(),
      state: z.enum(['completed', 'attention', 'failed', 'skipped', 'rolled_back', 'pending']),
      counts: counts.nullable(),
      forecastSeconds: z.number().nullable(),
      actualSeconds: z.number().nullable(),
      note: z.string(),
    }),
  ),
  phases: z.array(z.object({ name: z.string(), forecast: z.string(), actual: z.string(), note: z.string() })),
  open: z.array(z.string()),
  cleanup: z.array(z.object({ what: z.string(), bytes: z.number().nullable(), object: z.string() })),
  /** Why a clean-up is not possible now, in words; null when it is, and when it is done. */
  cleanupWaits: z.string().nullable(),
  cleanedAt: z.string().nullable(),
});
export type FinishView = z.infer<typeof finishView>;

/** The journal's chain of hashes. `intact` is what there is to say in one word. */
export const auditView = z.object({
  runId: z.string(),
  events: z.number().int(),
  head: z.string().nullable(),
  /** Number of the first event that does not fit; null when all do. */
  firstBroken: z.number().int().nullable(),
  /** A head that was known from elsewhere, and the number of its event; null when there is none up to where the chain holds. */
  known: z.object({ head: z.string(), event: z.number().int().nullable() }).nullable(),
  intact: z.boolean(),
});
export type AuditView = z.infer<typeof auditView>;

export const reportFormat = z.enum(['html', 'json', 'md']);

export const historyContract = {
  list: procedure
    .input(
      z.object({
        search: z.string(),
        outcome: z.enum(['all', 'completed', 'quarantine', 'failed', 'rolled_back', 'open']),
        offset: z.number().int(),
        limit: z.number().int().max(200),
      }),
    )
    .output(
      z.object({ total: z.number().int(), byOutcome: z.record(z.string(), z.number().int()), runs: z.array(runRow) }),
    ),
  finish: procedure.input(z.object({ runId: z.string() })).output(finishView),
  report: procedure
    .input(z.object({ runId: z.string(), format: reportFormat }))
    .output(z.object({ name: z.string(), mime: z.string(), text: z.string(), sha256: z.string() })),
  /** Writes the report and its sha256 beside it; returns the file. */
  saveReport: procedure
    .input(z.object({ runId: z.string(), format: reportFormat, folder: z.string() }))
    .output(z.object({ file: z.string(), bytes: z.number().int() })),
  /** Follows the chain of a run's events; `head` as a report gave it. */
  audit: procedure.input(z.object({ runId: z.string(), head: z.string().nullable() })).output(auditView),
  compare: procedure
    .input(z.object({ left: z.string(), right: z.string() }))
    .output(z.array(z.object({ what: z.string(), left: z.string(), right: z.string(), same: z.boolean() }))),
  /** Removes scratch, our tables in the target and (when told) the rollback point; the report is kept. */
  cleanup: procedure.input(z.object({ runId: z.string(), removePoint: z.boolean() })).output(z.void()),
  /** Deletes the run from the journal. Refused while a rollback is still possible and its point exists. */
  remove: procedure.input(z.object({ runId: z.string() })).output(z.void()),
};
