import * as z from 'zod';
import { consentNeed, consentVia } from '../model/error.ts';
import { finding } from '../model/finding.ts';
import { commitClass, stepKindName, undoMode } from '../model/run.ts';
import { procedure } from './base.ts';

/** Seconds. `null` where nothing was measured: "write speed not measured". */
export const estimate = z.object({
  low: z.number(),
  likely: z.number(),
  high: z.number(),
  /** What the figure rests on, in words. */
  basis: z.string(),
});
export type Estimate = z.infer<typeof estimate>;

export const touchedObject = z.object({
  connection: z.string(),
  object: z.string(),
  how: z.enum(['read', 'create', 'alter', 'insert', 'update', 'delete', 'drop', 'replace']),
  rows: z.number().int().nullable(),
  bytes: z.number().nullable(),
});
export type Touched = z.infer<typeof touchedObject>;

export const planStep = z.object({
  ord: z.number().int(),
  id: z.string(),
  kind: stepKindName,
  /** One line under the id: `subtasks to generic_tasks, task_attributes`. */
  touchesText: z.string(),
  touches: z.array(touchedObject),
  amount: z.number().int(),
  /** `rows`, `statements`, `files`. */
  unit: z.string(),
  bytes: z.number().nullable(),
  estimate: estimate.nullable(),
  rowsPerSecond: z.number().nullable(),
  undo: undoMode,
  undoText: z.string(),
  needs: z.array(z.string()),
  commit: commitClass,
  commitText: z.string(),
  /** How the source is kept from being changed by us: `file opened read-only`. */
  readBy: z.string(),
  findings: z.number().int(),
  worst: z.enum(['critical', 'error', 'warning', 'info']).nullable(),
});

export const typeMapping = z.object({
  step: z.string(),
  column: z.string(),
  sourceType: z.string(),
  target: z.string(),
  targetType: z.string(),
  fit: z.enum(['exact', 'widened', 'rule']),
  rule: z.string().nullable(),
  seen: z.string(),
  /** Where rules of `[steps.STEP.types]` decide; absent where the profile maps the column itself. */
  rules: z
    .object({
      /** How a rule names the column: `orders.note`. */
      place: z.string(),
      /** Values that do not fit and would be set aside with their rows. */
      unfit: z.number().int(),
      /** What would settle them, a way each: `nul = "remove"`. */
      settles: z.array(z.string()),
    })
    .optional(),
});
export type TypeMapping = z.infer<typeof typeMapping>;

/** What becomes of a key of configuration files. */
export const keyFate = z.object({
  step: z.string(),
  /** `rag_config.enabled`; elements of lists are `[]`. */
  key: z.string(),
  fate: z.enum(['mapped', 'kept', 'deprecated', 'unknown']),
  /** Keys of the result that its value goes to. */
  to: z.array(z.string()),
  advice: z.string().nullable(),
  /** Files that have it. */
  files: z.number().int(),
});
export type KeyFate = z.infer<typeof keyFate>;

/** Mapping of one output column, for "what becomes of what". */
export const columnFate = z.object({
  object: z.string(),
  column: z.string().nullable(),
  fate: z.enum(['read', 'not_carried']),
  by: z.array(z.string()),
  reason: z.string().nullable(),
});

export const planView = z.object({
  runId: z.string(),
  hash: z.string(),
  createdAt: z.string(),
  acceptedAt: z.string().nullable(),
  acceptedBy: z.string().nullable(),
  steps: z.array(planStep),
  /** Of execute, all steps; null where no step was measured. */
  estimate: estimate.nullable(),
  space: z.array(
    z.object({ where: z.string(), neededBytes: z.number(), freeBytes: z.number().nullable(), purpose: z.string() }),
  ),
  windowSeconds: z.number().nullable(),
  findings: z.array(finding),
  types: z.array(typeMapping),
  fates: z.array(columnFate),
  /** Keys of configuration files; absent where no step reads any. */
  keys: z.array(keyFate).optional(),
  consents: z.array(consentNeed),
  /** How the old state comes back: the same bytes, or the same content. */
  wayBack: z.object({ grade: z.enum(['same_bytes', 'same_content', 'partly', 'none']), text: z.string() }),
  /** What every source was at plan time: name and short fingerprint. */
  fingerprints: z.array(z.object({ what: z.string(), value: z.string(), strength: z.string() })),
});
export type PlanView = z.infer<typeof planView>;

export const planContract = {
  /** Creates a run and starts the analysis; progress comes by `run.watch`. */
  create: procedure.input(z.object({ path: z.string() })).output(z.object({ runId: z.string() })),
  /** Analyses again within the same run; a plan that was accepted becomes a new one to accept. */
  renew: procedure.input(z.object({ runId: z.string() })).output(z.void()),
  get: procedure.input(z.object({ runId: z.string() })).output(planView),
  /**
   * Freezes the plan by its hash. Every consent it needs must be given by name; `via` says how each was given, `screen` where
   * it is silent. Accepting again replaces what was consented to before.
   */
  accept: procedure
    .input(
      z.object({
        runId: z.string(),
        hash: z.string(),
        consents: z.array(z.string()),
        via: z.record(z.string(), consentVia).optional(),
      }),
    )
    .output(z.void()),
  /** Statements and mappings as Markdown, for a review. */
  export: procedure.input(z.object({ runId: z.string() })).output(z.object({ name: z.string(), text: z.string() })),
};
