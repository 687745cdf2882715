import * as z from 'zod';
import { procedure } from './base.ts';
import { reason } from './dry-run.ts';

export const quarantineRecord = z.object({
  id: z.number().int(),
  step: z.string(),
  key: z.string(),
  item: z.number().int().nullable(),
  output: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  column: z.string().nullable(),
  at: z.string(),
  state: z.enum(['open', 'replayed', 'waived']),
  /** One line of the value at fault. */
  preview: z.string(),
});

export const rule = z.object({
  /** Key in the profile: `steps.subtasks.reject[1].when`. */
  key: z.string(),
  file: z.string(),
  line: z.number().int().nullable(),
  /** As it is in force: a CEL expression with its `=`, or a TOML value. */
  text: z.string(),
  /** How it may be changed. */
  kind: z.enum(['expression', 'map', 'value']),
});
export type Rule = z.infer<typeof rule>;

export const ruleChange = z.object({ key: z.string(), text: z.string() });

export const quarantineContract = {
  summary: procedure.input(z.object({ runId: z.string() })).output(
    z.object({
      total: z.number().int(),
      open: z.number().int(),
      read: z.number().int(),
      reasons: z.array(reason.extend({ open: z.number().int() })),
    }),
  ),
  records: procedure
    .input(
      z.object({
        runId: z.string(),
        step: z.string().nullable(),
        code: z.string().nullable(),
        search: z.string(),
        /** Absent: all. */
        state: quarantineRecord.shape.state.optional(),
        offset: z.number().int(),
        limit: z.number().int().max(500),
      }),
    )
    .output(z.object({ total: z.number().int(), records: z.array(quarantineRecord) })),
  /** The whole record as it was read, `sensitive` columns masked, and the rules that can be changed. */
  record: procedure.input(z.object({ runId: z.string(), id: z.number().int() })).output(
    z.object({
      record: quarantineRecord,
      source: z.string(),
      fields: z.array(z.object({ name: z.string(), value: z.string().nullable(), masked: z.boolean() })),
      rules: z.array(rule),
    }),
  ),
  /** Tries the changed rules on the open records of this step and reason (null: all of them); writes nothing. */
  test: procedure
    .input(z.object({ runId: z.string(), step: z.string(), code: z.string().nullable(), changes: z.array(ruleChange) }))
    .output(z.object({ pass: z.number().int(), stay: z.number().int(), error: z.string().nullable() })),
  /**
   * Child run with the changed rules, restricted to the open keys of this step and reason (null: all of them). Returns when it
   * has ended. Rules that do not compile are INVALID_INPUT with their keys; then no child run was made.
   */
  replay: procedure
    .input(z.object({ runId: z.string(), step: z.string(), code: z.string().nullable(), changes: z.array(ruleChange) }))
    .output(z.object({ childRunId: z.string(), replayed: z.number().int(), stayed: z.number().int() })),
  /** JSON Lines with key, reason and whole record; production data, so it is written 0600. */
  export: procedure
    .input(z.object({ runId: z.string(), step: z.string().nullable(), code: z.string().nullable(), file: z.string() }))
    .output(z.object({ file: z.string(), records: z.number().int() })),
  waive: procedure
    .input(z.object({ runId: z.string(), ids: z.array(z.number().int()) }))
    .output(z.object({ waived: z.number().int() })),
};
