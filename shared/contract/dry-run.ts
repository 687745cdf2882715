import * as z from 'zod';
import { procedure } from './base.ts';

export const reason = z.object({
  code: z.string(),
  message: z.string(),
  step: z.string(),
  count: z.number().int(),
  /** Share of the step's records, 0 to 1, and the limit that stops it. */
  share: z.number(),
  limit: z.number().nullable(),
  /** Key of the profile that decides it: `steps.subtasks.reject[0]`. */
  rule: z.string().nullable(),
});

/** A record before and after, picked so that every rule and every kind of change is shown at least once. */
export const sample = z.object({
  /** Of a file: its text before and after. */
  text: z.object({ before: z.string(), after: z.string() }).optional(),
  step: z.string(),
  key: z.string(),
  picked: z.string(),
  source: z.object({
    object: z.string(),
    fields: z.array(z.object({ name: z.string(), value: z.string().nullable() })),
  }),
  outputs: z.array(
    z.object({
      table: z.string(),
      fields: z.array(
        z.object({
          name: z.string(),
          value: z.string().nullable(),
          change: z.enum(['same', 'changed', 'new']),
          from: z.string().nullable(),
        }),
      ),
    }),
  ),
});

export const schemaChange = z.object({
  object: z.string(),
  change: z.enum(['new', 'changed', 'dropped']),
  summary: z.string(),
  before: z.string(),
  after: z.string(),
});

export const dryRunView = z.object({
  runId: z.string(),
  state: z.enum(['none', 'running', 'done', 'failed']),
  at: z.string().nullable(),
  tookMs: z.number().nullable(),
  /** Null: all data. */
  sampled: z.number().int().nullable(),
  scratch: z.string().nullable(),
  steps: z.array(
    z.object({
      ord: z.number().int(),
      id: z.string(),
      unit: z.string(),
      read: z.number().int(),
      accepted: z.number().int(),
      setAside: z.number().int(),
      /** Of `setAside`, items of records that are accepted: read = accepted + (setAside - setAsideItems) + filtered. */
      setAsideItems: z.number().int().optional(),
      filtered: z.number().int(),
      rate: z.number().nullable(),
      compared: z.string(),
      agrees: z.boolean(),
    }),
  ),
  outputs: z.array(z.object({ table: z.string(), rows: z.number().int() })),
  reasons: z.array(reason),
  examples: z.array(z.object({ step: z.string(), key: z.string(), value: z.string(), reason: z.string() })),
  samples: z.array(sample),
  schema: z.array(schemaChange),
});
export type DryRunView = z.infer<typeof dryRunView>;

export const dryRunContract = {
  get: procedure.input(z.object({ runId: z.string() })).output(dryRunView),
};
