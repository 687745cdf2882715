import type * as z from 'zod';
import type { reason } from '#shared/contract/dry-run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { movesRecords, stepFacts } from '../../validation/report/run-facts.ts';
import { reasonWords } from '../../validation/report/set-aside.ts';
import type { RunRules } from './run-rules.ts';

export type ReasonRow = z.infer<typeof reason> & { open: number };
type Summary = { total: number; open: number; read: number; reasons: ReasonRow[] };

type Grouped = {
  readonly step: string;
  readonly code: string;
  readonly rule: string | null;
  readonly column_name: string | null;
  readonly columns: number;
  readonly message: string;
  readonly messages: number;
  readonly count: number;
  readonly open: number;
};

/** What was set aside, by step and reason, most first. */
export function summarise(context: EngineContext, run: RunRecord, rules: RunRules): Summary {
  const { journal } = context;
  const steps = new Map(stepFacts(journal, run.id).map((step) => [step.record.id, step]));
  const groups = journal.db.all<Grouped>(
    `SELECT step, code, min(rule) AS rule, min(column_name) AS column_name, count(DISTINCT column_name) AS columns,
       min(message) AS message, count(DISTINCT message) AS messages, count(*) AS count, sum(state = 'open') AS open
     FROM quarantine WHERE run = ? GROUP BY step, code ORDER BY count DESC, step, code`,
    run.id,
  );
  const reasons = groups.map((group): ReasonRow => {
    const read = steps.get(group.step)?.counts?.read ?? 0;
    return {
      code: group.code,
      message: reasonWords(
        { ...group, column_name: group.columns === 1 ? group.column_name : null },
        rules.isSensitive,
      ),
      step: group.step,
      count: group.count,
      share: read === 0 ? 0 : Math.min(1, group.count / read),
      limit: rules.profile?.policy.limits.quarantineShare ?? null,
      rule: group.rule,
      open: group.open,
    };
  });
  const read = [...steps.values()]
    .filter((step) => movesRecords(step.record.kind))
    .reduce((sum, step) => sum + (step.counts?.read ?? 0), 0);
  const { total, open } = journal.findings.quarantineTotal(run.id);
  return { total, open, read, reasons };
}
