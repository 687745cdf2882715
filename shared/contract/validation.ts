import * as z from 'zod';
import { finding } from '../model/finding.ts';
import { counts, severity } from '../model/run.ts';
import { procedure } from './base.ts';

export const issueRow = finding.extend({ seq: z.number().int() });

export const validationView = z.object({
  runId: z.string(),
  state: z.enum(['none', 'running', 'done', 'failed']),
  level: z.enum(['quick', 'full']),
  at: z.string().nullable(),
  tookMs: z.number().nullable(),
  passed: z.boolean().nullable(),
  compared: z.number().int(),
  bySeverity: z.record(severity, z.number().int()),
  ledger: z.array(
    z.object({
      step: z.string(),
      counts,
      /** Both ledgers balance. */
      balanced: z.boolean(),
    }),
  ),
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
  checks: z.array(
    z.object({
      check: z.string(),
      found: z.string(),
      steps: z.string(),
      severity: z.enum(['ok', 'info', 'warning', 'error', 'critical']),
    }),
  ),
});
export type ValidationView = z.infer<typeof validationView>;

export const validationContract = {
  get: procedure.input(z.object({ runId: z.string() })).output(validationView),
  issues: procedure
    .input(
      z.object({
        runId: z.string(),
        severity: severity.nullable(),
        search: z.string(),
        offset: z.number().int(),
        limit: z.number().int().max(500),
      }),
    )
    .output(z.object({ total: z.number().int(), issues: z.array(issueRow) })),
  /** What `issues` finds, as a table (CSV) or one JSON object a line. `file` may be a folder. Written 0600: values are production data. */
  export: procedure
    .input(
      z.object({
        runId: z.string(),
        severity: severity.nullable(),
        search: z.string(),
        format: z.enum(['csv', 'jsonl']),
        file: z.string(),
      }),
    )
    .output(z.object({ file: z.string(), issues: z.number().int() })),
};
