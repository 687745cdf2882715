import * as z from 'zod';
import { finding } from '../model/finding.ts';
import { procedure } from './base.ts';
import { workState } from './run.ts';

export const backupItem = z.object({
  seq: z.number().int(),
  /** `generic: generic.db`. */
  subject: z.string(),
  object: z.string(),
  /** In words: `byte copy, held exclusively`, `nothing to save: it does not exist yet`. */
  how: z.string(),
  bytes: z.number().nullable(),
  doneBytes: z.number(),
  sha256: z.string().nullable(),
  tookMs: z.number().nullable(),
  state: workState,
  /** `saving`, `reading back`. */
  doing: z.string().nullable(),
});

export const backupView = z.object({
  runId: z.string(),
  pointId: z.string().nullable(),
  location: z.string(),
  state: z.enum(['none', 'writing', 'verified', 'used', 'expired', 'failed']),
  verifiedBy: z.enum(['hash', 'listed', 'restored']).nullable(),
  verifiedAt: z.string().nullable(),
  items: z.array(backupItem),
  neededBytes: z.number(),
  freeBytes: z.number().nullable(),
  /** What this does not cover, in words. */
  notCovered: z.array(finding),
  grade: z.enum(['same_bytes', 'same_content', 'partly', 'none']),
});
export type BackupView = z.infer<typeof backupView>;

export const backupContract = {
  get: procedure.input(z.object({ runId: z.string() })).output(backupView),
};
