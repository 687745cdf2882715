import type { ValidationView } from '#shared/contract/validation.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Outcome } from '#shared/model/run.ts';
import type { Journal } from '../../run/journal/journal.ts';
import { at, breakdowns, subtasks } from './sample-counts.ts';

/** The validation of the sample run: one warning, and two errors where it did not pass. */
export function validatePhase(
  journal: Journal,
  id: string,
  setAside: boolean,
  spice: string,
  outcome: Outcome | null,
): void {
  const attempt = journal.runs.beginPhase(id, 'validate', at('01:17:11'));
  const failed = outcome === 'validation_failed';
  const view: ValidationView = {
    runId: id,
    state: 'done',
    level: 'quick',
    at: at('01:17:14'),
    tookMs: 3120,
    passed: !failed,
    compared: 40_082,
    bySeverity: { critical: 0, error: failed ? 2 : 0, warning: 1, info: 0 },
    ledger: [
      { step: 'breakdowns', counts: breakdowns, balanced: true },
      { step: 'subtasks', counts: subtasks(setAside), balanced: true },
    ],
    tables: [
      {
        step: 'breakdowns',
        table: 'generic_tasks',
        expectedRows: 17_961,
        foundRows: 17_961,
        expectedDigest: '17961:9b02f5d1',
        foundDigest: '17961:9b02f5d1',
        result: 'equal',
      },
      {
        step: 'subtasks',
        table: 'task_artifacts',
        expectedRows: 20_118,
        foundRows: 20_118,
        expectedDigest: '20118:77e25a90',
        foundDigest: failed ? '20118:77e25a91' : '20118:77e25a90',
        result: failed ? 'differs' : 'equal',
      },
    ],
    checks: [
      {
        check: 'Read = accepted + set aside + filtered',
        found: '2 of 2 steps balance',
        steps: 'breakdowns, subtasks',
        severity: 'ok',
      },
      { check: 'Rule no_orphans', found: 'no row', steps: '', severity: 'ok' },
    ],
  };
  journal.runs.putDocument(id, 'validation', view, at('01:17:14'));
  journal.findings.addIssues(id, 'validate', [
    makeFinding({
      severity: 'warning',
      category: 'rule',
      message: `2 tasks have no parent title.${spice}`,
      step: 'subtasks',
      path: `generic / t-9${spice}`,
      newValue: `title null${spice}`,
      suggestion: 'Look at them after the start.',
      count: 2,
      rule: 'rules.titles',
    }),
    ...(failed
      ? [
          makeFinding({
            severity: 'error',
            category: 'data_consistency',
            message: 'A row of task_artifacts differs.',
            path: 'task_artifacts / t-1_artifact_1 / content',
            oldValue: 'plan.md',
            newValue: 'plan',
          }),
          makeFinding({ severity: 'error', category: 'rule', message: 'An orphan.', path: 'generic / t-7' }),
        ]
      : []),
  ]);
  journal.runs.endPhase(id, 'validate', attempt, {
    at: at('01:17:14'),
    result: failed ? 'failed' : 'passed',
    condition: 'done',
  });
}
