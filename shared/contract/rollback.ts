import * as z from 'zod';
import { consentNeed, consentVia } from '../model/error.ts';
import { finding } from '../model/finding.ts';
import { procedure } from './base.ts';
import { estimate } from './plan.ts';
import { workState } from './run.ts';

export const rollbackStep = z.object({
  ord: z.number().int(),
  step: z.string(),
  action: z.enum(['Delete', 'Drop', 'Run down script', 'Restore', 'Move back', 'Nothing to undo', 'Not undone']),
  what: z.string(),
  amount: z.number().int().nullable(),
  unit: z.string(),
  estimate: estimate.nullable(),
  verify: z.string(),
  state: workState,
  undone: z.number().int(),
});

export const rollbackView = z.object({
  runId: z.string(),
  state: z.enum(['preview', 'running', 'done', 'incomplete', 'nothing']),
  pointId: z.string().nullable(),
  grade: z.enum(['same_bytes', 'same_content', 'partly', 'none']),
  estimate: estimate.nullable(),
  /** Last step first. */
  steps: z.array(rollbackStep),
  /** Steps that `--to` may name: no later step needs `restore`, and none rests on records that were replayed since. */
  canStopAt: z.array(z.string()),
  consents: z.array(consentNeed),
  /** Rows that differ from what we wrote, or that others wrote: nothing is done about them without a decision. */
  diverged: z.array(finding),
  /** Name that must be typed on the screen. */
  typed: z.string(),
  proof: z.array(
    z.object({
      object: z.string(),
      before: z.string(),
      after: z.string(),
      result: z.enum(['same', 'differs']),
      how: z.string(),
    }),
  ),
  at: z.string().nullable(),
  tookMs: z.number().nullable(),
});
export type RollbackView = z.infer<typeof rollbackView>;

export const rollbackContract = {
  preview: procedure.input(z.object({ runId: z.string(), to: z.string().nullable() })).output(rollbackView),
  /** Starts; progress by `run.watch` and `rollback.preview`. `diverged`: what to do with rows that others changed. */
  start: procedure
    .input(
      z.object({
        runId: z.string(),
        to: z.string().nullable(),
        consents: z.array(z.string()),
        /** How each consent was given; `screen` where nothing is said. */
        via: z.record(z.string(), consentVia).optional(),
        diverged: z.enum(['stop', 'keep', 'export_and_remove']),
      }),
    )
    .output(z.void()),
};
