import * as z from 'zod';
import { schemaChange } from '#shared/contract/dry-run.ts';
import { estimate } from '#shared/contract/plan.ts';
import { finding } from '#shared/model/finding.ts';
import { commitClass, outcome, phase, severity, undoMode } from '#shared/model/run.ts';

/**
 * The report of one run, as JSON. Most of it is written out rather than taken from the contract, since files outlive it.
 * `formatVersion` is raised when a field is renamed, removed or changes its meaning; new fields may come at any time, so
 * readers ignore what they do not know. Instants are ISO 8601 in UTC, durations milliseconds unless the name says seconds. It
 * holds no secret and no value of a record but what validation names; `sensitive` columns are masked.
 */
export const reportFormat = 'overland-run-report';
export const reportFormatVersion = 1;

const instant = z.string().describe('ISO 8601, UTC');

const reportAccount = z.object({
  ord: z.number().int(),
  step: z.string(),
  read: z.number().int(),
  accepted: z.number().int(),
  setAside: z.number().int(),
  filtered: z.number().int(),
  balanced: z.boolean().describe('read = accepted + setAside + filtered'),
});

const reportOutput = z.object({
  step: z.string(),
  table: z.string(),
  emitted: z.number().int(),
  inserted: z.number().int(),
  updated: z.number().int(),
  same: z.number().int().describe('were there already with the same content'),
  setAside: z.number().int(),
  balanced: z.boolean().describe('emitted = inserted + updated + same + setAside'),
});

const reportStep = z.object({
  ord: z.number().int(),
  id: z.string(),
  kind: z.string(),
  touches: z.string(),
  state: z.enum(['completed', 'attention', 'failed', 'skipped', 'rolled_back', 'pending']),
  stateWords: z.string(),
  commit: commitClass.nullable(),
  commitText: z.string(),
  undo: undoMode,
  undoText: z.string(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  forecast: z.object({
    amount: z.number().int().nullable(),
    unit: z.string(),
    seconds: estimate.nullable(),
    setAside: z.number().int().nullable().describe('of the dry run; null when there was none'),
  }),
  actual: z.object({
    amount: z.number().int().nullable(),
    seconds: z.number().nullable(),
    setAside: z.number().int().nullable(),
  }),
  error: z.string().nullable(),
});

const reportReason = z.object({
  step: z.string(),
  code: z.string(),
  words: z.string().describe('never holds a value of a sensitive column'),
  rule: z.string().nullable(),
  output: z.string().nullable().describe('table whose row is missing; null when the whole record is'),
  count: z.number().int(),
  open: z.number().int(),
  replayed: z.number().int(),
  waived: z.number().int(),
  waivedBy: z.array(z.string()),
});

export const runReport = z.object({
  format: z.literal(reportFormat),
  formatVersion: z.literal(reportFormatVersion),
  generatedAt: instant,
  generatedBy: z.object({ person: z.string(), machine: z.string(), version: z.string() }),
  timeZone: z.string().describe('IANA name of the zone that local times are shown in'),
  run: z.object({
    id: z.string(),
    parentRun: z.string().nullable(),
    bundleId: z.string(),
    bundleVersion: z.string(),
    bundlePath: z.string(),
    bundleHash: z.string(),
    planHash: z.string().nullable(),
    planAcceptedAt: instant.nullable(),
    planAcceptedBy: z.string().nullable(),
    engineVersion: z.string(),
    person: z.string(),
    machine: z.string(),
    target: z.string(),
    startedAt: instant,
    endedAt: instant.nullable(),
    phase,
    condition: z.string(),
    autoRollback: z.boolean(),
  }),
  outcome: z.object({
    outcome: outcome.nullable().describe('null while the run is open'),
    exitCode: z.number().int().nullable(),
    severity: z.enum(['ok', 'warning', 'error', 'open']),
    title: z.string(),
    lead: z.string(),
    failure: z.object({ step: z.string().nullable(), message: z.string(), advice: z.string().nullable() }).nullable(),
    open: z.array(z.string()).describe('what is still to be decided or done, one sentence each'),
  }),
  accounts: z.object({
    total: reportAccount.omit({ ord: true, step: true }),
    records: z.array(reportAccount),
    rows: z.array(reportOutput),
    balanced: z.boolean(),
  }),
  decisions: z.array(
    z.object({
      at: instant,
      who: z.string(),
      via: z.string(),
      subject: z.string(),
      text: z.string(),
      textSha256: z.string().nullable(),
    }),
  ),
  steps: z.array(reportStep),
  phases: z.array(
    z.object({
      phase,
      attempt: z.number().int(),
      startedAt: instant,
      endedAt: instant.nullable(),
      tookMs: z.number().nullable(),
      result: z.string().nullable(),
    }),
  ),
  forecast: z
    .object({
      executeSeconds: estimate.nullable(),
      findings: z.array(finding),
      notCarried: z.array(z.object({ object: z.string(), reason: z.string() })),
      schema: z.array(schemaChange.pick({ object: true, change: true, summary: true })),
    })
    .nullable(),
  validation: z
    .object({
      state: z.string(),
      level: z.string(),
      at: instant.nullable(),
      tookMs: z.number().nullable(),
      passed: z.boolean().nullable(),
      compared: z.number().int(),
      bySeverity: z.record(severity, z.number().int()),
      tables: z.array(
        z.object({
          step: z.string(),
          table: z.string(),
          expectedRows: z.number().int(),
          foundRows: z.number().int().nullable(),
          expectedDigest: z.string(),
          foundDigest: z.string().nullable(),
          result: z.enum(['equal', 'differs', 'not_compared']),
        }),
      ),
      checks: z.array(z.object({ check: z.string(), found: z.string(), steps: z.string(), severity: z.string() })),
      findings: z.array(finding).describe('worst first'),
      findingsTotal: z.number().int().describe('may exceed the findings that are listed'),
    })
    .nullable(),
  setAside: z.object({
    total: z.number().int(),
    open: z.number().int(),
    reasons: z.array(reportReason),
    replays: z.array(
      z.object({
        run: z.string(),
        at: instant,
        person: z.string(),
        outcome: outcome.nullable(),
        records: z.number().int().describe('records that it brought in'),
      }),
    ),
  }),
  backup: z
    .object({
      pointId: z.string(),
      location: z.string(),
      state: z.string(),
      verifiedBy: z.string().nullable(),
      at: instant,
      grade: z.enum(['same_bytes', 'same_content', 'partly', 'none']),
      wayBack: z.string(),
      items: z.array(
        z.object({
          seq: z.number().int(),
          connection: z.string(),
          object: z.string(),
          how: z.string(),
          bytes: z.number(),
          sha256: z.string().nullable(),
          verifiedBy: z.string(),
          originalPath: z.string(),
        }),
      ),
    })
    .nullable(),
  window: z
    .object({
      opens: instant,
      closes: instant,
      decideBy: instant.nullable().describe('latest time at which a rollback ends within the window'),
      rollbackSeconds: z
        .object({ low: z.number(), likely: z.number(), high: z.number(), basis: z.string() })
        .nullable(),
    })
    .nullable()
    .describe('of the policy; null without one, and when nothing is left to decide'),
  rollback: z
    .object({
      state: z.string(),
      /** Why it stopped before its end. */
      cause: z.string().nullable(),
      at: instant.nullable(),
      tookMs: z.number().nullable(),
      steps: z.array(
        z.object({ ord: z.number().int(), step: z.string(), action: z.string(), what: z.string(), undone: z.number() }),
      ),
      proof: z.array(
        z.object({
          object: z.string(),
          before: z.string(),
          after: z.string(),
          result: z.enum(['same', 'differs']),
          how: z.string(),
        }),
      ),
      diverged: z.array(finding),
    })
    .nullable(),
  environment: z.object({
    facts: z.array(z.object({ name: z.string(), value: z.string() })),
    fingerprints: z.array(z.object({ what: z.string(), value: z.string(), strength: z.string() })),
  }),
  timeline: z.object({
    events: z.array(
      z.object({
        seq: z.number().int(),
        at: instant,
        severity,
        code: z.string(),
        step: z.string().nullable(),
        text: z.string(),
      }),
    ),
    total: z.number().int(),
    leftOut: z.number().int().describe('routine events that are not listed here; the journal holds them'),
  }),
  chain: z.object({
    head: z.string().nullable().describe('sha256 of the last event; each event contains the hash of the one before'),
    firstBroken: z.number().int().nullable().describe('number of the first event that does not fit; null when all do'),
  }),
});
export type RunReport = z.infer<typeof runReport>;

/** What the engine notes of its surroundings when a run is planned; the journal document `environment`. */
export const runEnvironment = z.object({
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type RunEnvironment = z.infer<typeof runEnvironment>;
